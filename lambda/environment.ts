// What the constructs and the functions must agree on. Beside route-table.ts and the list of private networks the one file of lambda/ that lib/ imports; it imports nothing.

/** The environment variables of the functions. */
export const ENVIRONMENT = {
  /** JSON: {@link IssuerSettings}[] */
  issuers: 'REVOCABLE_AUTHORIZER_ISSUERS',
  tableName: 'REVOCABLE_AUTHORIZER_TABLE_NAME',
  /** Only set by the local mode: plain http to a loopback address may be used for signing keys. */
  localMode: 'REVOCABLE_AUTHORIZER_LOCAL_MODE',
  /** {@link DenialDetail}; only the authorizer reads it. */
  denialDetail: 'REVOCABLE_AUTHORIZER_DENIAL_DETAIL',
  /** JSON: {@link IdentitySourceSettings}[]; only the authorizer reads it. */
  identitySources: 'REVOCABLE_AUTHORIZER_IDENTITY_SOURCES',
  /** {@link HttpApiAnswer}; only the authorizer reads it. */
  httpApiAnswer: 'REVOCABLE_AUTHORIZER_HTTP_API_ANSWER',
  /** JSON: the name of a context value to its {@link ContextSettings}; the authorizer reads it, and the admin function to explain a token. */
  context: 'REVOCABLE_AUTHORIZER_CONTEXT',
  /** Only set if API Gateway may answer from a results cache; only the authorizer reads it. */
  hasResultsCache: 'REVOCABLE_AUTHORIZER_HAS_RESULTS_CACHE',
  /** The claim that is the API key of usage plans; only the authorizer reads it. */
  usageIdentifierKeyClaim: 'REVOCABLE_AUTHORIZER_USAGE_IDENTIFIER_KEY_CLAIM',
  /**
   * JSON: `RouteTable` of route-table.ts; or that JSON deflated (RFC 1951) and in base64, which never begins with a brace.
   * Only the authorizer reads it. Left out: every live token may call every route.
   */
  routes: 'REVOCABLE_AUTHORIZER_ROUTES',
  /** Where the authorizer logs its decisions; only the admin function reads it. */
  authorizerLogGroupName: 'REVOCABLE_AUTHORIZER_LOG_GROUP_NAME',
  /** JSON: {@link LookUpSettings}; only the authorizer reads it. */
  lookUp: 'REVOCABLE_AUTHORIZER_LOOK_UP',
  /** JSON: {@link ResultsCacheSettings}; only the admin function reads it, and only if there is a results cache. */
  resultsCache: 'REVOCABLE_AUTHORIZER_RESULTS_CACHE',
  /**
   * JSON: by dimension, how long an acknowledged revocation may go unseen at worst, in seconds. Only the admin function
   * reads it, to say from when a revocation holds.
   */
  worstCaseSeconds: 'REVOCABLE_AUTHORIZER_WORST_CASE_SECONDS',
  /** JSON: by client id, the SHA-256 digest of its secret; only the token endpoints read it. Left out: IAM authenticates. */
  endpointClients: 'REVOCABLE_AUTHORIZER_ENDPOINT_CLIENTS',
  /** The admin function; only the revocation endpoint reads it. */
  revocationsFunctionName: 'REVOCABLE_AUTHORIZER_REVOCATIONS_FUNCTION_NAME',
} as const;

/** A route table has at most so many bytes in JSON, however few they are when it is deflated. */
export const MAX_ROUTES_JSON_BYTES = 256 * 1024;

/** How much a refusal tells the client: `generic` the same to all, `reason` which one it was. The first is the default. */
export const DENIAL_DETAILS = ['generic', 'reason'] as const;
export type DenialDetail = (typeof DENIAL_DETAILS)[number];

/** Where a request carries its token. */
export const IDENTITY_PLACES = ['header', 'cookie', 'query', 'subprotocol'] as const;
export type IdentityPlace = (typeof IDENTITY_PLACES)[number];

