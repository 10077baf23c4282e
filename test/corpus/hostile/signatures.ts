import type { KeyObject } from 'node:crypto';
import { constants, hash, sign } from 'node:crypto';
import type { HostileToken } from '../corpus.ts';
import { encode, signatureOf } from '../forge.ts';
import { exponentOneSignature } from '../keys.ts';
import type { World } from '../world.ts';

/** Signatures that are not those of the key, and keys under which anybody can make one. */
export function signatures(world: World): HostileToken[] {
  const input = (name: 'main' | 'multi', header: Record<string, unknown>) =>
    `${encode({ ...world.header(name), ...header })}.${encode(world.claims(name))}`;
  const wrong = (what: string, alg: string, kid: string, change: (good: Buffer, text: string) => Buffer) => {
    const name = alg === 'RS256' ? 'main' : 'multi';
    const text = input(name, { alg, kid });
    const good = signatureOf(alg, text, key(world, kid));
    return {
      name: `${alg}: ${what}`,
      token: `${text}.${change(good, text).toString('base64url')}`,
      reason: 'signature_invalid' as const,
    };
  };
  const flipped = (good: Buffer, at: number) => {
    const bytes = Buffer.from(good);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    return bytes;
  };
  const algorithms = [
    ['RS256', 'main'],
    ['ES256', 'es256'],
    ['ES384', 'es384'],
    ['ES512', 'es512'],
    ['EdDSA', 'ed'],
  ] as const;
  return [
    ...algorithms.flatMap(([alg, kid]) => [
      wrong('one bit flipped at the start', alg, kid, (good) => flipped(good, 1)),
      wrong('one bit flipped at the end', alg, kid, (good) => flipped(good, good.length - 1)),
      wrong('one byte too few', alg, kid, (good) => good.subarray(0, -1)),
      wrong('one byte too many', alg, kid, (good) => Buffer.concat([good, Buffer.alloc(1)])),
      wrong('a zero in front', alg, kid, (good) => Buffer.concat([Buffer.alloc(1), good])),
      wrong('half of it', alg, kid, (good) => good.subarray(0, good.length / 2)),
      wrong('twice', alg, kid, (good) => Buffer.concat([good, good])),
      wrong('zeros', alg, kid, (good) => Buffer.alloc(good.length)),
      wrong('ones', alg, kid, (good) => Buffer.alloc(good.length, 0xff)),
      wrong('one byte', alg, kid, () => Buffer.alloc(1)),
      wrong('backwards', alg, kid, (good) => Buffer.from(good).reverse()),
      wrong('that of another text', alg, kid, (_, text) => signatureOf(alg, `${text}x`, key(world, kid))),
    ]),
    wrong('a PSS signature of the same key', 'RS256', 'main', (_, text) =>
      sign('sha256', Buffer.from(text), {
        key: key(world, 'main'),
        padding: constants.RSA_PKCS1_PSS_PADDING,
      }),
    ),
    wrong('another digest', 'RS256', 'main', (_, text) => signatureOf('RS512', text, key(world, 'main'))),
    ...(['ES256', 'ES384', 'ES512'] as const).flatMap((alg) => {
      const kid = alg.toLowerCase();
      return [
        wrong('encoded as DER', alg, kid, (_, text) =>
          sign(`sha${alg.slice(2)}`, Buffer.from(text), key(world, kid)),
        ),
        wrong('the halves exchanged', alg, kid, (good) =>
          Buffer.concat([good.subarray(good.length / 2), good.subarray(0, good.length / 2)]),
        ),
        wrong('r = 0', alg, kid, (good) =>
          Buffer.concat([Buffer.alloc(good.length / 2), good.subarray(good.length / 2)]),
        ),
        wrong('s = 0', alg, kid, (good) =>
          Buffer.concat([good.subarray(0, good.length / 2), Buffer.alloc(good.length / 2)]),
        ),
      ];
    }),
    ...weakKeys(world, input),
    ...listedScopes(world),
  ];
}

interface Signing {
  readonly alg?: string;
  readonly kid?: string;
  /** How to sign, when the header says something else. */
  readonly algorithm?: string;
  readonly signer?: KeyObject | string;
  readonly reason?: HostileToken['reason'];
}

