// RFC 7517, 7518, 8037: which keys of a key set may verify a signature, and under which algorithm.

import type { JsonWebKey, KeyObject } from 'node:crypto';
import { createPublicKey } from 'node:crypto';
import type { Algorithm } from '../environment.ts';
import { ALGORITHMS } from '../environment.ts';
import { keyThumbprint } from './key-thumbprint.ts';

/** A public key that was looked at, and what it is good for. */
export interface SigningKey {
  readonly kid: string;
  /** The name of the key itself (RFC 7638), whatever `kid` it is published under. */
  readonly thumbprint: string;
  /** The key alone, without what else the issuer wrote beside it: the library is choosy about that. */
  readonly jwk: JsonWebKey;
  readonly keyObject: KeyObject;
  readonly algorithms: readonly Algorithm[];
  /** How long a signature of this key is; another length is a forgery, or a mistake. */
  readonly signatureBytes: number;
}

const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 8192;

/** Longer is a denial of service with our processor time: real exponents are 3 or 65537. */
const MAX_RSA_EXPONENT = 2n ** 32n;

const CURVES = {
  'P-256': { algorithm: 'ES256', signatureBytes: 64 },
  'P-384': { algorithm: 'ES384', signatureBytes: 96 },
  'P-521': { algorithm: 'ES512', signatureBytes: 132 },
} as const;

/**
 * Little-endian y coordinates of the points of small order on Curve25519: under such a «public key» anybody can sign.
 * The sign bit (the highest) is cleared before the comparison. The list is that of libsodium's `has_small_order`.
 */
const SMALL_ORDER_POINTS = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/**
 * Picks the keys of a JWKS that are fit to verify signatures; the others are left out as if they were not there.
 *
 * Left out are: keys without `kid`, for encryption, of another `use` or `key_ops`, symmetric ones, RSA below 2,048 or
 * above 8,192 bits or with an exponent that is even, 1, or beyond 32 bits, curves that the algorithms do not name
 * (secp256k1), points off their curve, Ed25519 points of small order, private keys, an `alg` that does not fit the type.
 *
 * @param jwks  the parsed answer of the JWKS address
 * @throws {Error} when it is not a key set, or holds no fit key at all
 */
export function vetKeys(jwks: unknown): readonly SigningKey[] {
  const keys: unknown = (jwks as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) throw new Error('the answer is not a key set');
  const fit = keys.map(vetKey).filter((key) => key !== undefined);
  if (fit.length === 0) throw new Error(`none of the ${keys.length} keys of the set is fit for use`);
  return fit;
}

function vetKey(jwk: unknown): SigningKey | undefined {
  if (typeof jwk !== 'object' || jwk === null) return undefined;
  const { kid, kty, use, alg, key_ops: operations, d } = jwk as Record<string, unknown>;
  if (typeof kid !== 'string' || kid === '' || typeof kty !== 'string' || d !== undefined) return undefined;
  if (use !== undefined && use !== 'sig') return undefined;
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify')))
    return undefined;
  let keyObject: KeyObject;
  try {
    keyObject = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
  } catch {
    return undefined; // not a key of its type: a missing member, a point off the curve
  }
  const strength = vetStrength(keyObject, jwk as JsonWebKey);
  const algorithms = strength?.algorithms.filter((algorithm) => alg === undefined || alg === algorithm);
  if (!strength || !algorithms?.length) return undefined;
  const { signatureBytes } = strength;
  const publicJwk = keyObject.export({ format: 'jwk' });
  return { kid, thumbprint: keyThumbprint(publicJwk), jwk: publicJwk, keyObject, algorithms, signatureBytes };
}

function vetStrength(
  keyObject: KeyObject,
  jwk: JsonWebKey,
): Pick<SigningKey, 'algorithms' | 'signatureBytes'> | undefined {
  if (jwk.kty === 'RSA') {
    const { modulusLength = 0, publicExponent = 1n } = keyObject.asymmetricKeyDetails ?? {};
    const isSane =
      modulusLength >= MIN_RSA_BITS &&
      modulusLength <= MAX_RSA_BITS &&
      publicExponent > 1n &&
      publicExponent % 2n === 1n &&
      publicExponent < MAX_RSA_EXPONENT;
    const algorithms = ALGORITHMS.filter((algorithm) => algorithm.startsWith('RS'));
    return isSane ? { algorithms, signatureBytes: Math.ceil(modulusLength / 8) } : undefined;
  }
  if (jwk.kty === 'EC' && typeof jwk.crv === 'string' && Object.hasOwn(CURVES, jwk.crv)) {
    const { algorithm, signatureBytes } = CURVES[jwk.crv as keyof typeof CURVES];
    return { algorithms: [algorithm], signatureBytes };
  }
  if (jwk.kty === 'OKP' && jwk.crv === 'Ed25519' && !hasSmallOrder(jwk)) {
    return { algorithms: ['EdDSA'], signatureBytes: 64 };
  }
  return undefined;
}

function hasSmallOrder(jwk: JsonWebKey): boolean {
  const point = Buffer.from(String(jwk.x), 'base64url');
  if (point.length !== 32) return true;
  point.writeUInt8(point.readUInt8(31) & 0x7f, 31);
  return SMALL_ORDER_POINTS.has(point.toString('hex'));
}
