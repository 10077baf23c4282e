import { showValue } from './show-value.ts';

/** A JSON Web Key Set, as issuers publish it (RFC 7517). */
export interface JsonWebKeySet {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

/** What it takes to verify a signature; certificates (`x5c`) alone would fill the environment of a function. */
const NEEDED = ['kty', 'kid', 'alg', 'use', 'key_ops', 'n', 'e', 'crv', 'x', 'y'];

const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/**
 * Picks out of a key set what the functions need of it.
 *
 * Does NOT judge whether the keys are any good; the functions do, as with keys that they fetch.
 *
 * @param option  the option, as the reader wrote it: `Issuer.oidc("https://idp.example.com/"): option "jwks"`
 */
export function publicKeys(option: string, jwks: unknown): JsonWebKeySet {
  const keys: unknown = typeof jwks === 'object' && jwks !== null && 'keys' in jwks ? jwks.keys : undefined;
  if (!Array.isArray(keys) || keys.length === 0) {
    throw new Error(
      `${option} holds no keys; give what the issuer answers at its JWKS address, an object with the list "keys".`,
    );
  }
  return { keys: Array.from(keys, (key: unknown, index) => publicKey(`${option}, key ${index + 1},`, key)) };
}

function publicKey(what: string, key: unknown): Record<string, unknown> {
  if (typeof key !== 'object' || key === null) {
    throw new Error(`${what} is ${showValue(key)}; give an object with at least "kty" and "kid".`);
  }
  const secret = PRIVATE.find((name) => name in key);
  if (secret !== undefined) {
    throw new Error(
      `${what} has the member "${secret}", so it can sign tokens; give the public key only, and replace that key: it may have been seen.`,
    );
  }
  for (const name of ['kty', 'kid']) {
    const value: unknown = (key as Record<string, unknown>)[name];
    if (typeof value === 'string' && value !== '') continue;
    throw new Error(
      `${what} has ${showValue(value)} as "${name}"; tokens find their key by it, so give a text.`,
    );
  }
  return Object.fromEntries(Object.entries(key).filter(([name]) => NEEDED.includes(name)));
}
