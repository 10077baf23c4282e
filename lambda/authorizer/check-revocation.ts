import type { DenialReason, Result } from '../denial.ts';
import { denied, ok } from '../denial.ts';
import type { Dimension } from '../environment.ts';
import { DIMENSIONS } from '../environment.ts';
import { isRevokedBy } from '../revocation.ts';
import type { RoutedRequest } from '../routes/match-route.ts';
import { isExpired } from './check-claims.ts';
import type { Claims } from './read-claims.ts';
import type { LookUpRevocations } from './remember-revocations.ts';
import { revocationTargets } from './revocation-targets.ts';

const REASONS = {
  token: 'token_revoked',
  session: 'session_revoked',
  subject: 'subject_revoked',
  client: 'client_revoked',
  key: 'key_revoked',
  issuer: 'issuer_revoked',
  claim: 'claim_revoked',
} as const satisfies Record<Dimension, DenialReason>;

/** A token that no revocation in force hits. */
export interface Live {
  readonly claims: Claims;
  /** By what was known before the table went down; see `rememberRevocations`. */
  readonly degraded?: true;
}

/**
 * Checks that no revocation is in force for the token, and that it did not expire while the table was read. A revocation
 * in any one dimension denies.
 *
 * @param claims   verified claims; see `verifyToken`
 * @param now      the clock: NumericDate, whole seconds since the epoch; read when the table has answered
 * @param request  what the token is for; see `LookUpRevocations`
 * @returns the claims, or a denial: `token_revoked`, `session_revoked`, `subject_revoked`, `client_revoked`,
 *   `key_revoked`, `issuer_revoked`, `claim_revoked`, the narrowest that hits; or `token_expired`
 * @throws {Fault} `revocation_store_unavailable`  the table could not be read: we do not know
 */
export async function checkRevocation(
  claims: Claims,
  lookUpRevocations: LookUpRevocations,
  now: () => number,
  request?: RoutedRequest,
): Promise<Result<Live>> {
  const { revocations, degraded } = await lookUpRevocations(revocationTargets(claims), request);
  const answeredAt = now();
  const hits = revocations.filter((revocation) => isRevokedBy(revocation, claims.issuedAt, answeredAt));
  const narrowest = DIMENSIONS.find((dimension) => hits.some((hit) => hit.dimension === dimension));
  if (narrowest !== undefined) return denied(REASONS[narrowest], claims);
  if (isExpired(claims, answeredAt)) return denied('token_expired', claims);
  return ok({ claims, ...(degraded && { degraded }) });
}
