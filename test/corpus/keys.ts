import type { JsonWebKey, KeyObject } from 'node:crypto';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';

/** A key pair of this run, and how its public half stands in a key set. */
export interface Key {
  readonly privateKey: KeyObject;
  readonly jwk: Readonly<Record<string, unknown>>;
  readonly pem: string;
}

const CURVES: Readonly<Record<string, string>> = {
  ES256: 'P-256',
  ES256K: 'secp256k1',
  ES384: 'P-384',
  ES512: 'P-521',
};

/** @param algorithm  decides what kind of key it is; it does not stand in the JWK unless `members` says so */
export function newKey(algorithm: string, members: Record<string, unknown> = {}, rsaBits = 2048): Key {
  const { publicKey, privateKey } = newPair(algorithm, rsaBits);
  return {
    privateKey,
    jwk: { ...publicKey.export({ format: 'jwk' }), ...members },
    pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** The same key under other members. */
export function renamed(key: Key, members: Record<string, unknown>): Key {
  return { ...key, jwk: { ...key.jwk, ...members } };
}

function newPair(algorithm: string, modulusLength: number) {
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519');
  const namedCurve = CURVES[algorithm];
  return namedCurve
    ? generateKeyPairSync('ec', { namedCurve })
    : generateKeyPairSync('rsa', { modulusLength });
}

/** What signs for an RSA key with exponent 1, without any private key: the padded digest is its own signature. */
export function exponentOneSignature(
  input: string,
  digestOf: (input: string) => Buffer,
  bytes: number,
): Buffer {
  const prefix = Buffer.from('3031300d060960864801650304020105000420', 'hex');
  const tail = Buffer.concat([prefix, digestOf(input)]);
  const padding = Buffer.alloc(bytes - tail.length - 3, 0xff);
  return Buffer.concat([Buffer.from([0, 1]), padding, Buffer.from([0]), tail]);
}

/** Tells whether Node.js itself takes the JWK, so that only our own vetting stands between it and a forgery. */
export function isAcceptedByNode(jwk: object): boolean {
  try {
    createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    return true;
  } catch {
    return false;
  }
}
