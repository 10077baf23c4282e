import { deflateRawSync } from 'node:zlib';
import { describe, expect, it, test } from '@jest/globals';
import { findIssuer, readConfig } from '../../lambda/config.ts';
import { ENVIRONMENT } from '../../lambda/environment.ts';

const ISSUER = { kind: 'oidc', id: 'idp', issuers: ['https://idp.example.com/'], audience: ['orders'] };
const POOL = { kind: 'cognito', id: 'pool', issuers: ['https://pool.example.com'], audience: null };

function read(issuers: unknown, others: NodeJS.ProcessEnv = {}) {
  return readConfig({
    [ENVIRONMENT.tableName]: 'Revocations',
    [ENVIRONMENT.issuers]: typeof issuers === 'string' ? issuers : JSON.stringify(issuers),
    ...others,
  });
}

describe('readConfig', () => {
  it('fills in what an issuer leaves to us', () => {
    expect(read([ISSUER])).toMatchObject({
      tableName: 'Revocations',
      isLocalMode: false,
      issuers: [
        {
          ...ISSUER,
          algorithms: ['RS256'],
          maxTokenLifetimeSeconds: 86_400,
          graceSeconds: 2,
          accessTokenType: 'optional',
          tokenUse: 'access',
          requiredClaims: [],
          maxTokenChars: 8192,
          allowPrivateNetwork: [],
        },
      ],
    });
  });

  it('keeps what an issuer says', () => {
    const issuer = {
      ...ISSUER,
      jwksUri: 'https://idp.example.com/jwks',
      algorithms: ['ES256'],
      maxTokenLifetimeSeconds: 60,
      graceSeconds: 5,
      accessTokenType: 'required',
      tokenUse: 'any',
      requiredClaims: ['tenant'],
      maxTokenChars: 2048,
      jwks: { keys: [{ kty: 'EC' }] },
      allowPrivateNetwork: ['idp.internal'],
    };
    expect(read([issuer]).issuers).toEqual([expect.objectContaining(issuer)]);
  });

  it('knows of a results cache only when it is told so in the one way', () => {
    expect(read([ISSUER], { [ENVIRONMENT.hasResultsCache]: '1' }).hasResultsCache).toBe(true);
    for (const value of ['', '0', 'true', undefined]) {
      expect(read([ISSUER], { [ENVIRONMENT.hasResultsCache]: value }).hasResultsCache).toBe(false);
    }
  });

  it('is in the local mode only when it is told so in the one way', () => {
    expect(read([ISSUER], { [ENVIRONMENT.localMode]: '1' }).isLocalMode).toBe(true);
    for (const value of ['', '0', 'true', undefined]) {
      expect(read([ISSUER], { [ENVIRONMENT.localMode]: value }).isLocalMode).toBe(false);
    }
  });

  test.each<[string, object, string]>([
    ['another kind', { kind: 'saml' }, 'field 0.kind'],
    ['no id', { id: '' }, 'field 0.id'],
    ['no issuer', { issuers: [] }, 'field 0.issuers'],
    ['an empty issuer', { issuers: [''] }, 'field 0.issuers.0'],
    ['an address that is none', { jwksUri: 'jwks' }, 'field 0.jwksUri'],
    ['no audience, without saying so', { audience: undefined }, 'field 0.audience'],
    ['an empty list of audiences', { audience: [] }, 'field 0.audience'],
    ['an empty audience', { audience: [''] }, 'field 0.audience.0'],
    ['a symmetric algorithm', { algorithms: ['HS256'] }, 'field 0.algorithms.0'],
    ['no algorithm', { algorithms: [] }, 'field 0.algorithms'],
    ['a lifetime of nothing', { maxTokenLifetimeSeconds: 0 }, 'field 0.maxTokenLifetimeSeconds'],
    ['half a second', { graceSeconds: 0.5 }, 'field 0.graceSeconds'],
    ['a negative grace', { graceSeconds: -1 }, 'field 0.graceSeconds'],
    ['a token type that there is not', { accessTokenType: 'at+jwt' }, 'field 0.accessTokenType'],
    ['a token use that there is not', { tokenUse: 'refresh' }, 'field 0.tokenUse'],
    ['an empty name of a claim', { requiredClaims: [''] }, 'field 0.requiredClaims.0'],
    ['a token longer than any may be', { maxTokenChars: 8193 }, 'field 0.maxTokenChars'],
    ['keys that are no set', { jwks: [] }, 'field 0.jwks'],
    ['hosts that are no list', { allowPrivateNetwork: '*' }, 'field 0.allowPrivateNetwork'],
    ['a field that nobody knows', { algorithm: 'RS256' }, 'field 0.algorithm'],
  ])('refuses an issuer with %s, and names the field', (_what, changes, field) => {
    const run = () => read([{ ...ISSUER, ...changes }]);
    expect(run).toThrow(expect.objectContaining({ code: 'config_invalid' }));
    expect(run).toThrow(`${ENVIRONMENT.issuers}, ${field}`);
  });

  test.each([
    ['no JSON', '{', '(all of it)'],
    ['nothing', undefined, '(all of it)'],
    ['an empty list', '[]', '(all of it)'],
    ['one iss twice', [ISSUER, { ...POOL, issuers: ISSUER.issuers }], 'field issuers'],
    [
      'one iss twice, once as an alias',
      [ISSUER, { ...POOL, issuers: [...POOL.issuers, ...ISSUER.issuers] }],
      'field issuers',
    ],
    ['one id twice', [ISSUER, { ...POOL, id: 'idp' }], 'field id'],
    ["an id that is another's iss", [ISSUER, { ...POOL, id: ISSUER.issuers[0] }], 'field id'],
    [
      "an id that is another's alias",
      [
        { ...ISSUER, id: 'https://old.example.com' },
        { ...POOL, issuers: [...POOL.issuers, 'https://old.example.com'] },
      ],
      'field id',
    ],
  ])('refuses %s', (_what, issuers, message) => {
    const run = () =>
      issuers === undefined ? read('', { [ENVIRONMENT.issuers]: undefined }) : read(issuers);
    expect(run).toThrow(expect.objectContaining({ code: 'config_invalid' }));
    expect(run).toThrow(message);
  });

  it('refuses to go without a table', () => {
    for (const name of [undefined, '']) {
      expect(() => read([ISSUER], { [ENVIRONMENT.tableName]: name })).toThrow(
        `${ENVIRONMENT.tableName} is not set`,
      );
    }
  });
});

