// RFC 6750 section 2.1: the bearer token of an Authorization header.

import type { Result } from '../denial.ts';
import { denied, ok } from '../denial.ts';

/** API Gateway takes 10,240 bytes of headers in all; no honest token is longer than this. */
const MAX_CREDENTIALS_CHARS = 8192;

// credentials = "Bearer" 1*SP b64token; the scheme is case-insensitive (RFC 9110 section 11.1).
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/**
 * Reads the bearer token out of the value of an `Authorization` header.
 *
 * Does NOT look inside the token; see `verifyToken`.
 *
 * @param authorization  the raw header value, or `undefined` when the request has none
 * @returns the token, or a denial: `token_missing` (no credentials, or another scheme), `credentials_malformed`
 *   (several values, characters that no token has, longer than 8,192 characters)
 * @see RFC 6750 section 2.1
 */
export function extractToken(authorization: string | undefined): Result<string> {
  if (authorization === undefined || !/^bearer(?![^ ])/i.test(authorization)) return denied('token_missing');
  if (authorization.length > MAX_CREDENTIALS_CHARS) return denied('credentials_malformed');
  const token = BEARER.exec(authorization)?.[1];
  return token === undefined ? denied('credentials_malformed') : ok(token);
}
