// The environment of a function, read once at start-up into a frozen Config.
import * as v from 'valibot';
import type {
  DenialDetail,
  Dimension,
  HttpApiAnswer,
  IdentitySourceSettings,
  LookUpSettings,
  ResultsCacheSettings,
} from './environment.ts';
import {
  ACCESS_TOKEN_TYPES,
  ALGORITHMS,
  DEFAULT_IDENTITY_SOURCES,
  DENIAL_DETAILS,
  DIMENSIONS,
  ENVIRONMENT,
  HTTP_API_ANSWERS,
  IDENTITY_PLACES,
  ISSUER_DEFAULTS,
  LOOK_UP_DEFAULTS,
  MAX_REVOCABLE_CLAIMS,
  MAX_TOKEN_LIFETIME_SECONDS,
  namesOf,
  READ_CONSISTENCIES,
  TOKEN_USES,
} from './environment.ts';
import { Fault } from './fault.ts';
import { readJson } from './read-json.ts';
import type { RouteTable } from './route-table.ts';
import { findRuleWithoutIssuers } from './route-table.ts';
import { parseRoute } from './routes/parse-route.ts';
import { readRouteTable } from './routes/read-route-table.ts';

const Text = v.pipe(v.string(), v.minLength(1));

const IssuerSchema = v.strictObject({
  kind: v.picklist(['cognito', 'oidc']),
  id: Text,
  issuers: v.pipe(v.array(Text), v.minLength(1)),
  jwksUri: v.optional(v.pipe(v.string(), v.url())),
  audience: v.nullable(v.pipe(v.array(Text), v.minLength(1))),
  algorithms: v.optional(v.pipe(v.array(v.picklist(ALGORITHMS)), v.minLength(1)), [
    ...ISSUER_DEFAULTS.algorithms,
  ]),
  maxTokenLifetimeSeconds: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_TOKEN_LIFETIME_SECONDS)),
    ISSUER_DEFAULTS.maxTokenLifetimeSeconds,
  ),
  graceSeconds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), ISSUER_DEFAULTS.graceSeconds),
  accessTokenType: v.optional(v.picklist(ACCESS_TOKEN_TYPES), ISSUER_DEFAULTS.accessTokenType),
  tokenUse: v.optional(v.picklist(TOKEN_USES), ISSUER_DEFAULTS.tokenUse),
  resource: v.optional(v.array(Text), [...ISSUER_DEFAULTS.resource]),
  requiredClaims: v.optional(v.array(Text), [...ISSUER_DEFAULTS.requiredClaims]),
  maxTokenChars: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(ISSUER_DEFAULTS.maxTokenChars)),
    ISSUER_DEFAULTS.maxTokenChars,
  ),
  jwks: v.optional(v.strictObject({ keys: v.array(v.record(v.string(), v.unknown())) })),
  allowPrivateNetwork: v.optional(v.array(Text), [...ISSUER_DEFAULTS.allowPrivateNetwork]),
  revocableClaims: v.optional(v.pipe(v.array(Text), v.maxLength(MAX_REVOCABLE_CLAIMS)), [
    ...ISSUER_DEFAULTS.revocableClaims,
  ]),
  requireSession: v.optional(v.boolean(), ISSUER_DEFAULTS.requireSession),
  maxSessionLifetimeSeconds: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1)),
    ISSUER_DEFAULTS.maxSessionLifetimeSeconds,
  ),
});

const IdentitySourcesSchema = v.pipe(
  v.array(v.strictObject({ in: v.picklist(IDENTITY_PLACES), name: Text })),
  v.minLength(1),
);

const ContextSchema = v.record(
  v.pipe(Text, v.regex(/^\w+$/)),
  v.union([
    v.pipe(
      Text,
      v.transform((claim) => ({ claim, required: true })),
    ),
    v.strictObject({ claim: Text, required: v.literal(false) }),
  ]),
);

const LookUpSchema = v.strictObject({
  readConsistency: v.optional(v.picklist(READ_CONSISTENCIES), LOOK_UP_DEFAULTS.readConsistency),
  deadlineMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(50)), LOOK_UP_DEFAULTS.deadlineMs),
  allowOnStoreUnavailableSeconds: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(0)),
    LOOK_UP_DEFAULTS.allowOnStoreUnavailableSeconds,
  ),
  allowOnStoreUnavailableRoutes: v.optional(
    v.pipe(
      v.array(
        v.pipe(
          Text,
          v.check((route) => parseRoute(route) !== undefined, 'it is not a route'),
        ),
      ),
      v.minLength(1),
    ),
  ),
});

const WorstCaseSchema = v.record(v.picklist(DIMENSIONS), v.pipe(v.number(), v.integer(), v.minValue(0)));

const ResultsCacheSchema = v.strictObject({
  inFlightMs: v.pipe(v.number(), v.integer(), v.minValue(0)),
  registryPath: Text,
  hasExternalCaches: v.optional(v.boolean(), false),
});

/** One issuer whose tokens are accepted, with every default filled in. */
export type TrustedIssuer = Readonly<v.InferOutput<typeof IssuerSchema>>;

/** A claim that goes on to the backend. */
export interface ContextClaim {
  readonly claim: string;
  /** Whether a token without it is refused. */
  readonly required: boolean;
}

