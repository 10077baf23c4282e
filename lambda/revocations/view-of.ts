import type { Dimension } from '../environment.ts';
import type { Reach, RevocationRecord } from '../revocation.ts';
import { FOREVER, NEVER } from '../revocation.ts';

/** A revocation as the callers of the admin function see it. Times are NumericDates, seconds since the epoch. */
export interface RevocationView {
  readonly dimension: Dimension;
  /** The id of the issuer. */
  readonly issuer: string;
  /** The name of the claim; `jkt` for a signing key that is named by its thumbprint (RFC 7638); else null. */
  readonly claim: string | null;
  /** The claim's value, such as the `jti` or the `sub`; of an issuer its id. */
  readonly value: string;
  /** `absolute`: whatever the `iat`; `cut-off`: tokens issued at or before `revokedBefore`. */
  readonly kind: 'absolute' | 'cut-off';
  readonly revokedBefore: number;
  /** From when on no token that it covers can be alive; null: kept until reinstated. */
  readonly expiresAt: number | null;
  readonly reason: string;
  readonly actor: string;
  readonly ticket: string | null;
  readonly changedAt: number;
}

/** One change of a target. */
export interface ChangeView {
  readonly change: 'revoke' | 'reinstate';
  readonly at: number;
  readonly actor: string;
  /** `claimed`: the actor is the caller's own word; `aws`: AWS authenticated it. */
  readonly actorSource: 'claimed' | 'aws';
  readonly reason: string;
  readonly ticket: string | null;
  /** Of the Lambda invocation: where CloudTrail records them, it names by this id the identity that called. */
  readonly requestId: string;
  /** Null: there was no record. */
  readonly before: ReachView | null;
  readonly after: ReachView;
}

/** How far a revocation reached; `none`: it had been lifted. */
export type ReachView =
  | { readonly kind: 'none'; readonly revokedBefore: null; readonly expiresAt: null }
  | {
      readonly kind: 'absolute' | 'cut-off';
      readonly revokedBefore: number;
      readonly expiresAt: number | null;
    };

/** Shows a record without what only the table needs. */
export function viewOf(record: Omit<RevocationRecord, 'sequence'>): RevocationView {
  const { dimension, issuerId, claim, value, revokedBefore, expiresAt, ticket } = record;
  const { reason, actor, changedAt } = record;
  return {
    dimension,
    issuer: issuerId,
    claim: claim ?? null,
    value,
    kind: kindOf(revokedBefore),
    revokedBefore,
    expiresAt: expiresAt ?? null,
    reason,
    actor,
    ticket: ticket ?? null,
    changedAt,
  };
}

/** Shows the change that led to a record. */
export function changeOf(record: RevocationRecord): ChangeView {
  const { change, changedAt, actor, actorSource, reason, ticket, requestId, previous } = record;
  return {
    change,
    at: changedAt,
    actor,
    actorSource,
    reason,
    ticket: ticket ?? null,
    requestId,
    before: previous ? reachOf(previous) : null,
    after: reachOf(record),
  };
}

function reachOf({ revokedBefore, expiresAt }: Reach): ReachView {
  return revokedBefore === NEVER
    ? { kind: 'none', revokedBefore: null, expiresAt: null }
    : { kind: kindOf(revokedBefore), revokedBefore, expiresAt: expiresAt ?? null };
}

function kindOf(revokedBefore: number): 'absolute' | 'cut-off' {
  return revokedBefore === FOREVER ? 'absolute' : 'cut-off';
}
