import type { JsonWebKey, KeyObject } from 'node:crypto';
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { Algorithm } from '../lambda/environment.ts';

const CURVES = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' } as const;

/** A key pair that lives as long as this process. */
export class SigningKey {
  readonly algorithm: Algorithm;
  readonly kid = randomUUID();
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;

  constructor(algorithm: Algorithm) {
    const { privateKey, publicKey } = generate(algorithm);
    this.algorithm = algorithm;
    this.#privateKey = privateKey;
    this.#publicKey = publicKey;
  }

  /** The public half, as it stands in a JWKS. */
  get jwk(): JsonWebKey {
    return { ...this.#publicKey.export({ format: 'jwk' }), kid: this.kid, alg: this.algorithm, use: 'sig' };
  }

  /** Signs as RFC 7518 section 3 wants it for the algorithm. */
  sign(data: string): Buffer {
    const digest = this.algorithm === 'EdDSA' ? null : `sha${this.algorithm.slice(2)}`;
    // Ignored by RSA and Ed25519 keys; without it an ECDSA signature would be ASN.1.
    return sign(digest, Buffer.from(data), { key: this.#privateKey, dsaEncoding: 'ieee-p1363' });
  }
}

function generate(algorithm: Algorithm): { privateKey: KeyObject; publicKey: KeyObject } {
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519');
  if (algorithm.startsWith('RS')) return generateKeyPairSync('rsa', { modulusLength: 2048 });
  return generateKeyPairSync('ec', { namedCurve: CURVES[algorithm as keyof typeof CURVES] });
}
