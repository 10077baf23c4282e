// Each dimension through both bundled functions and the table: one token that is hit, and one that is not.
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from '@jest/globals';
import type { Dimension } from '../../lambda/environment.ts';
import type { Answer } from '../../lambda/revocations/apply-command.ts';
import { aBundle } from '../support/a-bundle.ts';
import type { TestTable } from '../support/a-revocation-table.ts';
import { aRevocationTable } from '../support/a-revocation-table.ts';
import type { TestIssuer, TokenChanges } from '../support/an-issuer.ts';
import { anIssuer } from '../support/an-issuer.ts';
import { isLive as tokenIsLive } from '../support/is-live.ts';

const now = () => Math.floor(Date.now() / 1000);
const by = { reason: 'a test', actor: 'a tester' };
const PROFILE = { revocableClaims: ['tenant', 'device'], requireSession: true } as const;

let issuer: TestIssuer;
let other: TestIssuer;
let table: TestTable;
let revocations: (event: unknown) => Promise<Answer>;
let authorizer: (event: unknown) => Promise<unknown>;

beforeAll(async () => {
  [issuer, other, table] = await Promise.all([anIssuer(), anIssuer(), aRevocationTable()]);
});
afterAll(() => Promise.all([issuer.close(), other.close(), table.close()]));
const environment = () => ({
  issuers: [issuer.settings(PROFILE), other.settings({ ...PROFILE, id: 'other-issuer' })],
  tableName: table.tableName,
});
/** A new sandbox remembers nothing of the broad records. */
const startAuthorizer = () => {
  authorizer = aBundle('authorizer', environment());
};
beforeEach(() => {
  revocations = aBundle('revocations', environment());
  startAuthorizer();
});

const CLAIMS = { sid: 's-1', client_id: 'web', tenant: 'acme', device: 7 };
const tokenOf = ({ claims, ...rest }: TokenChanges = {}, from: TestIssuer = issuer) =>
  from.token({ ...rest, claims: { ...CLAIMS, iat: now() - 60, ...claims } });
const isLive = (token: string) => tokenIsLive(authorizer, token);

interface Case {
  readonly dimension: Dimension;
  readonly target: Readonly<Record<string, unknown>>;
  /** A token that is hit, and one that differs from it in this dimension alone. */
  readonly hit: () => string;
  readonly missed: () => string;
}

const CASES: readonly Case[] = [
  {
    dimension: 'session',
    target: { session: 's-9' },
    hit: () => tokenOf({ claims: { sid: 's-9' } }),
    missed: () => tokenOf(),
  },
  {
    dimension: 'session',
    target: { session: 'o-9' },
    hit: () => tokenOf({ claims: { sid: undefined, origin_jti: 'o-9' } }),
    missed: () => tokenOf({ claims: { sid: undefined, origin_jti: 'o-8' } }),
  },
  {
    dimension: 'session',
    target: { session: 'o-7' },
    hit: () => tokenOf({ claims: { sid: 's-7', origin_jti: 'o-7' } }), // every name counts
    missed: () => tokenOf({ claims: { sid: 's-7', origin_jti: 'o-6' } }),
  },
  {
    dimension: 'subject',
    target: { subject: 'bob' },
    hit: () => tokenOf({ claims: { sub: 'bob' } }),
    missed: () => tokenOf(),
  },
  {
    dimension: 'client',
    target: { client: 'cli' },
    hit: () => tokenOf({ claims: { client_id: 'cli' } }),
    missed: () => tokenOf(),
  },
  {
    dimension: 'client',
    target: { client: 'spa' },
    hit: () => tokenOf({ claims: { client_id: undefined, azp: 'spa' } }),
    missed: () => tokenOf({ claims: { client_id: undefined, azp: 'web' } }),
  },
  {
    dimension: 'client',
    target: { client: 'party' },
    hit: () => tokenOf({ claims: { client_id: 'web', azp: 'party' } }), // every name counts
    missed: () => tokenOf({ claims: { client_id: 'web', azp: 'other-party' } }),
  },
  {
    dimension: 'client',
    target: { client: 'okta' },
    hit: () => tokenOf({ claims: { client_id: undefined, cid: 'okta' } }),
    missed: () => tokenOf({ claims: { client_id: undefined, cid: 'other' } }),
  },
  {
    dimension: 'client',
    target: { client: 'entra' },
    hit: () => tokenOf({ claims: { client_id: undefined, azp: 'web', appid: 'entra' } }),
    missed: () => tokenOf({ claims: { client_id: undefined, azp: 'web', appid: 'other' } }),
  },
  {
    dimension: 'claim',
    target: { claim: 'tenant', value: 'globex' },
    hit: () => tokenOf({ claims: { tenant: 'globex' } }),
    missed: () => tokenOf({ claims: { device: 'globex' } }),
  },
  {
    dimension: 'claim',
    target: { claim: 'device', value: '42' },
    hit: () => tokenOf({ claims: { device: 42 } }),
    missed: () => tokenOf({ claims: { device: 4 } }),
  },
];
const CUT_OFFS = CASES.filter(({ dimension }) => dimension !== 'session');
const target = ({ dimension, target: rest }: Case) => ({ dimension, issuer: 'test-issuer', ...rest });
const label = (each: Case) => [JSON.stringify({ [each.dimension]: each.target }), each] as const;