/** What both functions know about themselves. */
export interface Config {
  readonly tableName: string;
  readonly issuers: readonly TrustedIssuer[];
  /** Lets signing keys come by plain http from a loopback address. */
  readonly isLocalMode: boolean;
  /** How much a refusal tells the client. */
  readonly denialDetail: DenialDetail;
  /** Where a request may carry its token. */
  readonly identitySources: readonly IdentitySourceSettings[];
  /** How an HTTP API with payload 2.0 is answered. */
  readonly httpApiAnswer: HttpApiAnswer;
  /** Which claims go on to the backend beside the usual ones, by the names of the context. */
  readonly context: Readonly<Record<string, ContextClaim>>;
  /** The claim that is the API key of usage plans; undefined: there are none. */
  readonly usageIdentifierKeyClaim: string | undefined;
  /** Who may call what; undefined: every live token may call every route. */
  readonly routes: RouteTable | undefined;
  /** Where the authorizer logs its decisions; undefined: not known here. */
  readonly authorizerLogGroupName: string | undefined;
  /** How the authorizer looks revocations up. */
  readonly lookUp: Required<Omit<LookUpSettings, 'allowOnStoreUnavailableRoutes'>> &
    Pick<LookUpSettings, 'allowOnStoreUnavailableRoutes'>;
  /** How long an acknowledged revocation may go unseen, at worst, as the construct worked it out. */
  readonly worstCaseSeconds: Readonly<Partial<Record<Dimension, number>>>;
  /** Whether API Gateway may keep what the authorizer answers. */
  readonly hasResultsCache: boolean;
  /** The results caches of API Gateway; undefined: there are none. */
  readonly resultsCache: ResultsCacheSettings | undefined;
}

/**
 * Reads the configuration of a function from its environment variables.
 *
 * @throws {Fault} `config_invalid`  a variable is missing or not of its form; the message names the variable and the field
 */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const tableName = environment[ENVIRONMENT.tableName];
  if (!tableName) throw new Fault('config_invalid', `${ENVIRONMENT.tableName} is not set`);
  const issuers = readJson(
    ENVIRONMENT.issuers,
    environment[ENVIRONMENT.issuers],
    v.pipe(v.array(IssuerSchema), v.minLength(1)),
  );
  requireDistinct(
    'issuers',
    issuers.flatMap((issuer) => issuer.issuers),
  );
  requireDistinct('id', issuers.flatMap(namesOf));
  const table = environment[ENVIRONMENT.routes];
  const routes = table === undefined ? undefined : readRouteTable(table);
  if (routes !== undefined && issuers.length > 1) requireIssuers(routes);
  return Object.freeze({
    tableName,
    issuers,
    isLocalMode: environment[ENVIRONMENT.localMode] === '1',
    denialDetail: readOneOf(ENVIRONMENT.denialDetail, environment, DENIAL_DETAILS),
    identitySources: readJson(
      ENVIRONMENT.identitySources,
      environment[ENVIRONMENT.identitySources] ?? JSON.stringify(DEFAULT_IDENTITY_SOURCES),
      IdentitySourcesSchema,
    ),
    httpApiAnswer: readOneOf(ENVIRONMENT.httpApiAnswer, environment, HTTP_API_ANSWERS),
    context: readJson(ENVIRONMENT.context, environment[ENVIRONMENT.context] ?? '{}', ContextSchema),
    usageIdentifierKeyClaim: environment[ENVIRONMENT.usageIdentifierKeyClaim] || undefined,
    routes,
    authorizerLogGroupName: environment[ENVIRONMENT.authorizerLogGroupName],
    worstCaseSeconds: readJson(
      ENVIRONMENT.worstCaseSeconds,
      environment[ENVIRONMENT.worstCaseSeconds] ?? '{}',
      WorstCaseSchema,
    ),
    lookUp: readJson(ENVIRONMENT.lookUp, environment[ENVIRONMENT.lookUp] ?? '{}', LookUpSchema),
    hasResultsCache: environment[ENVIRONMENT.hasResultsCache] === '1',
    resultsCache:
      readJson(
        ENVIRONMENT.resultsCache,
        environment[ENVIRONMENT.resultsCache] ?? 'null',
        v.nullable(ResultsCacheSchema),
      ) ?? undefined,
  });
}

/** Finds the issuer that accepts this `iss`: an exact comparison, as RFC 8725 section 3.8 wants it. */
export function findIssuer(issuers: Iterable<TrustedIssuer>, iss: unknown): TrustedIssuer | undefined {
  for (const issuer of issuers) if (issuer.issuers.some((accepted) => accepted === iss)) return issuer;
  return undefined;
}

/** A variable that is not set means the first of the allowed values. */
function readOneOf<T extends string>(
  name: string,
  environment: NodeJS.ProcessEnv,
  allowed: readonly [T, ...T[]],
): T {
  const value = environment[name] ?? allowed[0];
  const known = allowed.find((each) => each === value);
  if (known !== undefined) return known;
  throw new Fault('config_invalid', `${name} is none of ${allowed.join(', ')}`);
}

/** Scopes, groups and subjects of one issuer mean nothing to another. */
function requireIssuers(table: RouteTable): void {
  const rule = findRuleWithoutIssuers(table);
  if (rule === undefined) return;
  throw new Fault(
    'config_invalid',
    `${ENVIRONMENT.routes}, rule ${rule.route}: it has to name its issuers, because there are several`,
  );
}

/** Two issuers with one `iss` would share keys; with one name, a revocation for one of them would be written for the other. */
function requireDistinct(field: string, values: readonly string[]): void {
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) {
    throw new Fault('config_invalid', `${ENVIRONMENT.issuers}, field ${field}: ${twice} stands there twice`);
  }
}
