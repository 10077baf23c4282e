import type { HostileToken } from '../corpus.ts';
import type { World } from '../world.ts';

/** RFC 7515 section 4.1: what a token says about its own key, and what it demands that we understand. */
export function headers(world: World): HostileToken[] {
  const { stranger, other, main } = world.keys as Record<string, World['keys'][string]>;
  if (!stranger || !other || !main) throw new Error('a key is missing');
  const kids: readonly unknown[] = [
    undefined,
    null,
    '',
    0,
    true,
    ['main'],
    { kid: 'main' },
    'Main',
    'MAIN',
    'main ',
    ' main',
    'main\u0000',
    'main\n',
    'mаin',
    '*',
    '../main',
    'main/../main',
    '/dev/null',
    'https://evil.example/main.pem',
    "main' OR '1'='1",
    'main|id',
    '$(id)',
    '__proto__.main',
    'constructor',
    'hasOwnProperty',
    '0',
    '-1',
    'k'.repeat(4000),
    '\u202emain',
    'main\u2028{"decision":"allow"}',
  ];
  const injected: readonly (readonly [string, Record<string, unknown>])[] = [
    ['jwk', { jwk: { ...stranger.jwk, alg: 'RS256' } }],
    ['jwk under our kid', { jwk: { ...stranger.jwk, kid: 'main' } }],
    ['jku', { jku: 'https://evil.example/jwks' }],
    ['jku with our issuer as user', { jku: 'https://idp.example.com@evil.example/jwks' }],
    ['jku at the metadata service', { jku: 'http://169.254.169.254/latest/meta-data/' }],
    ['jku as data', { jku: `data:application/json,${JSON.stringify({ keys: [stranger.jwk] })}` }],
    ['x5u', { x5u: 'https://evil.example/cert.pem' }],
    ['x5u as file', { x5u: 'file:///etc/passwd' }],
    ['x5c', { x5c: [Buffer.from(stranger.pem).toString('base64')] }],
    ['x5t', { x5t: 'AAAA', 'x5t#S256': 'AAAA' }],
    [
      'all of them',
      { jwk: stranger.jwk, jku: 'https://evil.example', x5u: 'https://evil.example', x5c: ['AAAA'] },
    ],
  ];
  const critical: readonly (readonly [string, Record<string, unknown>])[] = [
    ['an unknown extension', { crit: ['exp'], exp: 1 }],
    ['b64 false', { crit: ['b64'], b64: false }],
    ['b64 true', { crit: ['b64'], b64: true }],
    ['b64 false, not marked', { b64: false }],
    ['b64 true, not marked', { b64: true }],
    ['an empty list', { crit: [] }],
    ['a text', { crit: 'b64' }],
    ['null', { crit: null }],
    ['a number', { crit: 1 }],
    ['an object', { crit: { b64: true } }],
    ['a list of numbers', { crit: [1] }],
    ['a registered name', { crit: ['alg'] }],
    ['a name that is not there', { crit: ['urn:example:missing'] }],
    ['a name twice', { crit: ['b64', 'b64'], b64: false }],
    ['itself', { crit: ['crit'] }],
    ['__proto__', { crit: ['__proto__'] }],
    ['zip', { zip: 'DEF' }],
    ['zip, marked', { crit: ['zip'], zip: 'DEF' }],
    ['false', { crit: false }],
  ];
  return [
    ...kids.map((kid) => ({
      name: `kid ${JSON.stringify(kid)?.slice(0, 40)}`,
      token: world.token('main', { header: { kid } }),
      reason: 'signing_key_unknown' as const,
    })),
    ...injected.flatMap(([what, header]) => [
      {
        name: `${what}, with our kid`,
        token: world.token('main', { header, key: stranger.privateKey }),
        reason: 'signature_invalid' as const,
      },
      {
        name: `${what}, with a kid of its own`,
        token: world.token('main', { header: { ...header, kid: 'stranger' }, key: stranger.privateKey }),
        reason: 'signing_key_unknown' as const,
      },
    ]),
    ...critical.map(([what, header]) => ({
      name: `critical: ${what}`,
      token: world.token('main', { header }),
      reason: 'critical_header_unknown' as const,
    })),
    ...[main, other].map((key, index) => ({
      name: `a kid that stands for two keys, signed by the one at ${index}`,
      token: world.token('multi', { header: { kid: 'ambiguous' }, key: key.privateKey }),
      reason: 'signing_key_unknown' as const,
    })),
    {
      name: 'the key of another issuer that we trust, under its kid',
      token: world.token('main', { header: { kid: 'other' }, key: other.privateKey }),
      reason: 'signing_key_unknown',
    },
    {
      name: 'the key of another issuer that we trust, under our kid',
      token: world.token('main', { key: other.privateKey }),
      reason: 'signature_invalid',
    },
    {
      name: "our key, in another issuer's name",
      token: world.token('open', { header: { kid: 'main' }, key: main.privateKey }),
      reason: 'signing_key_unknown',
    },
    {
      name: "our key, in another issuer's name and under its kid",
      token: world.token('open', { key: main.privateKey }),
      reason: 'signature_invalid',
    },
    ...['cognitoId', 'cognitoAny'].map((name) => ({
      name: `a pool that does not publish the key (${name})`,
      token: world.token(name as 'cognitoId', { header: { kid: 'other' }, key: other.privateKey }),
      reason: 'signing_key_unknown' as const,
    })),
  ];
}
