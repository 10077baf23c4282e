import type { KeyObject } from 'node:crypto';
import { createHmac, sign } from 'node:crypto';

/** A part of a token: bytes or text as they are, anything else as JSON. */
export type Part = Buffer | string | object;

export function encode(part: Part): string {
  if (Buffer.isBuffer(part)) return part.toString('base64url');
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

/** Signs as RFC 7518 section 3 wants it for the algorithm, whether or not the key is one for it. */
export function signatureOf(algorithm: string, input: string, key: KeyObject | string): Buffer {
  const bits = /\d{3}$/.exec(algorithm)?.[0];
  if (typeof key === 'string') return createHmac(`sha${bits}`, key).update(input).digest();
  // Ignored by RSA and Ed25519 keys; without it an ECDSA signature would be ASN.1.
  return sign(bits ? `sha${bits}` : null, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
}

/**
 * Makes a compact JWS of any two parts.
 *
 * @param algorithm  how to sign, which the header need not agree with
 */
export function forge(header: Part, claims: Part, key: KeyObject | string, algorithm: string): string {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${signatureOf(algorithm, input, key).toString('base64url')}`;
}
