import type { HostileToken } from '../corpus.ts';
import type { World } from '../world.ts';

const WRONG_TYPES: readonly unknown[] = [
  'logout+jwt',
  'dpop+jwt',
  'secevent+jwt',
  'id+jwt',
  'token-introspection+jwt',
  'oauth-authz-req+jwt',
  'JOSE',
  'jose+json',
  'text/plain',
  'image/jwt',
  'application/application/jwt',
  'at+jwt ',
  ' JWT',
  'JWT\u0000',
  'JWT;charset=utf-8',
  'at-jwt',
  'at',
  'JWS',
  'JWE',
  '',
  null,
  0,
  true,
  ['JWT'],
  { typ: 'JWT' },
];

/** RFC 8725 section 3.11, RFC 9068 section 4, RFC 9449, RFC 8705: other tokens of the same issuer, under the same keys. */
export function types(world: World): HostileToken[] {
  const use = (name: 'cognito' | 'cognitoId' | 'cognitoAny', token_use: unknown): HostileToken => ({
    name: `token_use ${JSON.stringify(token_use)} for ${name}`,
    token: world.token(name, { claims: { token_use } }),
    reason:
      token_use === undefined || (typeof token_use === 'string' && token_use)
        ? 'token_use_mismatch'
        : 'claim_invalid',
  });
  const bound: readonly unknown[] = [
    { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' },
    { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' },
    { jwk: { kty: 'oct' } },
    { kid: 'main' },
    {},
    null,
    'jkt',
    [],
    false,
  ];
  return [
    ...WRONG_TYPES.map((typ) => ({
      name: `typ ${JSON.stringify(typ)}`,
      token: world.token('main', { header: { typ } }),
      reason: 'token_type_mismatch' as const,
    })),
    ...[undefined, 'JWT', 'jwt', 'application/jwt', 'dpop+jwt'].map((typ) => ({
      name: `typ ${typ} where at+jwt is required`,
      token: world.token('strict', { header: { typ } }),
      reason: 'token_type_mismatch' as const,
    })),
    ...['id', 'refresh', 'Access', 'access ', 'any', undefined, '', null, 1, ['access']].map((value) =>
      use('cognito', value),
    ),
    ...['access', 'refresh', 'ID', undefined, ['id']].map((value) => use('cognitoId', value)),
    ...['refresh', 'any', undefined, { access: true }].map((value) => use('cognitoAny', value)),
    ...[
      { typ: 'ID' },
      { typ: 'Refresh' },
      { typ: 'Offline' },
      { typ: 'Logout' },
      { typ: 'Bearer ' },
      { typ: ['Bearer'] },
      { token_use: 'id' },
      { token_use: 'refresh' },
      { nonce: 'n', at_hash: 'h' },
      { nonce: 'n', c_hash: 'h' },
      { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } },
      { events: {}, typ: 'Bearer' },
    ].map((claims) => ({
      name: `an access token that says ${JSON.stringify(claims)}`,
      token: world.token('main', { claims }),
      reason: 'token_use_mismatch' as const,
    })),
    ...bound.map((cnf) => ({
      name: `cnf ${JSON.stringify(cnf).slice(0, 20)}`,
      token: world.token('main', { claims: { cnf } }),
      reason: 'sender_constraint_unmet' as const,
    })),
    {
      name: 'a DPoP-bound access token as RFC 9449 has it',
      token: world.token('strict', { claims: { cnf: { jkt: 'x' } } }),
      reason: 'sender_constraint_unmet',
    },
  ];
}