/** One place where a request may carry its token. */
export interface IdentitySourceSettings {
  readonly in: IdentityPlace;
  /** The name of the header (in any case), cookie, or query parameter; the subprotocol that stands before the token. */
  readonly name: string;
}

export const DEFAULT_IDENTITY_SOURCES: readonly IdentitySourceSettings[] = [
  { in: 'header', name: 'authorization' },
];

/**
 * How an HTTP API with payload 2.0 is answered: whether the caller is authorized (`simple`), or by an IAM policy (`iam`).
 * API Gateway takes one of the two from an authorizer, as it is set up. The first is the default.
 */
export const HTTP_API_ANSWERS = ['simple', 'iam'] as const;
export type HttpApiAnswer = (typeof HTTP_API_ANSWERS)[number];

/** Where a value for the backend comes from: a claim that every token must have, or one that a token may lack. */
export type ContextSettings = string | { readonly claim: string; readonly required: false };

/** What the backend always gets to know, by the names of the context. */
export const CONTEXT_NAMES = ['sub', 'iss', 'jti', 'scope', 'clientId'] as const;

/** The key of the revocation table, and the attribute that DynamoDB's TTL reads. */
export const TABLE = {
  /** Digest of what is revoked. */
  partitionKey: 'key',
  /** What the item is: `state`, the revocation in force, or `change#...`, one of the changes that led to it. */
  sortKey: 'entry',
  timeToLiveAttribute: 'expiresAt',
  /** The index of the revocations in force, for listing. Only their items have its partition key. */
  listing: { indexName: 'listing', partitionKey: 'listing', sortKey: 'changedAt' },
} as const;