describe('findIssuer', () => {
  const { issuers } = read([ISSUER, { ...POOL, issuers: [...POOL.issuers, 'https://alias.example.com'] }]);

  test.each([
    ['https://idp.example.com/', 'idp'],
    ['https://pool.example.com', 'pool'],
    ['https://alias.example.com', 'pool'],
  ])('finds %s', (iss, id) => {
    expect(findIssuer(issuers, iss)?.id).toBe(id);
  });

  test.each([
    'https://idp.example.com',
    'https://idp.example.com//',
    'https://IDP.example.com/',
    'https://idp.example.com/ ',
    'idp',
    '',
    undefined,
    null,
    ['https://idp.example.com/'],
    { toString: () => 'https://idp.example.com/' },
  ])('does not take %j for any of them', (iss) => {
    expect(findIssuer(issuers, iss)).toBeUndefined();
  });
});

describe('the route table of the environment', () => {
  const readRoutes = (routes: string) => read([ISSUER], { [ENVIRONMENT.routes]: routes }).routes;
  const deflate = (text: string) => deflateRawSync(text).toString('base64');
  const TABLE = { rules: [{ route: 'GET /', anyone: true }] };

  it('is JSON, or JSON that was deflated', () => {
    expect(readRoutes(JSON.stringify(TABLE))).toEqual(TABLE);
    expect(readRoutes(deflate(JSON.stringify(TABLE)))).toEqual(TABLE);
  });

  test.each([
    ['nothing', ''],
    ['a text', 'GET /'],
    ['half of it', deflate(JSON.stringify(TABLE)).slice(0, 12)],
    ['what inflates to more than a table', deflate(' '.repeat(300_000))],
  ])('is refused when it is %s', (_what, routes) => {
    expect(() => readRoutes(routes)).toThrow(
      'config_invalid: REVOCABLE_AUTHORIZER_ROUTES is neither JSON nor JSON that was deflated; deploy the construct again',
    );
  });

  test.each([
    ['claims', { claims: {} }],
    ['claims', { claims: { constructor: { equals: 'x' } } }],
    ['claims', { claims: { prototype: { equals: 'x' }, tier: { equals: 'gold' } } }],
    ['pathClaims', { pathClaims: { constructor: 'sub' } }],
    ['pathClaims', { pathClaims: {} }],
  ])('is refused where some of its %s would be lost: %j', (name, conditions) => {
    const routes = JSON.stringify({ rules: [{ route: 'GET /{constructor}', ...conditions }] });
    expect(() => readRoutes(routes)).toThrow(
      `field rules.0.${name}: it has to have entries, and none called`,
    );
  });

  it('is checked after it was inflated', () => {
    expect(() => readRoutes(deflate('{"rules":[{"route":"GET /"}]}'))).toThrow(/ROUTES, field rules\.0/);
    expect(() => readRoutes(deflate('nothing'))).toThrow(/ROUTES, field/);
  });
});
