// The revocation record: its shape, its key, when it applies, how two of them become one. Pure; see
// revocation-item.ts for how it lies in the table.
import { hash } from 'node:crypto';
import type { Dimension } from './environment.ts';

/** `revokedBefore` of an absolute revocation: the last second of the year 9999, later than any `iat` can be. */
export const FOREVER = 253_402_300_799;

/** `revokedBefore` of a record that was reinstated: no `iat` is that early. */
export const NEVER = 0;

/**
 * How long a record stays beyond the last moment at which a token that it covers could be accepted, in seconds:
 * room for clocks that differ between the admin function, the authorizer and DynamoDB.
 */
export const RETENTION_MARGIN_SECONDS = 3600;

/** What is revoked, named by verified claims, never by the bytes of a token (they can be respelled). */
export interface RevocationTarget {
  readonly dimension: Dimension;
  /** The stable id of the issuer (`IssuerSettings.id`): a `jti` or `sub` is unique only within its issuer. */
  readonly issuerId: string;
  /** The claim's value: the `jti` of a token, the `sub` of a subject; of an issuer its id. */
  readonly value: string;
  /** The name of the claim, for the dimension `claim`; {@link JKT} for a signing key that is named by its thumbprint. */
  readonly claim?: string;
}

/** Tells the thumbprint of a signing key (RFC 7638; the name is that of RFC 9449) from a `kid`, which may be any text. */
export const JKT = 'jkt';

/** Names a signing key by its thumbprint: under whatever `kid` it is published. */
export function keyItself(issuerId: string, thumbprint: string): RevocationTarget {
  return { dimension: 'key', issuerId, claim: JKT, value: thumbprint };
}

/** How far a revocation goes, in `iat` and in time. */
export interface Reach {
  /** NumericDate, seconds since the epoch: tokens issued at or before it are revoked. */
  readonly revokedBefore: number;
  /** NumericDate from which no token that it covers can be alive; absent: kept until reinstated. */
  readonly expiresAt?: number;
}

/** What an authorization needs of a record. A token is revoked when its `iat` is at or before `revokedBefore`. */
export interface Revocation extends RevocationTarget, Reach {}

/** One item of the revocation table: the state of a target, and in full the change that led to it. */
export interface RevocationRecord extends Revocation {
  readonly change: 'revoke' | 'reinstate';
  /** Why, in the words of whoever changed it. */
  readonly reason: string;
  /** Who. */
  readonly actor: string;
  /** `claimed`: the actor is the caller's own word; `aws`: AWS authenticated it. */
  readonly actorSource: 'claimed' | 'aws';
  /** The case that the change belongs to, where the callers keep such. */
  readonly ticket?: string;
  /** NumericDate of the change; never before that of the change before it, whatever the clocks say. */
  readonly changedAt: number;
  /** The invocation that made the change; AWS CloudTrail knows it by the same id. */
  readonly requestId: string;
  /** Counts the changes of the target, from 1; begins again when DynamoDB has deleted an expired record. */
  readonly sequence: number;
  /** How far the record reached before the change; absent: there was none. */
  readonly previous?: Reach;
  /** Names the write, so that a retry recognizes its own first attempt, and a reinstatement hits only what it saw. */
  readonly nonce: string;
}

/**
 * Names the item of a target: a SHA-256 digest over the length-prefixed parts.
 *
 * Length prefixes keep `("a", "bc")` and `("ab", "c")` apart; the digest keeps a long `jti` within DynamoDB's limit
 * for keys. The format is part of the table's contract: a change of it would bring every revoked token back.
 */
export function revocationKey({ issuerId, dimension, claim, value }: RevocationTarget): string {
  const parts = ['1', issuerId, dimension, ...(claim === undefined ? [] : [claim]), value];
  return hash('sha256', parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join(''), 'base64url');
}

/** Tells whether the record can still apply to any token; DynamoDB deletes expired items only days later. */
export function isInForce({ revokedBefore, expiresAt }: Reach, now: number): boolean {
  return revokedBefore > NEVER && (expiresAt === undefined || expiresAt > now);
}

/**
 * Tells whether the record revokes a token issued at `issuedAt`.
 *
 * The whole second of the cut-off counts as before it: `iat` has a resolution of one second, so a token issued
 * within that second may be older than the revocation.
 */
export function isRevokedBy(record: Reach, issuedAt: number, now: number): boolean {
  return isInForce(record, now) && issuedAt <= record.revokedBefore;
}

/**
 * Combines what the table holds with a new revocation of the same target: the later cut-off, the longer retention.
 *
 * @returns the record to write, or `existing` itself when it already covers the new one (a repeated or late command)
 */
export function mergeRevocations<T extends Reach & { readonly changedAt: number }>(
  existing: T | undefined,
  incoming: T,
): T {
  if (existing === undefined || !isInForce(existing, incoming.changedAt)) return incoming;
  const revokedBefore = Math.max(existing.revokedBefore, incoming.revokedBefore);
  const { expiresAt, ...rest } = incoming;
  const merged = {
    ...rest,
    revokedBefore,
    ...(existing.expiresAt !== undefined &&
      expiresAt !== undefined && { expiresAt: Math.max(existing.expiresAt, expiresAt) }),
  };
  const unchanged =
    merged.revokedBefore === existing.revokedBefore && merged.expiresAt === existing.expiresAt;
  return unchanged ? existing : (merged as T);
}
