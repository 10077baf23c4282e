// What the constructs and the functions must agree on. The one file of lambda/ that lib/ imports; it imports nothing.

/** The environment variables of the functions. */
export const ENVIRONMENT = {
  /** JSON: {@link IssuerSettings}[] */
  issuers: 'REVOCABLE_AUTHORIZER_ISSUERS',
  tableName: 'REVOCABLE_AUTHORIZER_TABLE_NAME',
  /** Only set by the local mode: plain http to a loopback address may be used for signing keys. */
  localMode: 'REVOCABLE_AUTHORIZER_LOCAL_MODE',
} as const;

/** The key of the revocation table, and the attribute that DynamoDB's TTL reads. */
export const TABLE = {
  /** Digest of what is revoked. */
  partitionKey: 'key',
  /** What the item is: `state`, the revocation in force. */
  sortKey: 'entry',
  timeToLiveAttribute: 'expiresAt',
} as const;

/** The signature algorithms that can be allowed; none of them is symmetric. */
export const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** What an issuer gets when its owner says nothing else. */
export const ISSUER_DEFAULTS = {
  algorithms: ['RS256'],
  maxTokenLifetimeSeconds: 24 * 60 * 60,
  graceSeconds: 0,
} as const;

/** One trusted issuer, as the construct hands it to the functions. Left-out fields: {@link ISSUER_DEFAULTS}. */
export interface IssuerSettings {
  /** `cognito`: access tokens carry `client_id` and `token_use` instead of `aud`. */
  readonly kind: 'cognito' | 'oidc';
  /** The stable name of the issuer in revocation keys. Changing it brings revoked tokens back. */
  readonly id: string;
  /** The accepted `iss` strings, at least one, compared exactly; the first one is canonical. */
  readonly issuers: readonly string[];
  /** Where the keys are; left out: found by OpenID Connect discovery at the first `iss`. */
  readonly jwksUri?: string;
  /** Accepted `aud` (oidc) or client ids (cognito); `null`: any, typed on purpose. */
  readonly audience: readonly string[] | null;
  readonly algorithms?: readonly Algorithm[];
  /** Longest accepted `exp - iat`, in seconds. */
  readonly maxTokenLifetimeSeconds?: number;
  /** Accepted difference between the issuer's clock and ours, in seconds. */
  readonly graceSeconds?: number;
}
