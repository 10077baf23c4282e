import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { SigningKeys } from '../../../lambda/authorizer/signing-keys.ts';
import type { TrustedIssuer } from '../../../lambda/config.ts';
import { readConfig } from '../../../lambda/config.ts';
import type { DenialReason } from '../../../lambda/denial.ts';
import { explainToken } from '../../../lambda/explain/explain-token.ts';
import type { CheckName } from '../../../lambda/explain/explanation.ts';
import { CHECK_OF_DENIAL, CHECKS } from '../../../lambda/explain/explanation.ts';
import { Fault } from '../../../lambda/fault.ts';
import { FOREVER } from '../../../lambda/revocation.ts';
import { aTrustedIssuer } from '../../support/a-trusted-issuer.ts';
import type { TestIssuer, TokenChanges } from '../../support/an-issuer.ts';
import { anIssuer, signedToken } from '../../support/an-issuer.ts';

const NOW = Math.floor(Date.now() / 1000);
const ORDER = Object.keys(CHECKS) as CheckName[];

let issuer: TestIssuer;
let trusted: TrustedIssuer;

beforeAll(async () => {
  issuer = await anIssuer();
  const config = readConfig({
    REVOCABLE_AUTHORIZER_ISSUERS: JSON.stringify([issuer.settings({ requiredClaims: ['tenant'] })]),
    REVOCABLE_AUTHORIZER_TABLE_NAME: 'unused',
  });
  const [only] = config.issuers;
  if (only === undefined) throw new Error('readConfig lost the issuer');
  trusted = only;
});
afterAll(() => issuer.close());

const aToken = ({ claims, ...rest }: TokenChanges = {}) =>
  issuer.token({ ...rest, claims: { tenant: 'acme', ...claims } });

/** A fresh ring each time: one that has just looked for a key in vain gives none that it does not know. */
const newKeysOf = () =>
  new Map([[trusted, new SigningKeys(trusted, async () => JSON.parse(issuer.answer.body))]]);

const explain = (token: string) =>
  explainToken(token, { keysOf: newKeysOf(), lookUpRevocations: async () => ({ revocations: [] }) }, NOW);

/** One defect for each check that a token can fail, by what it changes of a good token. */
const DEFECTS: readonly (readonly [DenialReason, TokenChanges])[] = [
  ['issuer_not_trusted', { claims: { iss: 'https://evil.example/' } }],
  ['algorithm_not_allowed', { header: { alg: 'none' } }],
  ['claim_missing', { claims: { jti: undefined } }],
  ['signing_key_unknown', { header: { kid: 'of nobody' } }],
  ['token_expired', { claims: { iat: NOW - 7200, exp: NOW - 2 } }],
  ['token_not_yet_valid', { claims: { nbf: NOW + 600 } }],
  ['token_use_mismatch', { claims: { events: {} } }],
  ['audience_mismatch', { claims: { aud: 'billing' } }],
  ['token_type_mismatch', { header: { typ: 'logout+jwt' } }],
  ['sender_constraint_unmet', { claims: { cnf: { jkt: 'x' } } }],
  ['lifetime_too_long', { claims: { iat: NOW - 86_401 } }],
];

