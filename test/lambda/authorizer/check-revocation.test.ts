// The product against a model of it that is too simple to be wrong: every command is kept, and every question goes
// through all of them.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkRevocation } from '../../../lambda/authorizer/check-revocation.ts';
import type { Claims } from '../../../lambda/authorizer/read-claims.ts';
import type { TrustedIssuer } from '../../../lambda/config.ts';
import { readConfig } from '../../../lambda/config.ts';
import { DENIALS } from '../../../lambda/denial.ts';
import type { Dimension } from '../../../lambda/environment.ts';
import { DIMENSIONS, ENVIRONMENT } from '../../../lambda/environment.ts';
import type { RevocationRecord, RevocationTarget } from '../../../lambda/revocation.ts';
import {
  FOREVER,
  isInForce,
  JKT,
  mergeRevocations,
  NEVER,
  revocationKey,
} from '../../../lambda/revocation.ts';
import { aRecord } from '../../support/a-record.ts';

const START = 1_800_000_000;
const ISSUERS = ['idp', 'other'].map((id) => {
  const settings = {
    kind: 'oidc',
    id,
    issuers: [`https://${id}.example`],
    audience: null,
    revocableClaims: ['tenant'],
  };
  const [issuer] = readConfig({
    [ENVIRONMENT.tableName]: 't',
    [ENVIRONMENT.issuers]: JSON.stringify([settings]),
  }).issuers;
  return issuer as TrustedIssuer;
});

type Command =
  | { kind: 'revoke'; target: RevocationTarget; revokedBefore: number; expiresAt: number | undefined }
  | { kind: 'reinstate'; target: RevocationTarget };
type Timed = Command & { at: number };

const value = fc.constantFrom('a', 'b');
const target = fc
  .record({
    dimension: fc.constantFrom(...DIMENSIONS),
    issuerId: fc.constantFrom('idp', 'other'),
    value,
    isThumbprint: fc.boolean(),
  })
  .map(
    ({ dimension, issuerId, value, isThumbprint }): RevocationTarget => ({
      dimension,
      issuerId,
      value: dimension === 'issuer' ? issuerId : value,
      ...(dimension === 'claim' && { claim: 'tenant' }),
      ...(dimension === 'key' && isThumbprint && { claim: JKT }),
    }),
  );
