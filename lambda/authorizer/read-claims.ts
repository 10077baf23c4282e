import * as v from 'valibot';
import type { TrustedIssuer } from '../config.ts';
import type { Result } from '../denial.ts';
import { denied, ok } from '../denial.ts';

/** The claims that the steps and the backend use; each has its type and a sane range. */
export interface Claims {
  readonly issuer: TrustedIssuer;
  /** `iss`, as the token spells it. */
  readonly iss: string;
  /** `sub` */
  readonly subject: string;
  /** `jti` */
  readonly jwtId: string;
  /** `iat`: NumericDate, whole seconds. */
  readonly issuedAt: number;
  /** `exp`: NumericDate, whole seconds. */
  readonly expiresAt: number;
  /** `scope`: words separated by spaces (RFC 8693 section 4.2). */
  readonly scope: string | undefined;
  /** `client_id` (RFC 9068, Cognito), else `azp` (OpenID Connect). */
  readonly clientId: string | undefined;
  /** Cognito's `token_use`. */
  readonly tokenUse: string | undefined;
}

/** Longer identifiers and scopes would not fit, all together, into the 8 KB of an authorizer's answer. */
const Identifier = v.pipe(v.string(), v.minLength(1), v.maxBytes(1024));
const Scope = v.pipe(v.string(), v.maxBytes(3072));

/** The year 5138 in seconds, but 1973 in milliseconds: whoever writes more means milliseconds. */
const NumericDate = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000_000_000));

const ClaimsSchema = v.object({
  sub: Identifier,
  jti: Identifier,
  iat: NumericDate,
  exp: NumericDate,
  nbf: v.optional(NumericDate),
  scope: v.optional(Scope),
  client_id: v.optional(Identifier),
  azp: v.optional(Identifier),
  token_use: v.optional(Identifier),
});

/**
 * Reads the claims of a decoded token. Required are `sub`, `jti`, `iat` and `exp`: a token that lacks what
 * revocations go by would be irrevocable. An empty string counts as missing.
 *
 * Does NOT compare anything with the clock or the issuer's settings, and nothing is verified yet; see `verifyToken`.
 *
 * @returns the claims, or a denial: `claim_missing`, `claim_invalid`
 * @see RFC 7519 section 4.1
 */
export function readClaims(
  unverifiedClaims: Readonly<Record<string, unknown>>,
  issuer: TrustedIssuer,
): Result<Claims> {
  const parsed = v.safeParse(ClaimsSchema, unverifiedClaims, { abortEarly: true });
  if (!parsed.success) {
    const { input } = parsed.issues[0];
    return denied(input === undefined || input === '' ? 'claim_missing' : 'claim_invalid');
  }
  const { sub, jti, iat, exp, scope, client_id: clientId, azp, token_use: tokenUse } = parsed.output;
  return ok({
    issuer,
    iss: unverifiedClaims['iss'] as string,
    subject: sub,
    jwtId: jti,
    issuedAt: iat,
    expiresAt: exp,
    scope,
    clientId: clientId ?? azp,
    tokenUse,
  });
}