describe('explainToken', () => {
  it('lets a good token pass every check, and checks no scope because no route asks for one', async () => {
    const { decision, reason, guide, checks } = await explain(aToken());

    expect({ decision, reason, guide }).toEqual({ decision: 'allow', reason: null, guide: null });
    expect(checks.map(({ check, outcome }) => [check, outcome])).toEqual(
      ORDER.map((check) => [check, check === 'scope' ? 'not checked' : 'passed']),
    );
  });

  test.each(DEFECTS)('names the check that fails with %s, and none after it', async (reason, changes) => {
    const explanation = await explain(aToken(changes));

    expect(explanation).toMatchObject({ decision: 'denial', reason, guide: { meaning: expect.any(String) } });
    const at = ORDER.indexOf(CHECK_OF_DENIAL[reason]);
    expect(explanation.checks.map(({ outcome }) => outcome)).toEqual(
      ORDER.map((_check, index) => (index < at ? 'passed' : index === at ? 'failed' : 'not reached')),
    );
    expect(explanation.checks.slice(at + 1).filter(({ found }) => found !== undefined)).toEqual([]);
  });

  test.each(
    DEFECTS.flatMap(([first, changes], index) =>
      DEFECTS.slice(index + 1).map(([second, others]) => [first, second, changes, others] as const),
    ),
  )('has %s before %s in the order of the authorizer', async (first, second, changes, others) => {
    const token = aToken({
      claims: { ...others.claims, ...changes.claims },
      header: { ...others.header, ...changes.header },
    });
    const order = [first, second].map((reason) => ORDER.indexOf(CHECK_OF_DENIAL[reason]));

    const { reason } = await explain(token);

    expect([first, second]).toContain(reason);
    if (order[0] !== order[1]) expect(reason).toBe((order[0] ?? 0) < (order[1] ?? 0) ? first : second);
  });

  test.each<[string, string, DenialReason]>([
    ['garbage', 'garbage', 'token_malformed'],
    ['two tokens', 'a.b.c, d.e.f', 'credentials_malformed'],
    ['a line break', 'a.b.c\n', 'credentials_malformed'],
    ['a token of 9,000 characters', 'a'.repeat(9000), 'credentials_malformed'],
  ])('explains %s by the format', async (_what, token, reason) => {
    const { checks, ...rest } = await explain(token);

    expect(rest).toMatchObject({ decision: 'denial', reason });
    expect(checks[0]).toMatchObject({ check: 'format', outcome: 'failed' });
  });

  it('tells a forged signature from a bad token', async () => {
    const stranger = await anIssuer();
    const token = aToken({ signingKey: stranger.privateKey });
    await stranger.close();

    expect((await explain(token)).reason).toBe('signature_invalid');
  });

  it('shows what the token has where it helps', async () => {
    const { checks } = await explain(aToken({ claims: { aud: ['billing', 'stock'], exp: NOW + 60 } }));
    const found = Object.fromEntries(checks.map((check) => [check.check, check]));

    expect(found['expiry']).toMatchObject({
      expected: expect.stringContaining(new Date(NOW * 1000).toISOString().slice(0, 19)),
      found: `exp ${new Date((NOW + 60) * 1000).toISOString().slice(0, 19)}Z`,
    });
    expect(found['audience']).toMatchObject({ expected: '"orders"', found: 'aud ["billing","stock"]' });
  });

  it.each([
    [undefined, 'an access token; a token that does not say what it is passes'],
    ['id', 'an id token; a token that does not say what it is passes'],
    ['any', 'an access or id token; a token that does not say what it is passes'],
  ] as const)('shows what a token says that it is, where tokenUse is %s', async (tokenUse, expected) => {
    const accepting = aTrustedIssuer(issuer.settings({ tokenUse }));
    const ring = new SigningKeys(accepting, async () => JSON.parse(issuer.answer.body));
    const useOf = async (changes: TokenChanges) =>
      (await explainToken(issuer.token(changes), { keysOf: new Map([[accepting, ring]]) }, NOW)).checks.find(
        ({ check }) => check === 'token use',
      );

    await expect(useOf({ claims: { typ: 'ID', nonce: 'n', at_hash: 'h' } })).resolves.toMatchObject({
      outcome: tokenUse === undefined ? 'failed' : 'passed',
      expected,
      found: 'id (typ), id (nonce and at_hash)',
    });
    await expect(
      useOf({ claims: { token_use: 'access', events: {} }, header: { typ: 'at+jwt' } }),
    ).resolves.toMatchObject({
      outcome: 'failed',
      found: 'access (token_use), other (events), access (typ header)',
    });
    await expect(useOf({})).resolves.toMatchObject({ outcome: 'passed', found: 'nothing' });
  });

  it('says of a key that its kid stands for several', async () => {
    const stranger = await anIssuer();
    const keys = [issuer.jwk, { ...stranger.jwk, kid: issuer.kid }];
    const ring = new SigningKeys(trusted, async () => ({ keys }));
    await stranger.close();

    const { reason, checks } = await explainToken(aToken(), { keysOf: new Map([[trusted, ring]]) }, NOW);

    expect(reason).toBe('signing_key_unknown');
    expect(checks.find(({ check }) => check === 'key')).toMatchObject({
      outcome: 'failed',
      found: `kid "${issuer.kid}": several keys under one kid that fit the token`,
    });
  });

  it('shows which API a Cognito access token is bound to', async () => {
    const pool = aTrustedIssuer(
      issuer.settings({ kind: 'cognito', audience: ['web'], resource: ['https://api.example.com'] }),
    );
    const ring = new SigningKeys(pool, async () => JSON.parse(issuer.answer.body));
    const claims = { token_use: 'access', client_id: 'web', aud: 'https://other.example.com' };

    const { checks } = await explainToken(issuer.token({ claims }), { keysOf: new Map([[pool, ring]]) }, NOW);

    expect(checks.find(({ check }) => check === 'audience')).toMatchObject({
      outcome: 'failed',
      expected: 'client "web"; aud, if an access token has one, "https://api.example.com"',
      found: 'aud "https://other.example.com", client_id "web"',
    });
  });

  it('names the claim that is missing', async () => {
    const { checks } = await explain(aToken({ claims: { tenant: undefined } }));

    expect(checks.find(({ check }) => check === 'required claims')).toMatchObject({
      outcome: 'failed',
      found: 'sub string, jti string, iat number, exp number, tenant missing',
    });
  });

  it('never shows the token, nor a control character of it', async () => {
    const header = { alg: 'RS256', kid: '\u001b[31m\u202e\u009b', typ: 'JWT' };
    const token = signedToken(header, { iss: issuer.url, sub: 's', aud: '\u2028' }, issuer.privateKey);
    for (const each of [token, aToken(), aToken({ claims: { iss: '\u001b[2J\u202e' } })]) {
      const text = (await explain(each)).checks.map(({ expected, found }) => `${expected}${found}`).join('');

      for (const part of each.split('.')) expect(text).not.toContain(part);
      expect(text).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
    }
  });

  it('says which revocation it was', async () => {
    const token = aToken();
    const lookUpRevocations = async () => ({
      revocations: [
        { dimension: 'subject', issuerId: 'test-issuer', value: 'alice', revokedBefore: FOREVER } as const,
      ],
    });

    const explanation = await explainToken(token, { keysOf: newKeysOf(), lookUpRevocations }, NOW);

    expect(explanation).toMatchObject({ decision: 'denial', reason: 'subject_revoked' });
    expect(explanation.checks.at(-2)).toMatchObject({ check: 'revocations', outcome: 'failed' });
  });

  it('knows the claims that the backend needs', async () => {
    const context = { tenant: { claim: 'tenant_id', required: true } };
    const lookUpRevocations = async () => ({ revocations: [] });
    const explain = (token: string) =>
      explainToken(token, { keysOf: newKeysOf(), lookUpRevocations, context }, NOW);

    const without = await explain(aToken());
    expect(without).toMatchObject({ decision: 'denial', reason: 'claim_missing' });
    expect(without.checks.find(({ check }) => check === 'required claims')).toMatchObject({
      outcome: 'failed',
      expected: 'sub, jti, iat, exp, tenant, tenant_id: each present, of its type and range',
    });
    const empty = await explain(aToken({ claims: { tenant_id: [] } }));
    expect(empty.checks.find(({ check }) => check === 'required claims')).toMatchObject({
      outcome: 'failed',
      found: expect.stringMatching(/, tenant_id empty list$/),
    });
    await expect(explain(aToken({ claims: { tenant_id: 'acme' } }))).resolves.toMatchObject({
      decision: 'allow',
    });
  });

  it('says that revocations were not checked when there is nothing to check them with', async () => {
    const { decision, checks } = await explainToken(aToken(), { keysOf: newKeysOf() }, NOW);

    expect(decision).toBe('allow');
    expect(checks.at(-2)).toMatchObject({ check: 'revocations', outcome: 'not checked' });
  });

  it('says what could not be checked, and does not call it a denial', async () => {
    const unavailable = async () => {
      throw new Fault('revocation_store_unavailable', 'a test');
    };
    const noKeys = new Map([[trusted, new SigningKeys(trusted, () => Promise.reject(new Error('down')))]]);

    const withoutTable = await explainToken(
      aToken(),
      { keysOf: newKeysOf(), lookUpRevocations: unavailable },
      NOW,
    );
    const withoutKeys = await explainToken(aToken(), { keysOf: noKeys }, NOW);

    expect(withoutTable).toMatchObject({ decision: 'fault', reason: 'revocation_store_unavailable' });
    expect(withoutTable.checks.at(-2)).toMatchObject({ check: 'revocations', outcome: 'not possible' });
    expect(withoutKeys).toMatchObject({ decision: 'fault', reason: 'jwks_unavailable' });
    expect(withoutKeys.checks.find(({ check }) => check === 'key')).toMatchObject({
      outcome: 'not possible',
    });
  });

  it('throws what is a defect of ours', async () => {
    const broken = async () => {
      throw new TypeError('a defect');
    };

    await expect(
      explainToken(aToken(), { keysOf: newKeysOf(), lookUpRevocations: broken }, NOW),
    ).rejects.toThrow(TypeError);
  });
});
