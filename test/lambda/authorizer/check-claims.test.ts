import { describe, expect, it, test } from '@jest/globals';
import { checkClaims } from '../../../lambda/authorizer/check-claims.ts';
import { readClaims } from '../../../lambda/authorizer/read-claims.ts';
import type { IssuerSettings } from '../../../lambda/environment.ts';
import { aTrustedIssuer } from '../../support/a-trusted-issuer.ts';

const NOW = 1_700_000_000;
const COGNITO = { kind: 'cognito', audience: ['web'] } as const;

interface Case {
  readonly settings?: Partial<IssuerSettings>;
  readonly claims?: Record<string, unknown>;
  readonly typ?: unknown;
}

function check({ settings, claims, typ }: Case) {
  const issuer = aTrustedIssuer(settings);
  const read = readClaims(
    {
      iss: 'https://idp.example.com/',
      sub: 'alice',
      jti: 'j',
      iat: NOW - 10,
      exp: NOW + 10,
      ...(issuer.kind === 'cognito' ? { token_use: 'access', client_id: 'web' } : { aud: 'orders' }),
      ...claims,
    },
    issuer,
  );
  if (!read.ok) throw new Error(read.denial.reason);
  return checkClaims(read.value, typ, NOW);
}

describe('checkClaims: time', () => {
  test.each([
    ['dead on its expiry', { exp: NOW }, 0, 'token_expired'],
    ['alive a second before', { exp: NOW + 1 }, 0, undefined],
    ['dead at the end of the grace', { exp: NOW - 5 }, 5, 'token_expired'],
    ['alive a second before the end of the grace', { exp: NOW - 4 }, 5, undefined],
    ['good in the second of its issue', { iat: NOW }, 0, undefined],
    ['not yet good a second earlier', { iat: NOW + 1 }, 0, 'token_not_yet_valid'],
    ['good within the grace', { iat: NOW + 5 }, 5, undefined],
    ['not yet good before the grace', { iat: NOW + 6 }, 5, 'token_not_yet_valid'],
    ['good on its nbf', { nbf: NOW }, 0, undefined],
    ['not good before its nbf', { nbf: NOW + 1 }, 0, 'token_not_yet_valid'],
    ['good within the grace before its nbf', { nbf: NOW + 5 }, 5, undefined],
    ['not good before that', { nbf: NOW + 6 }, 5, 'token_not_yet_valid'],
  ])('finds a token %s', (_what, claims, graceSeconds, reason) => {
    expect(check({ claims, settings: { graceSeconds } })).toBe(reason);
  });

  test.each([
    ['exactly as long as allowed', 3600, undefined],
    ['a second longer', 3601, 'lifetime_too_long'],
  ])('finds a lifetime %s', (_what, lifetime, reason) => {
    const claims = { iat: NOW - 10, exp: NOW - 10 + lifetime };
    expect(check({ claims, settings: { maxTokenLifetimeSeconds: 3600, graceSeconds: 60 } })).toBe(reason);
  });

  it('allows a day when nothing else is said', () => {
    expect(check({ claims: { exp: NOW - 10 + 86_400 } })).toBeUndefined();
    expect(check({ claims: { exp: NOW - 10 + 86_401 } })).toBe('lifetime_too_long');
  });
});

describe('checkClaims: audience', () => {
  const audience = ['orders', 'billing'];
  test.each<[string, unknown, readonly string[] | null, string | undefined]>([
    ['one of ours', 'billing', audience, undefined],
    ['one of ours among others', ['x', 'orders'], audience, undefined],
    ['another', 'x', audience, 'audience_mismatch'],
    ['others', ['x', 'order'], audience, 'audience_mismatch'],
    ['ours in capitals', 'Orders', audience, 'audience_mismatch'],
    ['an empty list', [], audience, 'audience_mismatch'],
    ['none', undefined, audience, 'audience_mismatch'],
    ['none, where any will do', undefined, null, undefined],
    ['any, where any will do', 'x', null, undefined],
  ])('judges %s', (_what, aud, accepted, reason) => {
    expect(check({ claims: { aud }, settings: { audience: accepted } })).toBe(reason);
  });
});

