// What a command is about. The issuer is an accepted `iss` or the issuer's id; with one issuer it may be left out.

interface OfIssuer {
  readonly issuer?: string;
}

/**
 * A token as it is, or by its claims. A token is revoked by its `jti` even if its signature is not valid, and only the notes
 * say so: give one that an authorizer let through.
 */
export type TokenTarget =
  | { readonly token: string }
  | (OfIssuer & { readonly jti: string /** NumericDate; needed to revoke. */; readonly exp?: number });

/** A session: `sid`, Cognito's `origin_jti`. */
export interface SessionTarget extends OfIssuer {
  readonly session: string;
}

/** A person or a machine: `sub`. */
export interface SubjectTarget extends OfIssuer {
  readonly subject: string;
}

/** A signing key: a `kid`, which stands for every key that is published under it, or the thumbprint of one key (RFC 7638). */
export type KeyTarget = OfIssuer & ({ readonly kid: string } | { readonly thumbprint: string });

/** Anything that can be revoked, with the name of its dimension. */
export type Target =
  | ({ readonly dimension: 'token' } & TokenTarget)
  | ({ readonly dimension: 'session' } & SessionTarget)
  | ({ readonly dimension: 'subject' } & SubjectTarget)
  | ({ readonly dimension: 'client'; readonly client: string } & OfIssuer)
  | ({ readonly dimension: 'key' } & KeyTarget)
  | ({ readonly dimension: 'issuer' } & OfIssuer)
  | ({ readonly dimension: 'claim'; readonly claim: string; readonly value: string | number } & OfIssuer);

/** Why something changes, and on whose behalf. */
export interface Change {
  /** 1 to 512 bytes. */
  readonly reason: string;
  /**
   * On whose behalf, 1 to 256 bytes; it is recorded as claimed.
   *
   * @default - the actor of the client
   */
  readonly actor?: string;
  /** The case that it belongs to, 1 to 256 bytes. */
  readonly ticket?: string;
  /** Only say what would be done. */
  readonly dryRun?: boolean;
}

/** How far a revocation of a subject, client, issuer or claim goes; left out: tokens issued until now, plus the issuer's `grace`. */
export interface Extent {
  /** NumericDate: tokens issued at or before it. */
  readonly before?: number;
  /** Every token, until reinstated. */
  readonly block?: boolean;
}

/** Which revocations to list. */
export interface ListFilter extends OfIssuer {
  readonly dimension?: Target['dimension'];
  /** Only with the dimension `claim`. */
  readonly claim?: string;
  /** Only with a dimension. */
  readonly value?: string;
  /** NumericDate: changed at or after it. */
  readonly since?: number;
  /** 1 to 100. */
  readonly limit?: number;
  /** Of the page before. */
  readonly cursor?: string;
}
