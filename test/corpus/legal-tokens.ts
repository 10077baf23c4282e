import type { World } from './world.ts';

/** Something that must be accepted, however unusual it looks. */
export interface LegalToken {
  readonly name: string;
  readonly authorization: string;
}

export function legalTokens(world: World): LegalToken[] {
  const { now, keys } = world;
  const main = (name: string, claims: Record<string, unknown>, header: Record<string, unknown> = {}) => ({
    name,
    authorization: `Bearer ${world.token('main', { claims, header })}`,
  });
  const multi = (alg: string, kid: string, signer = kid) => ({
    name: `${alg} with the key ${kid}`,
    authorization: `Bearer ${world.token('multi', { header: { alg, kid }, key: keys[signer]?.privateKey })}`,
  });
  const listed = (alg: string, kid: string) => ({
    name: `a list of scopes under ${alg}`,
    authorization: `Bearer ${world.token('multi', { header: { alg, kid }, claims: { scope: ['a', 'b'] }, key: keys[kid]?.privateKey })}`,
  });
  const token = world.token('main');
  const [header = '', claims = ''] = [world.header('main'), world.claims('main')].map((part) =>
    JSON.stringify(part),
  );
  return [
    { name: 'an ordinary token', authorization: `Bearer ${token}` },
    { name: 'the same token again', authorization: `Bearer ${token}` },
    { name: 'the scheme in lower case', authorization: `bearer ${world.token('main')}` },
    { name: 'the scheme in upper case', authorization: `BEARER ${world.token('main')}` },
    { name: 'several spaces', authorization: `Bearer    ${world.token('main')}` },
    main('a list of one audience', { aud: ['orders'] }),
    main('ours among many audiences', { aud: ['a', 'b', 'billing', 'c'] }),
    main('an empty text among the audiences', { aud: ['', 'orders'] }),
    main('the other audience', { aud: 'billing' }),
    main('the other name of the issuer', { iss: 'https://old-idp.example.com' }),
    main('no typ', {}, { typ: undefined }),
    ...['JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt', 'Application/AT+JWT', 'application/jwt'].map(
      (typ) => main(`typ ${typ}`, {}, { typ }),
    ),
    main('a cty', {}, { cty: 'json' }),
    main('an unknown header parameter', {}, { 'urn:example': { a: [1] }, nonce: 'x' }),
    main(
      'the issuer’s own jku and x5t, which nobody follows',
      {},
      { jku: 'https://idp.example.com/jwks', x5t: 'AAAA' },
    ),
    ...['Ключ ☃ #1', 'a b', '../../etc/passwd', 'toString', ' ', 'no-alg'].map((kid) =>
      main(`kid ${kid}`, {}, { kid }),
    ),
    main('the longest jti', { jti: 'j'.repeat(1024) }),
    main('a jti of one character', { jti: '0' }),
    main('a jti that looks like a key', { jti: '__proto__' }),
    main('a subject of many scripts', { sub: 'Ærøskøbing 東京 😀 \u202e' }),
    main('the longest subject', { sub: '☃'.repeat(341) }),
    main('a subject with control characters', { sub: 'a\u0000b\nc' }),
    main('a subject with pipes and colons', { sub: 'auth0|1:2/3#4' }),
    main('an escaped pair of surrogates', { name: '😀' }),
    main('an empty scope', { scope: '' }),
    main('the longest scope', { scope: 'x'.repeat(3072) }),
    main('a list of scopes', { scope: ['a', 'b:c'] }),
    main('a list of one scope', { scope: ['orders:read'] }),
    main('an empty list of scopes', { scope: [] }),
    main('the same scope twice', { scope: ['a', 'a'] }),
    main('the longest list of scopes', { scope: ['x'.repeat(1536), 'y'.repeat(1535)] }),
    main('a list of scopes among odd claims', {
      scope: ['☃', '😀'],
      toJSON: 'x',
      constructor: { a: [1e300] },
    }),
    main('a list of scopes under a key without alg', { scope: ['a'] }, { kid: 'no-alg' }),
    main('a scope with odd spaces', { scope: '  a  b ' }),
    main('a client and an authorized party', { client_id: 'a', azp: 'b' }),
    main('a claim typ of Keycloak', { typ: 'Bearer' }),
    main('a token_use', { token_use: 'access' }),
    main('a nonce alone', { nonce: 'n' }),
    main('a hash alone', { at_hash: 'h' }),
    main('the longest lifetime', { iat: now - 60, exp: now - 60 + 24 * 3600 }),
    main('an expiry soon', { exp: now + 600 }),
    main('issued this second', { iat: now }),
    main('issued by a clock that is a second ahead', { iat: now + 1, nbf: now + 1 }),
    main('not before, long ago', { nbf: 1 }),
    main('not before this second', { nbf: now }),
    main('nested claims', { realm_access: { roles: ['a', { b: [[[{}]]] }] } }),
    main('31 levels of lists', { deep: JSON.parse(`${'['.repeat(31)}${']'.repeat(31)}`) as unknown }),
    main('the same name in different objects', { a: { x: 1 }, b: { x: 1 }, c: [{ x: 1 }, { x: 1 }], x: 1 }),
    main('names of Object.prototype', { constructor: 1, hasOwnProperty: 'x', valueOf: null }),
    main('a big number and a fraction', { big: 1e300, small: 0.1, negative: -0 }),
    main('an access token with an email', { email: 'a@example.com', email_verified: true }),
    {
      name: 'white space in the JSON',
      authorization: `Bearer ${world.raw(header.replaceAll(',', ' ,\n\t'), `  ${claims.replaceAll('":', '" : ')}\r\n`)}`,
    },
    {
      name: 'escapes in the JSON',
      authorization: `Bearer ${world.raw(header, claims.replace('"sub"', '"\\u0073ub"').replaceAll('/', '\\/'))}`,
    },
    multi('RS256', 'main'),
    multi('RS384', 'main'),
    multi('RS512', 'main'),
    multi('RS512', 'shared', 'main'),
    multi('ES256', 'shared', 'es256'),
    multi('RS256', 'repeated', 'main'),
    multi('ES256', 'es256'),
    multi('ES384', 'es384'),
    multi('ES384', 'p384'),
    multi('ES512', 'es512'),
    multi('EdDSA', 'ed'),
    listed('ES256', 'es256'),
    listed('ES384', 'es384'),
    listed('ES512', 'es512'),
    listed('EdDSA', 'ed'),
    { name: 'at+jwt where it is required', authorization: `Bearer ${world.token('strict')}` },
    {
      name: 'a required claim that is false',
      authorization: `Bearer ${world.token('strict', { claims: { tenant: false, toString: 0 } })}`,
    },
    {
      name: 'any audience where none is asked for',
      authorization: `Bearer ${world.token('open', { claims: { aud: 'x' } })}`,
    },
    {
      name: 'no audience where none is asked for',
      authorization: `Bearer ${world.token('open', { claims: { aud: undefined } })}`,
    },
    {
      name: 'expired within the grace',
      authorization: `Bearer ${world.token('open', { claims: { exp: now - 2 } })}`,
    },
    {
      name: 'from the future within the grace',
      authorization: `Bearer ${world.token('open', { claims: { iat: now + 5, nbf: now + 20 } })}`,
    },
    { name: 'an access token of a pool', authorization: `Bearer ${world.token('cognito')}` },
    {
      name: 'an access token under the original issuer of the pool',
      authorization: `Bearer ${world.token('cognito', { claims: { iss: world.settings('cognito', '').issuers[1], client_id: 'mobile' } })}`,
    },
    {
      name: 'an access token of a pool, with a resource as audience',
      authorization: `Bearer ${world.token('cognito', { claims: { aud: 'https://api.example.com', origin_jti: 'o', 'cognito:groups': ['a'] } })}`,
    },
    { name: 'an id token where those are taken', authorization: `Bearer ${world.token('cognitoId')}` },
    { name: 'an access token where both are taken', authorization: `Bearer ${world.token('cognitoAny')}` },
    {
      name: 'an id token where both are taken',
      authorization: `Bearer ${world.token('cognitoAny', { claims: { token_use: 'id', client_id: undefined, aud: ['web'] } })}`,
    },
  ];
}
