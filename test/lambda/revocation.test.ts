import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import type { RevocationRecord } from '../../lambda/revocation.ts';
import {
  FOREVER,
  isInForce,
  isRevokedBy,
  mergeRevocations,
  NEVER,
  revocationKey,
} from '../../lambda/revocation.ts';

const NOW = 1_800_000_000;
const aRecord = (changes: Partial<RevocationRecord> = {}): RevocationRecord => ({
  dimension: 'subject',
  issuerId: 'idp',
  value: 'alice',
  revokedBefore: NOW,
  expiresAt: NOW + 1000,
  change: 'revoke',
  reason: 'why',
  actor: 'who',
  actorSource: 'claimed',
  changedAt: NOW,
  requestId: 'r',
  sequence: 1,
  nonce: 'n',
  ...changes,
});

describe('revocationKey', () => {
  it('stays what it is: another key would bring every revoked token back', () => {
    expect(revocationKey({ issuerId: 'https://idp.example.com', dimension: 'token', value: 'j-1' })).toBe(
      'B5VARaaL5mHkdGvLOpIH8qWi58iVED5vmdkNZbTq5uw',
    );
  });

  it('differs whenever any part differs, wherever the border between the parts lies', () => {
    const target = fc.record({
      issuerId: fc.string({ unit: 'grapheme' }),
      dimension: fc.constantFrom('token' as const, 'subject' as const),
      value: fc.string({ unit: 'grapheme' }),
    });
    fc.assert(
      fc.property(target, target, (a, b) => {
        const isSame = a.issuerId === b.issuerId && a.dimension === b.dimension && a.value === b.value;
        expect(revocationKey(a) === revocationKey(b)).toBe(isSame);
      }),
    );
    expect(revocationKey({ issuerId: 'a', dimension: 'token', value: 'bc' })).not.toBe(
      revocationKey({ issuerId: 'ab', dimension: 'token', value: 'c' }),
    );
  });
});

describe('isRevokedBy', () => {
  test.each([
    ['before', NOW - 1, true],
    ['in', NOW, true],
    ['after', NOW + 1, false],
  ])('says of a token issued %s the second of the cut-off: %s', (_when, issuedAt, isRevoked) => {
    expect(isRevokedBy(aRecord(), issuedAt, NOW)).toBe(isRevoked);
  });

  it('knows no token that an absolute revocation leaves out', () => {
    expect(isRevokedBy(aRecord({ revokedBefore: FOREVER }), 100_000_000_000, NOW)).toBe(true);
  });

  it('knows no token that a lifted revocation hits', () => {
    expect(isRevokedBy(aRecord({ revokedBefore: NEVER }), 1, NOW)).toBe(false);
  });

  test.each([
    ['the second before', NOW + 1, true],
    ['the second of', NOW, false],
  ])('ends at its expiry: %s', (_when, expiresAt, isRevoked) => {
    expect(isRevokedBy(aRecord({ expiresAt }), NOW, NOW)).toBe(isRevoked);
  });
});

describe('mergeRevocations', () => {
  it('takes the new one where there is none, or none in force', () => {
    const incoming = aRecord({ nonce: 'new' });
    expect(mergeRevocations(undefined, incoming)).toBe(incoming);
    expect(mergeRevocations(aRecord({ revokedBefore: NEVER, expiresAt: NOW + 9000 }), incoming)).toBe(
      incoming,
    );
    expect(mergeRevocations(aRecord({ expiresAt: NOW }), incoming)).toBe(incoming);
  });

  it('keeps a record without expiry for good, whichever of the two it is', () => {
    const { expiresAt, ...endless } = aRecord({ revokedBefore: FOREVER });
    expect(mergeRevocations(endless, aRecord())).toBe(endless);
    expect(mergeRevocations(aRecord(), endless)).toEqual(endless);
  });

  const record = fc.record({
    revokedBefore: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.constant(FOREVER)),
    expiresAt: fc.option(fc.integer({ min: NOW + 1, max: NOW + 50 }), { nil: undefined }),
  });
  const of = ({ revokedBefore, expiresAt }: { revokedBefore: number; expiresAt: number | undefined }) => {
    const { expiresAt: _, ...rest } = aRecord({ revokedBefore });
    return { ...rest, ...(expiresAt !== undefined && { expiresAt }) };
  };
  const reach = ({ revokedBefore, expiresAt }: RevocationRecord) => ({ revokedBefore, expiresAt });

  it('only ever grows, whatever the order and number of the commands', () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 6 }), fc.integer(), (records, seed) => {
        const commands = records.map(of);
        const merge = (all: RevocationRecord[]) =>
          all.reduce<RevocationRecord | undefined>(mergeRevocations, undefined) as RevocationRecord;
        const shuffled = [...commands, ...commands].sort(
          (a, b) => ((a.revokedBefore * 7 + seed) % 5) - ((b.revokedBefore * 7 + seed) % 5),
        );
        const expiries = commands.map(({ expiresAt }) => expiresAt ?? Number.POSITIVE_INFINITY);
        const latest = Math.max(...expiries);
        const expected = {
          revokedBefore: Math.max(...commands.map(({ revokedBefore }) => revokedBefore)),
          expiresAt: Number.isFinite(latest) ? latest : undefined,
        };
        expect(reach(merge(commands))).toEqual(expected);
        expect(reach(merge(shuffled))).toEqual(expected);
        expect(isInForce(merge(commands), NOW)).toBe(true);
      }),
    );
  });
});
