import type { Key } from './keys.ts';
import { newKey, renamed } from './keys.ts';

const IDENTITY_POINT = Buffer.from(`01${'00'.repeat(31)}`, 'hex').toString('base64url');
const ORDER_8_POINT = Buffer.from(
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'hex',
).toString('base64url');

/** Keys that nobody should verify with, by their `kid`; a good RSA key lends them its modulus. */
export function newWeakKeys(good: Key): Record<string, Key> {
  const ed = newKey('EdDSA');
  const p384 = newKey('ES384');
  const p256 = newKey('ES256');
  const { d } = p256.privateKey.export({ format: 'jwk' });
  const weak: readonly Key[] = [
    newKey('RS256', { kid: 'rsa-1024' }, 1024),
    newKey('RS256', { kid: 'rsa-2040' }, 2040),
    renamed(good, { kid: 'exponent-1', alg: undefined, e: 'AQ' }),
    renamed(good, { kid: 'exponent-2', alg: undefined, e: 'Ag' }),
    renamed(good, { kid: 'exponent-even', alg: undefined, e: 'AQAA' }),
    renamed(good, { kid: 'exponent-huge', alg: undefined, e: good.jwk['n'] }),
    renamed(good, { kid: 'for-encryption', alg: undefined, use: 'enc' }),
    renamed(good, { kid: 'use-number', alg: undefined, use: 1 }),
    renamed(good, { kid: 'to-sign', alg: undefined, key_ops: ['sign'] }),
    renamed(good, { kid: 'no-operations', alg: undefined, key_ops: [] }),
    renamed(good, { kid: 'operations-text', alg: undefined, key_ops: 'verify' }),
    renamed(good, { kid: 'alg-ps256', alg: 'PS256' }),
    renamed(good, { kid: 'alg-es256', alg: 'ES256' }),
    renamed(good, { kid: 'alg-null', alg: null }),
    renamed(good, { kid: 'alg-none', alg: 'none' }),
    newKey('ES256K', { kid: 'secp256k1' }),
    newKey('ES256K', { kid: 'secp256k1-es256', alg: 'ES256' }),
    renamed(p384, { kid: 'p384-es256', alg: 'ES256' }),
    renamed(p384, { kid: 'p384', alg: undefined }),
    renamed(p256, { kid: 'off-curve', y: p256.jwk['x'] }),
    renamed(p256, { kid: 'no-y', y: undefined }),
    renamed(p256, { kid: 'private', d }),
    renamed(ed, { kid: 'identity-point', x: IDENTITY_POINT }),
    renamed(ed, { kid: 'order-8-point', x: ORDER_8_POINT }),
    renamed(ed, { kid: 'short-point', x: 'AQ' }),
    renamed(ed, { kid: 'x25519', crv: 'X25519' }),
    renamed(good, { kid: 'oct', kty: 'oct', alg: 'HS256', k: 'c2VjcmV0', n: undefined, e: undefined }),
  ];
  return Object.fromEntries(weak.map((key) => [String(key.jwk['kid']), key]));
}
