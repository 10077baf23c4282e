// The revocation record: its shape, its key, when it applies, how two of them become one. Pure; see
// revocation-store.ts for the table.
import { hash } from 'node:crypto';

/** `revokedBefore` of an absolute revocation: the last second of the year 9999, later than any `iat` can be. */
export const FOREVER = 253_402_300_799;

/** `revokedBefore` of a record that was reinstated: no `iat` is that early. */
export const NEVER = 0;

/**
 * How long a record stays beyond the last moment at which a token that it covers could be accepted, in seconds:
 * room for clocks that differ between the admin function, the authorizer and DynamoDB.
 */
export const RETENTION_MARGIN_SECONDS = 3600;

/** What a revocation can be about. */
export type Dimension = 'token' | 'subject';

/** What is revoked, named by verified claims, never by the bytes of a token (they can be respelled). */
export interface RevocationTarget {
  readonly dimension: Dimension;
  /** The stable id of the issuer (`IssuerSettings.id`): a `jti` or `sub` is unique only within its issuer. */
  readonly issuerId: string;
  /** The claim's value: the `jti` of a token, the `sub` of a subject. */
  readonly value: string;
}

/** One item of the revocation table. A token is revoked when its `iat` is at or before `revokedBefore`. */
export interface RevocationRecord extends RevocationTarget {
  /** NumericDate, seconds since the epoch: tokens issued at or before it are revoked. */
  readonly revokedBefore: number;
  /** NumericDate from which no token that the record covers can be alive; absent: kept until reinstated. */
  readonly expiresAt?: number;
  /** Why, in the words of whoever revoked. */
  readonly reason: string;
  /** Who, as the caller of the admin function claims. */
  readonly actor: string;
  /** NumericDate of the last change. */
  readonly changedAt: number;
  /** Names the write, so that a retry recognizes its own first attempt, and a reinstatement hits only what it saw. */
  readonly nonce: string;
}

/**
 * Names the item of a target: a SHA-256 digest over the length-prefixed parts.
 *
 * Length prefixes keep `("a", "bc")` and `("ab", "c")` apart; the digest keeps a long `jti` within DynamoDB's limit
 * for keys. The format is part of the table's contract: a change of it would bring every revoked token back.
 */
export function revocationKey({ issuerId, dimension, value }: RevocationTarget): string {
  const parts = ['1', issuerId, dimension, value];
  return hash('sha256', parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join(''), 'base64url');
}

/** Tells whether the record can still apply to any token; DynamoDB deletes expired items only days later. */
export function isInForce(record: RevocationRecord, now: number): boolean {
  return record.revokedBefore > NEVER && (record.expiresAt === undefined || record.expiresAt > now);
}

/**
 * Tells whether the record revokes a token issued at `issuedAt`.
 *
 * The whole second of the cut-off counts as before it: `iat` has a resolution of one second, so a token issued
 * within that second may be older than the revocation.
 */
export function isRevokedBy(record: RevocationRecord, issuedAt: number, now: number): boolean {
  return isInForce(record, now) && issuedAt <= record.revokedBefore;
}

/**
 * Combines what the table holds with a new revocation of the same target: the later cut-off, the longer retention.
 *
 * @returns the record to write, or `existing` itself when it already covers the new one (a repeated or late command)
 */
export function mergeRevocations(
  existing: RevocationRecord | undefined,
  incoming: RevocationRecord,
): RevocationRecord {
  if (existing === undefined || !isInForce(existing, incoming.changedAt)) return incoming;
  const revokedBefore = Math.max(existing.revokedBefore, incoming.revokedBefore);
  const { expiresAt, ...rest } = incoming;
  const merged: RevocationRecord = {
    ...rest,
    revokedBefore,
    ...(existing.expiresAt !== undefined &&
      expiresAt !== undefined && { expiresAt: Math.max(existing.expiresAt, expiresAt) }),
  };
  const unchanged =
    merged.revokedBefore === existing.revokedBefore && merged.expiresAt === existing.expiresAt;
  return unchanged ? existing : merged;
}
