import type { HostileToken } from '../corpus.ts';
import type { World } from '../world.ts';

const NOT_TEXTS: readonly unknown[] = [0, 1, -1, true, false, [], ['subject'], {}, { toString: 'x' }];
const NOTHING: readonly unknown[] = [undefined, null, ''];

/** RFC 7519 section 4.1: who issued it, to whom, for whom; RFC 8725 section 3.8: compared letter by letter. */
export function identity(world: World): HostileToken[] {
  const iss = world.iss('main');
  const issuers: readonly unknown[] = [
    ...NOT_TEXTS,
    ...NOTHING,
    [iss],
    { iss },
    iss.slice(0, -1),
    `${iss}/`,
    `${iss}.well-known`,
    `${iss}?`,
    `${iss}#`,
    ` ${iss}`,
    `${iss}\u0000`,
    iss.toUpperCase(),
    iss.replace('https', 'HTTPS'),
    iss.replace('idp', 'IdP'),
    iss.replace('https', 'http'),
    iss.replace('.com/', '.com:443/'),
    iss.replace('.com/', '.com./'),
    iss.replace('https://', 'https://idp.example.com@'),
    iss.replace('https://', 'https://user:password@'),
    'https://idp.example.com@evil.example/',
    'https://idp.example.com.evil.example/',
    'https://evil.example/https://idp.example.com/',
    'https://evil.example/?https://idp.example.com/',
    'https://idp.example.com/../',
    'https://idp.example.com//',
    'https://idp.example.com\\',
    'https:idp.example.com/',
    '//idp.example.com/',
    'https://idp。example。com/',
    'https://іdp.example.com/',
    'https://xn--dp-jlc.example.com/',
    'https://strict.example.com/tenants/a\u0308',
    'https://strict.example.com/tenants/%C3%A4',
    'https://idp.*',
    'main',
    'null',
    '__proto__',
  ];
  const audiences: readonly unknown[] = [
    '',
    'Orders',
    'orders ',
    'order',
    'orders,billing',
    'orders billing',
    'https://orders',
    '*',
    'null',
    [],
    [''],
    ['other'],
    ['orders.evil'],
    undefined,
  ];
  const badAudiences: readonly unknown[] = [
    0,
    true,
    null,
    {},
    { 0: 'orders' },
    [1],
    [null],
    ['orders', 1],
    [{}],
    ['orders', null],
    [['orders']],
  ];
  const badScopes: readonly unknown[] = [
    ...NOT_TEXTS.filter((value) => !Array.isArray(value)),
    null,
    'x'.repeat(3073),
    [''],
    ['a', ''],
    ['a b'],
    ['a', ' b'],
    ['a\t'],
    ['a\nb'],
    ['a\u00a0b'],
    ['a\u2028b'],
    [0],
    ['a', 1],
    ['a', null],
    [true],
    [[]],
    [['a']],
    ['a', ['b']],
    [{}],
    [{ scope: 'a' }],
    { 0: 'a', length: 1 },
    ['x'.repeat(3073)],
    ['x'.repeat(1536), 'y'.repeat(1536)],
    ['☃'.repeat(1025)],
  ];
  const claim = (claims: Record<string, unknown>, reason: HostileToken['reason']): HostileToken => ({
    name: JSON.stringify(claims).slice(0, 60),
    token: world.token('main', { claims }),
    reason,
  });
  return [
    ...issuers.map((value) => ({
      name: `iss ${JSON.stringify(value)}`,
      token: world.token('main', { claims: { iss: value } }),
      reason: 'issuer_not_trusted' as const,
    })),
    ...['sub', 'jti'].flatMap((name) => [
      ...NOT_TEXTS.map((value) => claim({ [name]: value }, 'claim_invalid')),
      ...NOTHING.map((value) => claim({ [name]: value }, 'claim_missing')),
      claim({ [name]: 'x'.repeat(1025) }, 'claim_invalid'),
      claim({ [name]: '☃'.repeat(342) }, 'claim_invalid'),
      claim({ [name]: 'x'.repeat(3000) }, 'claim_invalid'),
    ]),
    ...['client_id', 'azp', 'token_use'].flatMap((name) =>
      [...NOT_TEXTS, null, ''].map((value) => claim({ [name]: value }, 'claim_invalid')),
    ),
    ...badScopes.map((scope) => claim({ scope }, 'claim_invalid')),
    ...audiences.map((aud) => claim({ aud }, 'audience_mismatch')),
    ...badAudiences.map((aud) => claim({ aud }, 'claim_invalid')),
    ...['Web', 'web ', 'other', undefined].map((client_id) => ({
      name: `client_id ${client_id} for a pool`,
      token: world.token('cognito', { claims: { client_id } }),
      reason: 'audience_mismatch' as const,
    })),
    ...(['cognito', 'cognitoAny'] as const).map((name) => ({
      name: `an access token that is bound to another API, for ${name}`,
      token: world.token(name, { claims: { aud: 'https://other.example.com' } }),
      reason: 'audience_mismatch' as const,
    })),
    {
      name: 'an access token with the client in aud instead',
      token: world.token('cognito', { claims: { client_id: undefined, aud: 'web' } }),
      reason: 'audience_mismatch',
    },
    {
      name: 'an id token with the client in client_id instead',
      token: world.token('cognitoId', { claims: { aud: undefined, client_id: 'web' } }),
      reason: 'audience_mismatch',
    },
    ...['tenant', 'toString'].flatMap((name) =>
      [undefined, null, ''].map((value) => ({
        name: `required claim ${name} ${JSON.stringify(value)}`,
        token: world.token('strict', { claims: { [name]: value } }),
        reason: 'claim_missing' as const,
      })),
    ),
  ];
}