describe('checkClaims: Cognito', () => {
  const access = { token_use: 'access', client_id: 'web' };
  const id = { token_use: 'id', client_id: undefined, aud: 'web' };
  test.each<[string, Record<string, unknown>, IssuerSettings['tokenUse'], string | undefined]>([
    ['an access token', access, undefined, undefined],
    ['an id token', id, undefined, 'token_use_mismatch'],
    ['an id token, where those are wanted', id, 'id', undefined],
    ['an access token, where id tokens are wanted', access, 'id', 'token_use_mismatch'],
    ['an access token, where both are', access, 'any', undefined],
    ['an id token, where both are', id, 'any', undefined],
    ['a refresh token, where both are', { ...access, token_use: 'refresh' }, 'any', 'token_use_mismatch'],
    ['a token that does not say', { ...access, token_use: undefined }, 'any', 'token_use_mismatch'],
    ['an access token of another client', { ...access, client_id: 'x' }, undefined, 'audience_mismatch'],
    [
      'an access token of no client',
      { ...access, client_id: undefined, aud: 'web' },
      undefined,
      'audience_mismatch',
    ],
    ['an id token of another client', { ...id, aud: 'x' }, 'id', 'audience_mismatch'],
    [
      'an id token that names its client like an access token',
      { ...access, token_use: 'id' },
      'any',
      'audience_mismatch',
    ],
  ])('judges %s', (_what, claims, tokenUse, reason) => {
    expect(check({ claims, settings: { ...COGNITO, tokenUse } })).toBe(reason);
  });
});

describe('checkClaims: a Cognito access token that is bound to an API (RFC 8707)', () => {
  const OURS = ['https://api.example.com', 'orders'];
  const mismatch = 'audience_mismatch';
  test.each<[string, unknown, readonly string[] | undefined, string | undefined]>([
    ['to none', undefined, undefined, undefined],
    ['to none, where this API has a name', undefined, OURS, undefined],
    ['to none, by an empty list', [], OURS, undefined],
    ['to this API', 'orders', OURS, undefined],
    ['to this API among others', ['https://other.example.com', OURS[0]], OURS, undefined],
    ['to another API', 'https://other.example.com', OURS, mismatch],
    ['to this API, spelled otherwise', 'https://api.example.com/', OURS, mismatch],
    ['to an API, where this one has no name', 'https://api.example.com', undefined, mismatch],
    ['to the id of its client', 'web', undefined, mismatch],
    ['to an empty text', '', OURS, mismatch],
  ])('judges one that is bound %s', (_what, aud, resource, reason) => {
    for (const settings of [
      COGNITO,
      { ...COGNITO, audience: null },
      { ...COGNITO, tokenUse: 'any' as const },
    ])
      expect(check({ claims: { aud }, settings: { ...settings, resource } })).toBe(reason);
  });

  it('asks for a client of the pool as well', () => {
    const settings = { ...COGNITO, resource: OURS };
    expect(check({ claims: { aud: 'orders', client_id: 'x' }, settings })).toBe(mismatch);
  });

  it('does not concern id tokens, whose audience is their client', () => {
    const claims = { token_use: 'id', client_id: undefined, aud: 'web' };
    expect(check({ claims, settings: { ...COGNITO, tokenUse: 'id', resource: OURS } })).toBeUndefined();
  });
});

