import type { DenialReason, Result } from '../denial.ts';
import { denied, ok } from '../denial.ts';
import type { Dimension, RevocationTarget } from '../revocation.ts';
import { isRevokedBy } from '../revocation.ts';
import type { ReadRevocations } from '../revocation-store.ts';
import type { Claims } from './read-claims.ts';

const REASONS = {
  token: 'token_revoked',
  subject: 'subject_revoked',
} as const satisfies Record<Dimension, DenialReason>;

/**
 * Checks that no revocation is in force for the token: not for itself, not for its subject.
 *
 * The table is read on every call, strongly consistent; nothing is remembered from one request to the next.
 *
 * @param claims  verified claims; see `verifyToken`
 * @param now     NumericDate, whole seconds since the epoch
 * @returns the claims, or a denial: `token_revoked`, `subject_revoked`
 * @throws {Fault} `revocation_store_unavailable`  the table could not be read: we do not know
 */
export async function checkRevocation(
  claims: Claims,
  readRevocations: ReadRevocations,
  now: number,
): Promise<Result<Claims>> {
  const records = await readRevocations(targetsOf(claims));
  const revocation = records.find((record) => isRevokedBy(record, claims.issuedAt, now));
  return revocation === undefined ? ok(claims) : denied(REASONS[revocation.dimension]);
}

function targetsOf({ issuer, jwtId, subject }: Claims): readonly RevocationTarget[] {
  return [
    { dimension: 'token', issuerId: issuer.id, value: jwtId },
    { dimension: 'subject', issuerId: issuer.id, value: subject },
  ];
}