/** The library is shown the text of these scopes; what has to be signed is the list. */
function listedScopes(world: World): HostileToken[] {
  const list = { scope: ['a', 'b'] };
  const listed = (what: string, sentClaims: object, signedClaims: object, signing: Signing = {}) => {
    const { alg = 'RS256', kid = 'main', algorithm = alg, signer = key(world, kid) } = signing;
    const name = kid === 'main' ? 'main' : 'multi';
    const [header, sent, signed] = [
      { ...world.header(name), alg, kid },
      { ...world.claims(name), ...sentClaims },
      { ...world.claims(name), ...signedClaims },
    ].map(encode);
    const signature = signatureOf(algorithm, `${header}.${signed}`, signer).toString('base64url');
    return {
      name: `a list of scopes, ${what} (${alg})`,
      token: `${header}.${sent}.${signature}`,
      reason: signing.reason ?? ('signature_invalid' as const),
    };
  };
  const refused = 'algorithm_not_allowed';
  const pem = String(world.keys['main']?.pem);
  return [
    listed('signed as their text', list, { scope: 'a b' }),
    listed('sent as their text', { scope: 'a b' }, list),
    listed('with one more', { scope: ['a', 'b', 'c'] }, list),
    listed('with one less', { scope: ['a'] }, list),
    listed('in another order', { scope: ['b', 'a'] }, list),
    listed('signed without any', list, {}),
    listed('sent empty', { scope: [] }, list),
    listed('of another subject', { ...list, sub: 'mallory' }, list),
    listed('that lives longer', { ...list, exp: world.now + 7200 }, list),
    listed('signed by a stranger', list, list, { signer: key(world, 'stranger') }),
    listed('signed by another issuer', list, list, { signer: key(world, 'other') }),
    listed('with another digest', list, list, { algorithm: 'RS512' }),
    listed('with the public key as HMAC secret', list, list, { algorithm: 'HS256', signer: pem }),
    listed('with the same', list, list, { alg: 'HS256', signer: pem, reason: refused }),
    listed('with a good signature', list, list, { alg: 'none', algorithm: 'RS256', reason: refused }),
    ...(['ES256', 'ES384', 'ES512'] as const).map((alg) =>
      listed('with one more', { scope: ['a', 'b', 'c'] }, list, { alg, kid: alg.toLowerCase() }),
    ),
    listed('with one more', { scope: ['a', 'b', 'c'] }, list, { alg: 'EdDSA', kid: 'ed' }),
  ];
}

/** The issuer publishes all of these; none of them may be used. */
function weakKeys(
  world: World,
  input: (name: 'multi', header: Record<string, unknown>) => string,
): HostileToken[] {
  const unknown = (kid: string, alg: string, signature: (text: string) => Buffer) => {
    const text = input('multi', { alg, kid });
    return {
      name: `the published key ${kid} under ${alg}`,
      token: `${text}.${signature(text).toString('base64url')}`,
      reason: kid === 'p384' ? ('algorithm_not_allowed' as const) : ('signing_key_unknown' as const),
    };
  };
  const signed = (kid: string, alg: string, how = alg) =>
    unknown(kid, alg, (text) => signatureOf(how, text, key(world, kid)));
  const noSignature = Buffer.concat([Buffer.from([1]), Buffer.alloc(63)]);
  return [
    ...[
      'rsa-1024',
      'rsa-2040',
      'exponent-2',
      'exponent-even',
      'exponent-huge',
      'for-encryption',
      'use-number',
      'to-sign',
      'no-operations',
      'operations-text',
      'alg-ps256',
      'alg-es256',
      'alg-null',
      'alg-none',
      'oct',
    ].map((kid) => signed(kid, 'RS256')),
    unknown('exponent-1', 'RS256', (text) =>
      exponentOneSignature(text, (data) => hash('sha256', data, 'buffer'), 256),
    ),
    signed('secp256k1', 'ES256'),
    signed('secp256k1-es256', 'ES256'),
    signed('p384-es256', 'ES256'),
    signed('p384', 'ES256'),
    signed('off-curve', 'ES256'),
    signed('no-y', 'ES256'),
    signed('private', 'ES256'),
    unknown('identity-point', 'EdDSA', () => noSignature),
    unknown('order-8-point', 'EdDSA', () => noSignature),
    unknown('short-point', 'EdDSA', () => noSignature),
    unknown('x25519', 'EdDSA', () => noSignature),
    unknown('not-a-key', 'RS256', () => Buffer.alloc(256)),
  ];
}

function key(world: World, kid: string): KeyObject {
  const found = world.keys[kid];
  if (!found) throw new Error(`there is no key ${kid}`);
  return found.privateKey;
}
