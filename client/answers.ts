// What the admin function is asked and answers. Times are NumericDates: whole seconds since the epoch.

/** What a revocation can be about. */
export type Dimension = 'token' | 'session' | 'subject' | 'client' | 'key' | 'issuer' | 'claim';

/** A revocation in force. */
export interface RevocationRecord {
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

/**
 * What became of the flush of results caches. `accepted`: API Gateway took it and did not say when it is done, as for REST
 * APIs; `failed`: it may not have taken it.
 */
export type FlushOutcome = 'done' | 'accepted' | 'failed';

/** A stage whose results cache was to be flushed. */
export interface FlushedStage {
  readonly api: string;
  readonly stage: string;
  readonly flushed: FlushOutcome;
}

export interface RevokeAnswer {
  readonly command: 'revoke';
  readonly dryRun: boolean;
  /** False: it was revoked at least as far before, or nothing that it covers can be alive. */
  readonly changed: boolean;
  /** The revocation in force; null: nothing that it would cover can be alive. */
  readonly record: RevocationRecord | null;
  /** The revocation that was in force before; null: none. */
  readonly previous: RevocationRecord | null;
  /**
   * The earliest `iat` that is live again, in the issuer's time; null: none. A token issued before it stays refused, even if
   * it comes from a newer sign-in: get a new one after that second.
   */
  readonly safeSignInFrom: number | null;
  /** No authorization that begins at or after it accepts what is revoked; null: nothing was revoked. */
  readonly effectiveFrom: number | null;
  /** What somebody must know about this revocation, in sentences. */
  readonly notes: readonly string[];
  /** The worst of `flushedStages`; null: no results cache was to be flushed. `effectiveFrom` is right whatever it is. */
  readonly flushed: FlushOutcome | null;
  /** The stages whose results cache was to be flushed; empty without a results cache. */
  readonly flushedStages: readonly FlushedStage[];
}

export interface ReinstateAnswer {
  readonly command: 'reinstate';
  readonly dryRun: boolean;
  readonly changed: boolean;
  /** The revocation that was lifted; null: there was none. */
  readonly record: RevocationRecord | null;
  /** The cut-off that stays in force; null: none. */
  readonly remaining: RevocationRecord | null;
  /** The other revocations that refuse a token given whole; null: of anything else they are not known. */
  readonly refusedBy: readonly RevocationRecord[] | null;
  /** What somebody must know about what may still be in force, in sentences. */
  readonly notes: readonly string[];
  /** The worst of `flushedStages`; null: no results cache was to be flushed. */
  readonly flushed: FlushOutcome | null;
  /** The stages whose results cache was to be flushed; empty without a results cache. */
  readonly flushedStages: readonly FlushedStage[];
}

export interface CheckAnswer {
  readonly command: 'check';
  /** Of anything but a whole token: whether one issued now would be. A cut-off in `records` still refuses older ones. */
  readonly live: boolean;
  /** The token is past its `exp` and the grace of its issuer: the authorizer denies it. */
  readonly expired: boolean;
  /** The revocations in force that concern the target; of a whole token, those of all its dimensions. */
  readonly records: readonly RevocationRecord[];
}

export interface ListAnswer {
  readonly command: 'list';
  /** A page may be short, even empty, and not the last. */
  readonly records: readonly RevocationRecord[];
  /** Gets the next page; null: this is the last one. */
  readonly cursor: string | null;
}

/** How far a revocation reaches; `none`: it is not in force. */
export interface Reach {
  readonly kind: 'absolute' | 'cut-off' | 'none';
  readonly revokedBefore: number | null;
  readonly expiresAt: number | null;
}

export interface RevocationChange {
  readonly change: 'revoke' | 'reinstate';
  readonly at: number;
  readonly actor: string;
  /** `claimed`: the actor is the word of whoever called the admin function. */
  readonly actorSource: 'claimed' | 'aws';
  readonly reason: string;
  readonly ticket: string | null;
  /** Of the invocation of the admin function. */
  readonly requestId: string;
  /** Null: there was no record. */
  readonly before: Reach | null;
  readonly after: Reach;
}

export interface HistoryAnswer {
  readonly command: 'history';
  /** Newest first. */
  readonly changes: readonly RevocationChange[];
  readonly cursor: string | null;
}