describe('checkClaims: what a token of an OIDC issuer says that it is', () => {
  const EVENT = { 'http://schemas.openid.net/event/backchannel-logout': {} };
  const mismatch = 'token_use_mismatch';
  type Reason = string | undefined;
  const passes = { access: undefined, id: undefined, any: undefined };
  const access = { access: undefined, id: mismatch, any: undefined };
  const id = { access: mismatch, id: undefined, any: undefined };
  const neither = { access: mismatch, id: mismatch, any: mismatch };

  test.each<[string, Case, Record<'access' | 'id' | 'any', Reason>]>([
    ['nothing', {}, passes],
    ['nothing but JWT', { typ: 'JWT' }, passes],
    ['access by token_use', { claims: { token_use: 'access' } }, access],
    ['id by token_use', { claims: { token_use: 'id' } }, id],
    ['refresh by token_use', { claims: { token_use: 'refresh' } }, neither],
    ['Bearer by the claim typ', { claims: { typ: 'Bearer' } }, access],
    ['ID by the claim typ', { claims: { typ: 'ID' } }, id],
    ['Refresh by the claim typ', { claims: { typ: 'Refresh' } }, neither],
    ['Offline by the claim typ', { claims: { typ: 'Offline' } }, neither],
    ['Logout by the claim typ', { claims: { typ: 'Logout' } }, neither],
    ['bearer in lower case', { claims: { typ: 'bearer' } }, neither],
    ['a list by the claim typ', { claims: { typ: ['Bearer'] } }, neither],
    ['a name of Object.prototype by the claim typ', { claims: { typ: 'toString' } }, neither],
    ['nothing by an empty claim typ', { claims: { typ: '' } }, passes],
    ['nothing by claims that are null', { claims: { typ: null, events: null, nonce: null } }, passes],
    ['at+jwt by the header', { typ: 'at+jwt' }, access],
    ['at+jwt by the header, in full', { typ: 'Application/AT+JWT' }, access],
    ['logout by events', { claims: { events: EVENT } }, neither],
    ['an event by events of another form', { claims: { events: [] } }, neither],
    ['access by the header and logout by events', { claims: { events: EVENT }, typ: 'at+jwt' }, neither],
    ['id by a nonce and a hash of the access token', { claims: { nonce: 'n', at_hash: 'h' } }, id],
    ['id by a nonce and a hash of the code', { claims: { nonce: 'n', c_hash: 'h' } }, id],
    ['nothing by a nonce alone', { claims: { nonce: 'n' } }, passes],
    ['nothing by a hash alone', { claims: { at_hash: 'h' } }, passes],
    [
      'access by the claim typ and id by the rest',
      { claims: { typ: 'Bearer', nonce: 'n', at_hash: 'h' } },
      { access: mismatch, id: mismatch, any: undefined },
    ],
  ])('judges a token that says %s', (_what, token, reasons) => {
    const judged = (tokenUse?: IssuerSettings['tokenUse']) => check({ ...token, settings: { tokenUse } });

    expect({ access: judged('access'), id: judged('id'), any: judged('any') }).toEqual(reasons);
    expect(judged(undefined)).toBe(reasons.access);
  });

  it('leaves a Cognito user pool to its token_use', () => {
    const claims = { typ: 'ID', events: EVENT, nonce: 'n', at_hash: 'h' };
    expect(check({ claims, settings: COGNITO })).toBeUndefined();
  });
});

describe('checkClaims: type and binding', () => {
  const mismatch = 'token_type_mismatch';
  test.each([
    [undefined, undefined, mismatch],
    ['JWT', undefined, mismatch],
    ['jwt', undefined, mismatch],
    ['application/jwt', undefined, mismatch],
    ['at+jwt', undefined, undefined],
    ['AT+JWT', undefined, undefined],
    ['application/at+jwt', undefined, undefined],
    ['Application/At+Jwt', undefined, undefined],
    ['logout+jwt', mismatch, mismatch],
    ['dpop+jwt', mismatch, mismatch],
    ['secevent+jwt', mismatch, mismatch],
    ['application/application/at+jwt', mismatch, mismatch],
    ['text/at+jwt', mismatch, mismatch],
    ['', mismatch, mismatch],
    [null, mismatch, mismatch],
    [['at+jwt'], mismatch, mismatch],
  ])('judges typ %j: optional %s, required %s', (typ, optional, required) => {
    expect(check({ typ })).toBe(optional);
    expect(check({ typ, settings: { accessTokenType: 'required' } })).toBe(required);
  });

  test.each([[{ jkt: 'x' }], [{}], [null], ['x']])('denies a token that is bound to a sender (%j)', (cnf) => {
    expect(check({ claims: { cnf } })).toBe('sender_constraint_unmet');
  });
});

describe('checkClaims: order', () => {
  it('names the first defect of a token that has them all: time, use, audience, type, binding, lifetime', () => {
    const cures: readonly Record<string, unknown>[] = [
      {},
      { exp: NOW + 200_000 },
      { nbf: undefined },
      { token_use: 'access' },
      { client_id: 'web' },
    ];
    const claims = { exp: NOW - 2, nbf: NOW + 3, token_use: 'id', client_id: 'x', cnf: {} };
    const reasons = cures.map((_, count) =>
      check({ claims: Object.assign({}, claims, ...cures.slice(0, count + 1)), settings: COGNITO, typ: 'x' }),
    );
    expect(reasons).toEqual([
      'token_expired',
      'token_not_yet_valid',
      'token_use_mismatch',
      'audience_mismatch',
      'token_type_mismatch',
    ]);
    const cured = Object.assign({}, claims, ...cures);
    expect(check({ claims: cured, settings: COGNITO })).toBe('sender_constraint_unmet');
    delete cured.cnf;
    expect(check({ claims: cured, settings: COGNITO })).toBe('lifetime_too_long');
  });
});