const time = fc.integer({ min: START, max: START + 30 });
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('revoke' as const),
      target,
      revokedBefore: fc.oneof(time, fc.constant(FOREVER)),
      expiresAt: fc.option(fc.integer({ min: START, max: START + 60 }), { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reinstate' as const), target }) },
);
const token = fc.record({
  issuer: fc.constantFrom(...ISSUERS),
  jwtId: value,
  subject: value,
  kid: value,
  keyThumbprint: value,
  clientIds: fc.uniqueArray(value),
  sessionIds: fc.uniqueArray(value),
  tenant: value,
  issuedAt: time,
});
type Token = typeof token extends fc.Arbitrary<infer T> ? T : never;

const claimsOf = ({ tenant, ...rest }: Token) => ({ ...rest, revocable: { tenant } }) as unknown as Claims;

const nameOf = (value: string, claim: string | undefined) => (claim === JKT ? `${JKT} ${value}` : value);

/** The model: what names of a token each dimension is about; a thumbprint is never a kid. */
const namesOf = (each: Token): Record<Dimension, readonly string[]> => ({
  token: [each.jwtId],
  session: each.sessionIds,
  subject: [each.subject],
  client: each.clientIds,
  key: [each.kid, `${JKT} ${each.keyThumbprint}`],
  issuer: [each.issuer.id],
  claim: [each.tenant],
});

/**
 * The model: reinstating empties the record, and a record ends when the last of its revocations does.
 * Nothing is merged, nothing is keyed.
 */
function modelSaysRevoked(commands: readonly Timed[], each: Token, now: number): Set<Dimension> {
  const isHit = (dimension: Dimension, named: string) => {
    let standing: Extract<Timed, { kind: 'revoke' }>[] = [];
    const isOver = (at: number) =>
      standing.every(({ expiresAt }) => expiresAt !== undefined && expiresAt <= at);
    for (const entry of commands) {
      const { dimension: about, issuerId, value, claim } = entry.target;
      if (about !== dimension || issuerId !== each.issuer.id || nameOf(value, claim) !== named) continue;
      if (entry.kind === 'reinstate' || isOver(entry.at)) standing = [];
      if (entry.kind === 'revoke') standing.push(entry);
    }
    return !isOver(now) && standing.some(({ revokedBefore }) => each.issuedAt <= revokedBefore);
  };
  const hits = DIMENSIONS.filter((dimension) =>
    namesOf(each)[dimension].some((named) => isHit(dimension, named)),
  );
  return new Set(hits);
}

/** The product's own merging, over a table that is a map. */
function tableAfter(commands: readonly Timed[]): Map<string, RevocationRecord> {
  const table = new Map<string, RevocationRecord>();
  for (const entry of commands) {
    const key = revocationKey(entry.target);
    const seen = table.get(key);
    if (entry.kind === 'revoke') {
      const { revokedBefore, expiresAt, at: changedAt } = entry;
      const incoming = aRecord({
        ...entry.target,
        revokedBefore,
        changedAt,
        ...(expiresAt !== undefined && { expiresAt }),
      });
      table.set(key, mergeRevocations(seen, incoming));
    } else if (seen !== undefined && isInForce(seen, entry.at)) {
      table.set(key, { ...seen, revokedBefore: NEVER, changedAt: entry.at });
    }
  }
  return table;
}

async function productSays(table: ReadonlyMap<string, RevocationRecord>, each: Token, now: number) {
  const lookUp = async (targets: readonly RevocationTarget[]) => ({
    revocations: targets.flatMap((target) => table.get(revocationKey(target)) ?? []),
  });
  const result = await checkRevocation(claimsOf(each), lookUp, () => now);
  return result.ok ? undefined : result.denial.reason;
}

const aLiveToken = claimsOf({
  issuer: ISSUERS[0],
  jwtId: 'a',
  subject: 'a',
  kid: 'a',
  clientIds: [],
  sessionIds: [],
  tenant: 'a',
  issuedAt: 1,
} as unknown as Token);

describe('checkRevocation', () => {
  it('says what the model says, for all commands, tokens and times, and names the narrowest dimension', async () => {
    let refusals = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(command, fc.integer({ min: 0, max: 5 })), { maxLength: 12 }),
        fc.array(token, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: 70 }),
        async (steps, tokens, later) => {
          let at = START;
          const commands = steps.map(([step, wait]): Timed => {
            at += wait;
            return { ...step, at };
          });
          const table = tableAfter(commands);
          for (const each of tokens) {
            const reason = await productSays(table, each, at + later);
            const expected = modelSaysRevoked(commands, each, at + later);
            const [narrowest] = DIMENSIONS.filter((dimension) => expected.has(dimension));
            expect(reason).toBe(narrowest && `${narrowest}_revoked`);
            if (reason !== undefined) refusals += 1;
          }
        },
      ),
      { numRuns: 2000 },
    );
    expect(refusals).toBeGreaterThan(200); // a model and a product that never say no agree as well
  });

  it('does not care for the order and the number of revocations', async () => {
    const revocation = command.filter((each) => each.kind === 'revoke');
    await fc.assert(
      fc.asyncProperty(
        fc
          .array(revocation, { minLength: 1, maxLength: 8 })
          .chain((all) =>
            fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })),
          ),
        token,
        async ([commands, shuffled], each) => {
          const timed = (list: readonly Command[]) =>
            list.map((entry): Timed => ({ ...entry, at: START - 1 }));
          const once = await productSays(tableAfter(timed(commands)), each, START);
          const again = await productSays(tableAfter(timed(shuffled)), each, START);
          expect(again).toBe(once);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('has a reason in the table of denials for every dimension', () => {
    expect(DIMENSIONS.every((dimension) => `${dimension}_revoked` in DENIALS)).toBe(true);
  });

  it('passes on that it decided by what was known before the table went down', async () => {
    await expect(
      checkRevocation(
        aLiveToken,
        async () => ({ revocations: [], degraded: true }),
        () => START,
      ),
    ).resolves.toMatchObject({ ok: true, value: { degraded: true } });
  });

  it('denies a token that expires while the table is slow to answer', async () => {
    let now = 99;
    const claims = {
      ...aLiveToken,
      issuer: { ...aLiveToken.issuer, graceSeconds: 0 },
      expiresAt: 100,
    };
    const answerAt = (time: number) => async () => {
      now = time;
      return { revocations: [] };
    };

    for (const [time, ok] of [
      [99, true],
      [100, false],
    ] as const) {
      const live = await checkRevocation(claims, answerAt(time), () => now);
      expect(live).toMatchObject(ok ? { ok } : { ok, denial: { reason: 'token_expired' } });
    }
  });

  it('tells the look-up what request the token is for', async () => {
    const request = { api: 'rest', method: 'GET', path: 'orders' } as const;
    const asked: unknown[] = [];
    const lookUp = async (_targets: unknown, about?: unknown) => {
      asked.push(about);
      return { revocations: [] };
    };
    await checkRevocation(aLiveToken, lookUp, () => START, request);

    expect(asked).toEqual([request]);
  });
});
