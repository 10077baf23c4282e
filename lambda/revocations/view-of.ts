import type { Dimension, RevocationRecord } from '../revocation.ts';
import { FOREVER } from '../revocation.ts';

/** A revocation as the callers of the admin function see it. Times are NumericDates, seconds since the epoch. */
export interface RevocationView {
  readonly dimension: Dimension;
  /** The id of the issuer. */
  readonly issuer: string;
  /** The `jti` or the `sub`. */
  readonly value: string;
  /** `absolute`: whatever the `iat`; `cut-off`: tokens issued at or before `revokedBefore`. */
  readonly kind: 'absolute' | 'cut-off';
  readonly revokedBefore: number;
  /** From when on no token that it covers can be alive; null: kept until reinstated. */
  readonly expiresAt: number | null;
  readonly reason: string;
  readonly actor: string;
  readonly changedAt: number;
}

/** Shows a record without what only the table needs. */
export function viewOf(record: RevocationRecord): RevocationView {
  const { dimension, issuerId, value, revokedBefore, expiresAt, reason, actor, changedAt } = record;
  return {
    dimension,
    issuer: issuerId,
    value,
    kind: revokedBefore === FOREVER ? 'absolute' : 'cut-off',
    revokedBefore,
    expiresAt: expiresAt ?? null,
    reason,
    actor,
    changedAt,
  };
}
