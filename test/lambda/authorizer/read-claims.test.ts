import { describe, expect, it, test } from '@jest/globals';
import { readClaims } from '../../../lambda/authorizer/read-claims.ts';
import { aTrustedIssuer } from '../../support/a-trusted-issuer.ts';

const VALID = { iss: 'https://idp.example.com/', sub: 'alice', jti: 'j', iat: 1000, exp: 2000 };

const reasonOf = (claims: Record<string, unknown>, issuer = aTrustedIssuer()) => {
  const result = readClaims({ ...VALID, ...claims }, issuer);
  return result.ok ? undefined : result.denial.reason;
};

describe('readClaims', () => {
  it('reads every claim that the steps use', () => {
    const issuer = aTrustedIssuer();
    const claims = {
      ...VALID,
      nbf: 1500,
      aud: ['a', 'b'],
      scope: 'orders:read',
      client_id: 'web',
      azp: 'other',
      token_use: 'access',
      anything: { else: [1] },
    };
    expect(readClaims(claims, issuer)).toMatchObject({
      ok: true,
      value: {
        issuer,
        iss: 'https://idp.example.com/',
        subject: 'alice',
        jwtId: 'j',
        issuedAt: 1000,
        expiresAt: 2000,
        notBefore: 1500,
        audience: ['a', 'b'],
        scope: 'orders:read',
        clientIds: ['web', 'other'],
        tokenUse: 'access',
        all: claims,
      },
    });
  });

  it('makes a list of one audience, and of none', () => {
    expect(readClaims({ ...VALID, aud: 'a' }, aTrustedIssuer())).toMatchObject({
      value: { audience: ['a'] },
    });
    expect(readClaims(VALID, aTrustedIssuer())).toMatchObject({ value: { audience: [] } });
  });

  test.each<[string, Record<string, unknown>, readonly string[]]>([
    ['none', {}, []],
    ['the authorized party', { azp: 'web' }, ['web']],
    ['what Okta calls it', { cid: 'web' }, ['web']],
    ['what Entra ID calls it', { appid: 'web' }, ['web']],
    [
      'all of them, client_id first',
      { appid: 'd', cid: 'c', azp: 'b', client_id: 'a' },
      ['a', 'b', 'c', 'd'],
    ],
    ['one that stands there twice once', { azp: 'web', client_id: 'web' }, ['web']],
    ['no cid of another form, which is a claim of somebody else', { cid: 7, appid: '' }, []],
    ['no audience, which is the API', { aud: 'orders', token_use: 'id' }, []],
  ])('finds the names of the client: %s', (_what, claims, clientIds) => {
    expect(readClaims({ ...VALID, ...claims }, aTrustedIssuer())).toMatchObject({ value: { clientIds } });
  });

  test.each<[string, Record<string, unknown>, readonly string[]]>([
    ['none', {}, []],
    ['sid', { sid: 's' }, ['s']],
    ['origin_jti', { origin_jti: 'o' }, ['o']],
    ['both', { origin_jti: 'o', sid: 's' }, ['s', 'o']],
    ['both, the same', { origin_jti: 's', sid: 's' }, ['s']],
  ])('finds the names of the session: %s', (_what, claims, sessionIds) => {
    const issuer = aTrustedIssuer({ requireSession: sessionIds.length > 0 });
    expect(readClaims({ ...VALID, ...claims }, issuer)).toMatchObject({ value: { sessionIds } });
  });

  it('takes the audience of a Cognito id token for its client, and no more than one', () => {
    const pool = aTrustedIssuer({ kind: 'cognito', tokenUse: 'any', audience: null });
    const id = { token_use: 'id' };
    for (const aud of ['web', ['web']]) {
      expect(readClaims({ ...VALID, ...id, aud }, pool)).toMatchObject({ value: { clientIds: ['web'] } });
    }
    for (const aud of [['web', 'mobile'], '', 'x'.repeat(1025)])
      expect(reasonOf({ ...id, aud }, pool)).toBe('claim_invalid');
    expect(readClaims({ ...VALID, token_use: 'access', client_id: 'web', aud: 'api' }, pool)).toMatchObject({
      value: { clientIds: ['web'] },
    });
  });

  test.each(['sub', 'jti', 'iat', 'exp'])(
    'denies a token without %s, whatever stands for nothing',
    (name) => {
      for (const value of [undefined, null, '']) expect(reasonOf({ [name]: value })).toBe('claim_missing');
    },
  );

  test.each(['sub', 'jti'])('denies a %s that is no text of 1 to 1,024 bytes', (name) => {
    for (const value of [1, true, [], ['x'], {}, 'x'.repeat(1025), '☃'.repeat(342)]) {
      expect(reasonOf({ [name]: value })).toBe('claim_invalid');
    }
    for (const value of ['x', '\u0000', 'x'.repeat(1024), '☃'.repeat(341)])
      expect(reasonOf({ [name]: value })).toBeUndefined();
  });

  test.each(['iat', 'exp', 'nbf'])(
    'denies a %s that is no whole number of seconds in a sane range',
    (name) => {
      for (const value of [0, -1, 1.5, 1.7e12, 1e308, -1e13, 100_000_000_001, '1000', true, [1000], {}]) {
        expect(reasonOf({ [name]: value })).toBe('claim_invalid');
      }
    },
  );

  test.each(['nbf', 'aud', 'scope', 'client_id', 'azp', 'token_use'])(
    'denies a %s of null, but not none at all',
    (name) => {
      expect(reasonOf({ [name]: null })).toBe('claim_invalid');
      expect(reasonOf({ [name]: undefined })).toBeUndefined();
    },
  );

  test.each([
    ['audiences that are no texts', { aud: ['a', 1] }],
    ['an audience that is a number', { aud: 1 }],
    ['an audience that is an object', { aud: { 0: 'a' } }],
    ['a scope that is an object', { scope: { a: true } }],
    ['a list of scopes of which one is two', { scope: ['a', 'b c'] }],
    ['a list of scopes of which one is empty', { scope: ['a', ''] }],
    ['a list of scopes of which one is a number', { scope: ['a', 1] }],
    ['a list of scopes that does not fit into the answer', { scope: ['x'.repeat(3000), 'y'.repeat(73)] }],
    ['a scope that does not fit into the answer', { scope: 'x'.repeat(3073) }],
    ['a client without a name', { client_id: '' }],
    ['a client that is a number', { client_id: 7 }],
    ['an expiry at the issue', { exp: 1000 }],
    ['an expiry before the issue', { exp: 999 }],
  ])('denies %s', (_what, claims) => {
    expect(reasonOf(claims)).toBe('claim_invalid');
  });

  it('takes a list of scopes for their text', () => {
    expect(readClaims({ ...VALID, scope: ['a', 'b'] }, aTrustedIssuer())).toMatchObject({
      value: { scope: 'a b' },
    });
    expect(reasonOf({ scope: [] })).toBeUndefined();
  });

  it('accepts the longest scope, and an empty one', () => {
    expect(reasonOf({ scope: 'x'.repeat(3072) })).toBeUndefined();
    expect(reasonOf({ scope: '' })).toBeUndefined();
  });

  test.each(['tenant', 'toString', 'constructor'])('denies a token without the required claim %s', (name) => {
    const issuer = aTrustedIssuer({ requiredClaims: [name] });
    for (const value of [null, '']) expect(reasonOf({ [name]: value }, issuer)).toBe('claim_missing');
    expect(reasonOf({}, issuer)).toBe('claim_missing');
    for (const value of ['x', 0, false, [], {}]) expect(reasonOf({ [name]: value }, issuer)).toBeUndefined();
  });
});

describe('a client claim that the issuer requires', () => {
  const read = (cid: unknown, requiredClaims: readonly string[]) => {
    const claims = {
      iss: 'https://idp.example.com/',
      sub: 'alice',
      aud: 'orders',
      jti: 'j',
      iat: 1,
      exp: 2,
      cid,
    };
    return readClaims(claims, aTrustedIssuer({ requiredClaims }));
  };

  test.each([[42], [['42']], [{}]])(
    'names no client as %j, so that no client revocation is escaped',
    (cid) => {
      expect(read(cid, ['cid'])).toMatchObject({ ok: false, denial: { reason: 'claim_invalid' } });
      expect(read(cid, [])).toMatchObject({ ok: true });
      expect(read('web', ['cid'])).toMatchObject({ ok: true, value: { clientIds: ['web'] } });
    },
  );
});
