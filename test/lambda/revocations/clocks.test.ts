// Revocations where the clock of the issuer is ahead of ours, or behind it.
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { checkClaims } from '../../../lambda/authorizer/check-claims.ts';
import { checkRevocation } from '../../../lambda/authorizer/check-revocation.ts';
import type { Claims } from '../../../lambda/authorizer/read-claims.ts';
import { readClaims } from '../../../lambda/authorizer/read-claims.ts';
import { rememberRevocations } from '../../../lambda/authorizer/remember-revocations.ts';
import type { TrustedIssuer } from '../../../lambda/config.ts';
import { openRevocationLedger } from '../../../lambda/revocation-ledger.ts';
import { openRevocationReader } from '../../../lambda/revocation-store.ts';
import type { CommandContext } from '../../../lambda/revocations/apply-command.ts';
import { applyCommand } from '../../../lambda/revocations/apply-command.ts';
import { parseCommand } from '../../../lambda/revocations/parse-command.ts';
import type { TestTable } from '../../support/a-revocation-table.ts';
import { aRevocationTable } from '../../support/a-revocation-table.ts';
import { aTrustedIssuer } from '../../support/a-trusted-issuer.ts';

const NOW = 1_800_000_000;
const by = { reason: 'a test', actor: 'a tester' };

let table: TestTable;
beforeAll(async () => {
  table = await aRevocationTable();
});
afterAll(() => table.close());

async function revoke(issuer: TrustedIssuer, target: object, options: object = {}) {
  const context = {
    ledger: openRevocationLedger(table.tableName),
    issuers: [issuer],
    worstCaseSeconds: () => 0,
    requestId: 'r-1',
    now: NOW,
    clock: () => NOW * 1000,
  } as unknown as CommandContext;
  const answer = await applyCommand(parseCommand({ command: 'revoke', target, ...by, ...options }), context);
  if (answer.command !== 'revoke') throw new Error('another answer');
  return answer;
}

function claimsOf(issuer: TrustedIssuer, sub: string, iat: number): Claims {
  const claims = {
    sub,
    jti: `${sub}-${iat}`,
    iat,
    exp: iat + 3600,
    aud: 'orders',
    azp: `c-${sub}`,
    tenant: sub,
  };
  const read = readClaims({ iss: issuer.issuers[0], ...claims }, issuer);
  if (!read.ok) throw new Error(read.denial.reason);
  return { ...read.value, kid: 'k' };
}

/** The steps of the authorizer behind the signature. */
async function decide(claims: Claims, now: number): Promise<string> {
  const reason = checkClaims(claims, 'JWT', now);
  if (reason !== undefined) return reason;
  // A sandbox of its own: it remembers nothing.
  const lookUp = rememberRevocations(openRevocationReader(table.tableName), { allowForMs: 0 });
  const live = await checkRevocation(claims, lookUp, () => now);
  return live.ok ? 'live' : live.denial.reason;
}

describe('a token that an issuer with a clock ahead issued before a revocation', () => {
  test.each([
    ['subject', { dimension: 'subject', subject: 'a' }, 'a'],
    ['client', { dimension: 'client', client: 'c-b' }, 'b'],
    ['claim', { dimension: 'claim', claim: 'tenant', value: 'c' }, 'c'],
    ['issuer', { dimension: 'issuer' }, 'd'],
  ])('does not survive the cut-off of its %s, however long it lives', async (dimension, target, sub) => {
    const issuer = aTrustedIssuer({ id: `of-${dimension}`, revocableClaims: ['tenant'] });
    const ahead = claimsOf(issuer, sub, NOW + 2);
    expect(await decide(ahead, NOW)).toBe('live');

    const { safeSignInFrom } = await revoke(issuer, target);
    expect(safeSignInFrom).toBe(NOW + 3);
    for (const later of [0, 1, 2, 3, 600, 3600]) {
      expect(await decide(ahead, NOW + later)).toBe(`${dimension}_revoked`);
    }
    expect(await decide(claimsOf(issuer, sub, NOW + 3), NOW + 3)).toBe('live');
  });

  it('is not accepted yet if the clock is ahead by more than the grace', async () => {
    const issuer = aTrustedIssuer();

    expect(await decide(claimsOf(issuer, 'e', NOW + 3), NOW)).toBe('token_not_yet_valid');
  });
});

describe('a cut-off', () => {
  it.each([0, 2, 60])(
    'reaches past the moment at which it is made by a grace of %i s',
    async (graceSeconds) => {
      const issuer = aTrustedIssuer({ id: `grace-${graceSeconds}`, graceSeconds });

      await expect(revoke(issuer, { dimension: 'subject', subject: 'f' })).resolves.toMatchObject({
        record: { revokedBefore: NOW + graceSeconds, changedAt: NOW },
        safeSignInFrom: NOW + graceSeconds + 1,
      });
    },
  );

  it('reaches no further than the time that the command names', async () => {
    const issuer = aTrustedIssuer({ id: 'named' });

    await expect(
      revoke(issuer, { dimension: 'subject', subject: 'g' }, { before: NOW - 60 }),
    ).resolves.toMatchObject({ record: { revokedBefore: NOW - 60 }, safeSignInFrom: NOW - 59 });
  });
});
