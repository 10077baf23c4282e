// RFC 7515, 7519: the parts of a compact JWT, before anything in it can be believed.

import type { Result } from '../denial.ts';
import { denied, ok } from '../denial.ts';
import { isUnambiguousJson } from './unambiguous-json.ts';

/**
 * Header parameters that would change how the rest is read (RFC 7515 section 4.1.11, RFC 7797, RFC 7516 section 4.1.3):
 * whoever does not know them must refuse the token, and we know none of them.
 */
const CRITICAL_HEADERS = ['crit', 'b64', 'zip'];

/** A token taken apart; nothing in it is verified. */
export interface DecodedToken {
  readonly unverifiedHeader: Readonly<Record<string, unknown>>;
  readonly unverifiedClaims: Readonly<Record<string, unknown>>;
  readonly signatureBytes: number;
}

/**
 * Takes a compact JWT apart, and accepts exactly one spelling of it.
 *
 * A lenient decoder gives one token many spellings (padding, spare bits, duplicate names, byte order marks) of which
 * different readers make different things; so everything that is not canonical is refused.
 * Does NOT verify anything; see `verifyToken`.
 *
 * @returns header and claims as JSON objects, or a denial: `token_malformed`, `critical_header_unknown`
 * @see RFC 7515 section 4 (duplicate names), RFC 8725 section 3.12
 */
export function decodeToken(token: string): Result<DecodedToken> {
  const parts = token.split('.');
  if (parts.length !== 3) return denied('token_malformed');
  const [header, claims, signature] = parts.map(decodeBase64url);
  const unverifiedHeader = decodeJsonObject(header);
  const unverifiedClaims = decodeJsonObject(claims);
  if (!unverifiedHeader || !unverifiedClaims || !signature) return denied('token_malformed');
  if (CRITICAL_HEADERS.some((name) => Object.hasOwn(unverifiedHeader, name))) {
    return denied('critical_header_unknown');
  }
  return ok({ unverifiedHeader, unverifiedClaims, signatureBytes: signature.length });
}

/** Buffer skips what is not base64url; encoding the bytes again shows whether it skipped anything. */
function decodeBase64url(part: string): Buffer | undefined {
  const bytes = Buffer.from(part, 'base64url');
  return bytes.length > 0 && bytes.toString('base64url') === part ? bytes : undefined;
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeJsonObject(bytes: Buffer | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const text = UTF_8.decode(bytes);
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject && isUnambiguousJson(text) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // bytes that are no UTF-8, text that is no JSON: whoever made the token made them
  }
}
