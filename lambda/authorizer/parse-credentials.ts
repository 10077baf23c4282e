// RFC 6750 section 2.1: the form of a bearer token, with the scheme before it or alone.
import type { Result } from '../denial.ts';
import { denied, ok } from '../denial.ts';

/** API Gateway takes 10,240 bytes of headers in all; no honest token is longer than this. */
const MAX_CREDENTIALS_CHARS = 8192;

// credentials = "Bearer" 1*SP b64token; the scheme is case-insensitive (RFC 9110 section 11.1).
const B64TOKEN = '([A-Za-z0-9\\-._~+/]+=*)';
const FORMS = {
  required: new RegExp(`^bearer +${B64TOKEN}$`, 'i'),
  optional: new RegExp(`^(?:bearer +)?${B64TOKEN}$`, 'i'),
  none: new RegExp(`^${B64TOKEN}$`),
} as const;

// At the beginning, or behind the comma by which API Gateway joins two headers into one.
const SCHEME = /(?:^|, *)bearer(?![^ ])/i;

/** Whether the word `Bearer` stands before the token. */
export type BearerScheme = keyof typeof FORMS;

/**
 * Reads the bearer token out of one value of a request.
 *
 * Does NOT look inside the token; see `verifyToken`.
 *
 * @param credentials  the raw value, or `undefined` when the request has none
 * @param scheme       `required`: a value with another scheme is somebody else's, and counts as none
 * @returns the token, or a denial: `token_missing` (nothing, or another scheme), `credentials_malformed` (several values,
 *   characters that no token has, longer than 8,192 characters)
 * @see RFC 6750 section 2.1
 */
export function parseCredentials(credentials: string | undefined, scheme: BearerScheme): Result<string> {
  if (credentials === undefined || credentials === '') return denied('token_missing');
  if (scheme === 'required' && !SCHEME.test(credentials)) return denied('token_missing');
  if (credentials.length > MAX_CREDENTIALS_CHARS) return denied('credentials_malformed');
  const token = FORMS[scheme].exec(credentials)?.[1];
  return token === undefined ? denied('credentials_malformed') : ok(token);
}
