import * as v from 'valibot';
import type { TrustedIssuer } from '../config.ts';
import type { Result } from '../denial.ts';
import { denied, ok } from '../denial.ts';
import { isAbsent } from './is-absent.ts';
import type { RevocableClaims } from './read-revocable-claims.ts';
import { readRevocableClaims } from './read-revocable-claims.ts';

/** The claims that the steps and the backend use; each has its type and a sane range. */
export interface Claims extends RevocableClaims {
  readonly issuer: TrustedIssuer;
  /** `iss`, as the token spells it. */
  readonly iss: string;
  /** `sub` */
  readonly subject: string;
  /** `jti` */
  readonly jwtId: string;
  /** `iat`: NumericDate, whole seconds. */
  readonly issuedAt: number;
  /** `exp`: NumericDate, whole seconds; later than `iat`. */
  readonly expiresAt: number;
  /** `nbf`: NumericDate, whole seconds. */
  readonly notBefore: number | undefined;
  /** `aud`, always as a list; empty when the token has none. */
  readonly audience: readonly string[];
  /** `scope`: words separated by spaces (RFC 8693 section 4.2), also where the token has a list of them. */
  readonly scope: string | undefined;
  /** `token_use`, of Cognito and others. */
  readonly tokenUse: string | undefined;
  /** The `kid` of the key that verified the token; absent before `verifyToken` has found it. */
  readonly kid?: string;
  /** The thumbprint of that key (RFC 7638). */
  readonly keyThumbprint?: string;
  /** Every claim as the token has it, of any type. */
  readonly all: Readonly<Record<string, unknown>>;
}

/** Longer identifiers and scopes would not fit, all together, into the 8 KB of an authorizer's answer. */
const Identifier = v.pipe(v.string(), v.minLength(1), v.maxBytes(1024));
const Scope = v.pipe(v.string(), v.maxBytes(3072));
/** Some issuers write a list; a word with white space in it would be two for a backend that reads the text. */
const Scopes = v.pipe(
  v.array(v.pipe(v.string(), v.regex(/^\S+$/))),
  v.transform((scopes) => scopes.join(' ')),
  Scope,
);

/** The year 5138 in seconds, but 1973 in milliseconds: whoever writes more means milliseconds. */
const NumericDate = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000_000_000));

const ClaimsSchema = v.object({
  sub: Identifier,
  jti: Identifier,
  iat: NumericDate,
  exp: NumericDate,
  nbf: v.optional(NumericDate),
  aud: v.optional(v.union([v.string(), v.array(v.string())]), []),
  scope: v.optional(v.union([Scope, Scopes])),
  token_use: v.optional(Identifier),
});

const REQUIRED: ReadonlySet<unknown> = new Set(['sub', 'jti', 'iat', 'exp']);

/**
 * Reads the claims of a decoded token. Required are `sub`, `jti`, `iat` and `exp`, because a token that lacks what
 * revocations go by would be irrevocable, and what the issuer's settings name. There `null` and
 * an empty string count as missing.
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
    const [{ input, path }] = parsed.issues;
    return denied(REQUIRED.has(path?.[0].key) && isAbsent(input) ? 'claim_missing' : 'claim_invalid');
  }
  for (const name of issuer.requiredClaims) {
    if (!Object.hasOwn(unverifiedClaims, name) || isAbsent(unverifiedClaims[name]))
      return denied('claim_missing');
  }
  const { sub, jti, iat, exp, nbf, aud, scope, token_use: tokenUse } = parsed.output;
  if (exp <= iat) return denied('claim_invalid');
  const revocable = readRevocableClaims(unverifiedClaims, issuer);
  if (!revocable.ok) return revocable;
  return ok({
    issuer,
    iss: unverifiedClaims['iss'] as string,
    subject: sub,
    jwtId: jti,
    issuedAt: iat,
    expiresAt: exp,
    notBefore: nbf,
    audience: typeof aud === 'string' ? [aud] : aud,
    scope,
    tokenUse,
    ...revocable.value,
    all: unverifiedClaims,
  });
}
