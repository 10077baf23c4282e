import type { HostileToken } from '../corpus.ts';
import { encode, forge, signatureOf } from '../forge.ts';
import type { World } from '../world.ts';

/** RFC 8725 section 3.1: the algorithm is the issuer's choice and the key's, never the token's. */
export function algorithms(world: World): HostileToken[] {
  const { main, es256, es384, es512, ed } = world.keys as Record<string, World['keys'][string]>;
  if (!main || !es256 || !es384 || !es512 || !ed) throw new Error('a key is missing');
  const named = [
    'none',
    'None',
    'NONE',
    'nOnE',
    '',
    'rs256',
    'RS256 ',
    ' RS256',
    'Rs256',
    'RS-256',
    'RSA',
    'SHA256',
  ];
  const others = [
    'HS256',
    'HS384',
    'HS512',
    'PS256',
    'PS384',
    'PS512',
    'RS1',
    'RS384',
    'RS512',
    'ES256',
    'ES256K',
    'EdDSA',
    'Ed25519',
    'RSA-OAEP',
    'A128KW',
    'dir',
  ];
  const odd: readonly unknown[] = [
    undefined,
    null,
    256,
    true,
    ['RS256'],
    { RS256: true },
    'RS256\u0000',
    'RЅ256',
    'constructor',
    '__proto__',
  ];
  const unsigned = (alg: unknown, signature: string) =>
    `${encode({ ...world.header('main'), alg })}.${encode(world.claims('main'))}.${signature}`;
  const refused: HostileToken['reason'] = 'algorithm_not_allowed';
  const hmac = (algorithm: string, secret: string, what: string): HostileToken => ({
    name: `${algorithm} with ${what} as the secret`,
    token: world.token('main', { header: { alg: algorithm }, key: secret, algorithm }),
    reason: refused,
  });
  return [
    ...[...named, ...others, ...odd].map((alg) => ({
      name: `alg ${JSON.stringify(alg)} over a good RS256 signature`,
      token: world.token('main', { header: { alg }, algorithm: 'RS256' }),
      reason: refused,
    })),
    ...['none', 'None', 'NONE'].map((alg) => ({
      name: `alg ${alg} with one byte as signature`,
      token: unsigned(alg, 'AA'),
      reason: refused,
    })),
    { name: 'alg none without a signature', token: unsigned('none', ''), reason: 'token_malformed' },
    hmac('HS256', main.pem, 'the public key (PEM)'),
    hmac('HS256', main.pem.trim(), 'the public key (PEM, trimmed)'),
    hmac('HS256', String(main.jwk['n']), 'the modulus'),
    hmac('HS256', JSON.stringify(main.jwk), 'the JWK'),
    hmac('HS384', main.pem, 'the public key (PEM)'),
    hmac('HS512', main.pem, 'the public key (PEM)'),
    hmac('HS256', 'secret', 'a guess'),
    {
      name: 'an HMAC under alg RS256',
      token: world.token('main', { key: main.pem, algorithm: 'HS256' }),
      reason: 'signature_invalid',
    },
    ...(
      [
        ['ES256', 'main', refused],
        ['ES384', 'main', refused],
        ['EdDSA', 'main', refused],
        ['RS256', 'es256', refused],
        ['ES384', 'es256', refused],
        ['EdDSA', 'es256', refused],
        ['ES256', 'es384', refused],
        ['ES512', 'es384', refused],
        ['ES384', 'es512', refused],
        ['RS256', 'ed', refused],
        ['ES256', 'ed', refused],
        ['RS256', 'shared', refused],
        ['ES384', 'shared', refused],
        ['RS512', 'main', 'signature_invalid'],
        ['RS384', 'main', 'signature_invalid'],
      ] as const
    ).map(([alg, kid, reason]) => ({
      name: `alg ${alg} for the key ${kid}, of another type or digest`,
      token: world.token('multi', { header: { alg, kid }, algorithm: 'RS256' }),
      reason,
    })),
    {
      name: 'an elliptic curve key that the issuer publishes, but does not allow',
      token: world.token('main', {
        header: { alg: 'ES256', kid: 'ec-neighbour' },
        key: es256.privateKey,
        algorithm: 'ES256',
      }),
      reason: refused,
    },
    {
      name: 'alg RS256 for an elliptic curve key, with its signature',
      token: world.token('main', {
        header: { kid: 'ec-neighbour' },
        key: es256.privateKey,
        algorithm: 'ES256',
      }),
      reason: refused,
    },
    {
      name: 'the public key as HMAC secret for a key without alg',
      token: world.token('multi', { header: { alg: 'HS256' }, key: main.pem, algorithm: 'HS256' }),
      reason: refused,
    },
    {
      name: 'an ECDSA signature under alg RS256',
      token: forge(world.header('main'), world.claims('main'), es256.privateKey, 'ES256'),
      reason: 'signature_invalid',
    },
    {
      name: 'alg in two spellings',
      token: world.raw(
        { ...world.header('main'), ALG: 'none', Alg: 'HS256', alg: 'none' },
        world.claims('main'),
      ),
      reason: refused,
    },
    {
      name: 'alg inside another object',
      token: world.raw({ typ: 'JWT', kid: 'main', protected: { alg: 'RS256' } }, world.claims('main')),
      reason: refused,
    },
    {
      name: 'a signature over the claims alone',
      token: `${encode(world.header('main'))}.${encode({ ...world.claims('main'), jti: 'x' })}.${signatureOf('RS256', encode(world.claims('main')), main.privateKey).toString('base64url')}`,
      reason: 'signature_invalid',
    },
  ];
}
