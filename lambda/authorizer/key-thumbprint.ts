import type { JsonWebKey } from 'node:crypto';
import { hash } from 'node:crypto';

/** The required members of RSA, EC and OKP keys, in the order of RFC 7638; a key has those of its type. */
const MEMBERS = ['crv', 'e', 'kty', 'n', 'x', 'y'];

/**
 * Names a public key by its SHA-256 thumbprint: the same key has the same one under every `kid`.
 *
 * @param jwk  as Node.js exports it: one key, one spelling
 * @see RFC 7638 section 3, RFC 8037 section 2
 */
export function keyThumbprint(jwk: JsonWebKey): string {
  return hash('sha256', JSON.stringify(jwk, MEMBERS), 'base64url');
}