describe('each dimension', () => {
  test.each(CASES.map(label))('revokes and reinstates %s, and nothing beside it', async (_label, each) => {
    expect([await isLive(each.hit()), await isLive(each.missed())]).toEqual([true, true]);

    const answer = await revocations({ command: 'revoke', target: target(each), ...by });
    expect(answer).toMatchObject({ changed: true, record: { dimension: each.dimension } });
    startAuthorizer();
    expect([await isLive(each.hit()), await isLive(each.missed())]).toEqual([false, true]);

    await revocations({ command: 'reinstate', target: target(each), ...by });
    startAuthorizer();
    expect(await isLive(each.hit())).toBe(true);
  });

  it('revokes a token, and not another of the same session', async () => {
    const [hit, missed] = [tokenOf(), tokenOf()];
    await revocations({ command: 'revoke', target: { dimension: 'token', token: hit }, ...by });

    expect([await isLive(hit), await isLive(missed)]).toEqual([false, true]);
  });

  it('revokes a signing key: whatever iat its thief writes', async () => {
    const second = await anIssuer();
    issuer.answer = { status: 200, body: JSON.stringify({ keys: [issuer.jwk, second.jwk] }) };
    const stolen = (iat: number) =>
      tokenOf({ claims: { iat }, header: { kid: second.kid }, signingKey: second.privateKey });
    await second.close();
    expect(await isLive(stolen(now() - 5))).toBe(true);

    await expect(
      revocations({
        command: 'revoke',
        target: { dimension: 'key', issuer: 'test-issuer', kid: second.kid },
        ...by,
      }),
    ).resolves.toMatchObject({ record: { kind: 'absolute', expiresAt: null }, safeSignInFrom: null });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect([await isLive(stolen(now() - 5)), await isLive(stolen(now()))]).toEqual([false, false]);
    expect(await isLive(tokenOf())).toBe(true);
  });

  it('revokes an issuer up to a cut-off, and not another', async () => {
    const before = now() - 300;
    const target = { dimension: 'issuer', issuer: 'other-issuer' };
    await revocations({ command: 'revoke', target, before, ...by });

    const at = (iat: number) => tokenOf({ claims: { iat } }, other);
    expect(await Promise.all([before - 1, before, before + 1].map((iat) => isLive(at(iat))))).toEqual([
      false,
      false,
      true,
    ]);
    expect(await isLive(tokenOf({ claims: { iat: before } }))).toBe(true);
  });

  test.each(CUT_OFFS.map(label))(
    'cuts %s off by the second: before and at it revoked, after it live',
    async (_label, each) => {
      // Tokens are what differs, so that one revocation serves all three.
      const before = now() - 600;
      await revocations({ command: 'revoke', target: target(each), before, ...by });
      const at = (token: () => string, iat: number) => isLive(withIssuedAt(token(), iat));

      expect(await at(each.hit, before - 1)).toBe(false);
      expect(await at(each.hit, before)).toBe(false);
      expect(await at(each.hit, before + 1)).toBe(true);
      expect(await at(each.missed, before)).toBe(true);
    },
  );

  test.each(CUT_OFFS.map(label))('blocks %s until it is reinstated', async (_label, each) => {
    await expect(
      revocations({ command: 'revoke', target: target(each), block: true, ...by }),
    ).resolves.toMatchObject({ record: { kind: 'absolute', expiresAt: null } });

    expect([await isLive(withIssuedAt(each.hit(), now())), await isLive(each.missed())]).toEqual([
      false,
      true,
    ]);
    await revocations({ command: 'reinstate', target: target(each), ...by });
  });
});

