import * as v from 'valibot';
import type { TrustedIssuer } from '../config.ts';
import type { Result } from '../denial.ts';
import { denied, ok } from '../denial.ts';

/** The claims that tokens can be revoked by and that not every token has. */
export interface RevocableClaims {
  /** `sid` (OpenID Connect Front-Channel Logout 1.0), else Cognito's `origin_jti`. */
  readonly sessionId: string | undefined;
  /** Those that the issuer's settings name, as text: the number 42 and "42" are one value. */
  readonly revocable: Readonly<Record<string, string>>;
}

const Identifier = v.pipe(v.string(), v.minLength(1), v.maxBytes(1024));

const Session = v.object({ sid: v.optional(Identifier), origin_jti: v.optional(Identifier) });

/** A number that JSON cannot hold exactly would be looked for under the name of another. */
const Revocable = v.union([
  Identifier,
  v.pipe(
    v.number(),
    v.safeInteger(),
    v.transform((number) => String(number)),
  ),
]);

/**
 * Reads what else a token can be revoked by. A token without it would escape that revocation, so each claim that the
 * issuer's settings name must be there, and the session where they require one.
 *
 * @returns the claims, or a denial: `claim_missing`, `claim_invalid`
 */
export function readRevocableClaims(
  unverifiedClaims: Readonly<Record<string, unknown>>,
  { requireSession, revocableClaims }: TrustedIssuer,
): Result<RevocableClaims> {
  const session = v.safeParse(Session, unverifiedClaims, { abortEarly: true });
  if (!session.success) return denied(session.issues[0].input === '' ? 'claim_missing' : 'claim_invalid');
  const sessionId = session.output.sid ?? session.output.origin_jti;
  if (requireSession && sessionId === undefined) return denied('claim_missing');
  const revocable: [string, string][] = [];
  for (const name of revocableClaims) {
    const claim = Object.hasOwn(unverifiedClaims, name) ? unverifiedClaims[name] : undefined;
    const value = v.safeParse(Revocable, claim);
    if (!value.success) {
      return denied(
        claim === undefined || claim === null || claim === '' ? 'claim_missing' : 'claim_invalid',
      );
    }
    revocable.push([name, value.output]);
  }
  return ok({ sessionId, revocable: Object.fromEntries(revocable) });
}