/** What a revocation can be about, the narrowest first. */
export const DIMENSIONS = ['token', 'session', 'subject', 'client', 'key', 'issuer', 'claim'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Their records are wanted by nearly every request, and one hot item tops out at 3,000 reads a second. */
export const BROAD_DIMENSIONS: readonly Dimension[] = ['client', 'key', 'issuer', 'claim'];

/** How long an invocation of the admin function may take; its commands end long before that. */
export const ADMIN_TIMEOUT_SECONDS = 30;

/** So long a sandbox does not read a record of a broad dimension again. */
export const MICRO_CACHE_SECONDS = 1;

/** The signature algorithms that can be allowed; none of them is symmetric. */
export const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** What an issuer gets when its owner says nothing else. */
export const ISSUER_DEFAULTS = {
  algorithms: ['RS256'],
  maxTokenLifetimeSeconds: 24 * 60 * 60,
  graceSeconds: 2,
  accessTokenType: 'optional',
  tokenUse: 'access',
  resource: [],
  requiredClaims: [],
  maxTokenChars: 8192,
  allowPrivateNetwork: [],
  revocableClaims: [],
  requireSession: false,
  maxSessionLifetimeSeconds: 30 * 24 * 60 * 60,
} as const;

/** The longest `maxTokenLifetimeSeconds`: records of revocations are kept for as long, and stolen tokens live as long. */
export const MAX_TOKEN_LIFETIME_SECONDS = 400 * 24 * 60 * 60;

/** How many claims of an issuer's tokens can be revoked by, beside those that all tokens can be. */
export const MAX_REVOCABLE_CLAIMS = 3;

/**
 * Whether a look-up sees every write that was acknowledged before it (`strong`), or may miss those of about the last
 * second for half the price (`eventual`). The first is the default.
 */
export const READ_CONSISTENCIES = ['strong', 'eventual'] as const;
export type ReadConsistency = (typeof READ_CONSISTENCIES)[number];

/** How the authorizer looks revocations up. Left-out fields: {@link LOOK_UP_DEFAULTS}. */
export interface LookUpSettings {
  readonly readConsistency?: ReadConsistency;
  /** The hard limit of a whole look-up, connecting and retries included, in milliseconds. */
  readonly deadlineMs?: number;
  /**
   * When the table does not answer: allow a token that was found live in the same sandbox at most so many seconds ago.
   * 0: allow none.
   */
  readonly allowOnStoreUnavailableSeconds?: number;
  /** The routes on which it is so, such as `GET /orders/{id}`; left out: on every route. */
  readonly allowOnStoreUnavailableRoutes?: readonly string[];
}

export const LOOK_UP_DEFAULTS = {
  readConsistency: 'strong',
  deadlineMs: 800,
  allowOnStoreUnavailableSeconds: 0,
} as const satisfies LookUpSettings;

/** What the admin function has to know of the results caches of API Gateway, to flush them after a revocation. */
export interface ResultsCacheSettings {
  /**
   * How long after a revocation was written an authorization can still end by what it read before, in milliseconds;
   * the micro-cache of the broad dimensions comes on top. An earlier flush would let its answer into the cache again.
   */
  readonly inFlightMs: number;
  /** The SSM path below which each API with a cache has a parameter; its value is a {@link CachedApi} in JSON. */
  readonly registryPath: string;
  /** Whether there may be caches that are not there, and that no flush reaches. */
  readonly hasExternalCaches?: boolean;
}

/** An API whose stages cache the answers of the authorizer. */
export interface CachedApi {
  readonly kind: 'rest' | 'http';
  readonly api: string;
  readonly stages: readonly string[];
}

/**
 * What the `typ` header of a token has to be. `optional`: absent, `JWT` or `at+jwt`; `required`: `at+jwt` (RFC 9068),
 * so that no other JWT of the issuer, such as an id token, passes for an access token.
 */
export const ACCESS_TOKEN_TYPES = ['optional', 'required'] as const;
export type AccessTokenType = (typeof ACCESS_TOKEN_TYPES)[number];

/** Which tokens of an issuer are accepted. Those of a Cognito user pool have to say what they are, by their claim `token_use`. */
export const TOKEN_USES = ['access', 'id', 'any'] as const;
export type TokenUse = (typeof TOKEN_USES)[number];

/** One trusted issuer, as the construct hands it to the functions. Left-out fields: {@link ISSUER_DEFAULTS}. */
export interface IssuerSettings {
  /** `cognito`: tokens say by `token_use` what they are for; access tokens carry `client_id` instead of `aud`. */
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
  /** Accepted difference between the issuer's clock and ours, in seconds. A cut-off reaches so far past its moment. */
  readonly graceSeconds?: number;
  readonly accessTokenType?: AccessTokenType;
  readonly tokenUse?: TokenUse;
  /** Only looked at for `cognito`: accepted `aud` of an access token that has one. */
  readonly resource?: readonly string[];
  /** Claims that a token must have beside `iss`, `sub`, `jti`, `iat` and `exp`. */
  readonly requiredClaims?: readonly string[];
  /** Longest accepted token, in characters. */
  readonly maxTokenChars?: number;
  /** Keys to start with, as the issuer published them at deployment: a cold start needs no fetch. */
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  /** Hosts that discovery and signing keys may come from although their addresses are private. */
  readonly allowPrivateNetwork?: readonly string[];
  /** Claims to revoke by, such as a tenant or a device: each a string or a whole number, and required of every token. */
  readonly revocableClaims?: readonly string[];
  /** Whether a token must name its session (`sid`, or Cognito's `origin_jti`). One that does not escapes its end. */
  readonly requireSession?: boolean;
  /** Longest life of a session, in seconds: for so long refreshed tokens of a revoked session may turn up. */
  readonly maxSessionLifetimeSeconds?: number;
}

/** Every name by which a command may mean an issuer: its id, and each `iss`. No two issuers may share one. */
export function namesOf({ id, issuers }: Pick<IssuerSettings, 'id' | 'issuers'>): readonly string[] {
  return [...new Set([id, ...issuers])];
}