describe('an id token of a Cognito user pool', () => {
  test.each(['id', 'any'] as const)(
    'is revoked by its client, which it names in aud, where tokenUse is %s',
    async (tokenUse) => {
      const pool = { kind: 'cognito', id: `pool-${tokenUse}`, tokenUse, audience: null } as const;
      const settings = { issuers: [issuer.settings(pool)], tableName: table.tableName };
      const idToken = (aud: string) =>
        issuer.token({ claims: { token_use: 'id', aud, origin_jti: 'o-1', iat: now() - 60 } });
      authorizer = aBundle('authorizer', settings);
      revocations = aBundle('revocations', settings);
      expect(await isLive(idToken('web'))).toBe(true);

      const target = { dimension: 'client', client: 'web' };
      await expect(revocations({ command: 'revoke', target, block: true, ...by })).resolves.toMatchObject({
        notes: [expect.stringContaining('whose client_id, or aud of an id token, is exactly this value')],
      });
      authorizer = aBundle('authorizer', settings);
      expect([await isLive(idToken('web')), await isLive(idToken('mobile'))]).toEqual([false, true]);
      await expect(
        revocations({ command: 'check', target: { dimension: 'token', token: idToken('web') } }),
      ).resolves.toMatchObject({ live: false, records: [{ dimension: 'client', value: 'web' }] });
    },
  );
});

describe('a token that lacks what it is revoked by', () => {
  test.each([
    ['a claim of the profile', { tenant: undefined }],
    ['a claim of the profile, empty', { tenant: '' }],
    ['a claim of the profile that is a list', { tenant: ['acme'] }],
    ['a claim of the profile that is no whole number', { device: 1.5 }],
    ['a claim of the profile that JSON cannot hold', { device: 2 ** 53 }],
    ['the session', { sid: undefined }],
    ['the session, empty', { sid: '' }],
    ['the session, a number', { sid: 5 }],
  ])('is refused: %s', async (_what, claims) => {
    expect(await isLive(tokenOf({ claims }))).toBe(false);
    expect(await isLive(tokenOf())).toBe(true);
  });

  it('is accepted without a session where the profile does not ask for one, and the admin says so', async () => {
    const withoutProfile = { issuers: [issuer.settings()], tableName: table.tableName };
    authorizer = aBundle('authorizer', withoutProfile);
    revocations = aBundle('revocations', withoutProfile);

    expect(await isLive(tokenOf({ claims: { sid: undefined } }))).toBe(true);
    const session = { dimension: 'session', session: 's-77' };
    await expect(revocations({ command: 'revoke', target: session, ...by })).resolves.toMatchObject({
      notes: expect.arrayContaining([expect.stringContaining('set requireSession')]),
    });
  });

  it('cannot be revoked by a claim that the authorizer does not look at', async () => {
    await expect(
      revocations({
        command: 'revoke',
        target: { dimension: 'claim', issuer: 'test-issuer', claim: 'tenand', value: 'acme' },
        ...by,
      }),
    ).rejects.toThrow('target.claim: received "tenand"; allowed: "tenant" or "device"');
  });
});

/** The same token, issued at another time. */
function withIssuedAt(token: string, iat: number): string {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return issuer.token({ claims: { ...claims, iat } });
}
