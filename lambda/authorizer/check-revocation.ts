import type { DenialReason, Result } from '../denial.ts';
import { denied, ok } from '../denial.ts';
import type { Dimension } from '../environment.ts';
import { DIMENSIONS } from '../environment.ts';
import { isRevokedBy } from '../revocation.ts';
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
 * Checks that no revocation is in force for the token: any one of all dimensions is enough to deny.
 *
 * @param claims      verified claims; see `verifyToken`
 * @param now         NumericDate, whole seconds since the epoch
 * @param mayBeStale  whether what was known before the table went down will do, if the owner allows that at all
 * @returns the claims, or a denial: `token_revoked`, `session_revoked`, `subject_revoked`, `client_revoked`,
 *   `key_revoked`, `issuer_revoked`, `claim_revoked`; the narrowest that hits
 * @throws {Fault} `revocation_store_unavailable`  the table could not be read: we do not know
 */
export async function checkRevocation(
  claims: Claims,
  lookUpRevocations: LookUpRevocations,
  now: number,
  mayBeStale = true,
): Promise<Result<Live>> {
  const { revocations, degraded } = await lookUpRevocations(revocationTargets(claims), mayBeStale);
  const hits = revocations.filter((revocation) => isRevokedBy(revocation, claims.issuedAt, now));
  const narrowest = DIMENSIONS.find((dimension) => hits.some((hit) => hit.dimension === dimension));
  return narrowest === undefined
    ? ok({ claims, ...(degraded && { degraded }) })
    : denied(REASONS[narrowest], claims);
}
