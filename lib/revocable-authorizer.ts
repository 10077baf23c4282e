import { Annotations, Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type {
  DenialDetail,
  HttpApiAnswer,
  LookUpSettings,
  ResultsCacheSettings,
} from '../lambda/environment.ts';
import {
  ADMIN_TIMEOUT_SECONDS,
  DENIAL_DETAILS,
  DIMENSIONS,
  ENVIRONMENT,
  HTTP_API_ANSWERS,
  LOOK_UP_DEFAULTS,
} from '../lambda/environment.ts';
import type { RouteTable } from '../lambda/route-table.ts';
import { AttachableAuthorizer } from './attachable-authorizer.ts';
import { AttachedApis } from './attached-apis.ts';
import type { Attachment } from './attachment.ts';
import type { BundledFunctionProps } from './bundled-function.ts';
import { BundledFunction } from './bundled-function.ts';
import { checkGrantee } from './check-grantee.ts';
import { checkKeeping } from './check-keeping.ts';
import { checkOption } from './check-option.ts';
import { DecisionMetrics } from './decision-metrics.ts';
import type { IdentitySource } from './identity-source.ts';
import type { RevocableAuthorizerAttributes } from './imported-authorizer.ts';
import { ImportedAuthorizer } from './imported-authorizer.ts';
import type { Issuer } from './issuer.ts';
import { lambdaCode } from './lambda-code.ts';
import { isDefaultSource, readIdentitySources } from './read-identity-sources.ts';
import { readOneOf } from './read-one-of.ts';
import type { RouteOptions } from './read-routes.ts';
import { readAcknowledgedRoutes, readRoutes } from './read-routes.ts';
import { refuseAsAuthorizer } from './refuse-misplaced.ts';
import { refuseUnknownOptions } from './refuse-unknown-options.ts';
import type { ContextOptions } from './render-context.ts';
import { readUsageIdentifierKeyClaim, renderContext } from './render-context.ts';
import { renderIssuers } from './render-issuers.ts';
import type { LookUpOptions } from './render-look-up.ts';
import { renderLookUp } from './render-look-up.ts';
import { renderRoutes } from './render-routes.ts';
import { ResultsCacheRegistry } from './results-cache-registry.ts';
import { RevocationDeadline } from './revocation-deadline.ts';
import { RevocationTable } from './revocation-table.ts';
import { warnOfCognitoClaims } from './warn-of-cognito-claims.ts';
import { warnOfNoApi } from './warn-of-no-api.ts';
import { wholeSeconds } from './whole-seconds.ts';

/** Properties of {@link RevocableAuthorizer}. */
export interface RevocableAuthorizerProps extends LookUpOptions, ContextOptions, RouteOptions {
  /** Whose tokens are accepted; at least one. */
  readonly issuers: readonly Issuer[];
  /**
   * How long API Gateway answers from its cache, at most an hour.
   *
   * After a revocation the admin function flushes the caches of the APIs that were attached by its methods `for...Api`, for
   * all their tokens, and says in its answer from when on the revocation holds; `revoke` takes some seconds longer for it.
   * A flush can fail, and API Gateway does not say when it is done for REST APIs, so that `revocationDeadline` counts the
   * whole time. An expired token that is in the cache is accepted for up to that time after its `exp` plus the issuer's
   * `grace`, because API Gateway never looks at `exp`.
   *
   * @default - Duration.seconds(0), every request is checked
   */
  readonly resultsCacheTtl?: Duration;
  /**
   * The longest results cache that revocations cannot flush: of the APIs that are attached elsewhere, by `fromAttributes`,
   * SAM, Terraform or hand, and of stages that another application made for an API of this one. All of it counts in
   * `revocationDeadline` and in the `effectiveFrom` of an answer.
   *
   * Does NOT limit those caches. Only `fromAttributes` in the same application is refused a longer one.
   *
   * @default - Duration.seconds(0): every cache is flushed, or there is none
   */
  readonly externalResultsCacheTtl?: Duration;
  /**
   * The longest that a revocation may take to hold. It changes nothing: it stops a deployment whose other options add up
   * to more.
   *
   * @default - no limit; see `revocationDeadline` for what it is
   */
  readonly revocationWithin?: Duration;
  /**
   * What becomes of the table and the logs when they leave the stack. To delete the table with the stack, turn
   * `deletionProtection` off too.
   *
   * @default - RemovalPolicy.RETAIN: without its records, revoked tokens would be good again
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * Whether DynamoDB refuses to delete the table.
   *
   * @default - true
   */
  readonly deletionProtection?: boolean;
  /**
   * Whether the table can be restored to any second of the last 35 days.
   *
   * @default - true
   */
  readonly pointInTimeRecovery?: boolean;
  /**
   * The key that encrypts the table. The stack must have a region then.
   *
   * @default - the key that AWS manages for DynamoDB in the account
   */
  readonly encryptionKey?: IKey;
  /**
   * How long the logs of the functions are kept.
   *
   * @default - RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: RetentionDays;
  /**
   * How much a refusal tells the client. `generic`: nothing, every refusal is the same 401. `reason`: the body names the
   * reason, so that a client can tell `token_expired` (refresh) from `token_revoked` (sign in again).
   *
   * API Gateway takes a reason only from a policy that denies. So with `reason` the status is 403 instead of 401, which
   * many clients do not answer by refreshing; a refusal is cached for `resultsCacheTtl`, so that a reinstated token stays
   * refused for that long; and a thief is told that the token was revoked. The reason reaches the body by
   * `addDenialResponses`. Requests without a bearer token stay 401: API Gateway refuses them by itself. A fault stays
   * 500.
   *
   * @default - 'generic'
   */
  readonly denialDetail?: DenialDetail;
  /**
   * Where requests carry their token; a request that carries it in two places is refused. With several places API
   * Gateway can neither cache nor refuse a request without a token by itself.
   *
   * @default - [IdentitySource.header('Authorization')]
   */
  readonly identitySources?: readonly IdentitySource[];
  /**
   * How HTTP APIs with payload 2.0 are answered: whether the caller is authorized (`simple`), or by an IAM policy (`iam`).
   * Clients see no difference.
   *
   * @default - 'simple'
   */
  readonly httpApiAnswer?: HttpApiAnswer;
}

const OPTIONS = {
  issuers: true,
  resultsCacheTtl: true,
  externalResultsCacheTtl: true,
  revocationWithin: true,
  removalPolicy: true,
  deletionProtection: true,
  pointInTimeRecovery: true,
  encryptionKey: true,
  logRetention: true,
  denialDetail: true,
  identitySources: true,
  httpApiAnswer: true,
  context: true,
  usageIdentifierKeyClaim: true,
  routes: true,
  routesMode: true,
  groupsClaim: true,
  routesIssuers: true,
  acknowledgedRoutes: true,
  readConsistency: true,
  lookUpDeadline: true,
  onRevocationStoreUnavailable: true,
} as const satisfies Record<keyof RevocableAuthorizerProps, true>;

const AUTHORIZER_TIMEOUT_SECONDS = 5;

/**
 * A token authorizer for API Gateway whose tokens can be revoked: the authorizer function, the revocation table, and
 * the admin function that revokes and reinstates.
 *
 * @example
 * const authorizer = new RevocableAuthorizer(this, 'Authorizer', {
 *   issuers: [Issuer.oidc('https://idp.example.com/', { audience: 'orders' })],
 * });
 * restApi.root.addMethod('GET', backend, { authorizer: authorizer.forRestApi() });
 */
export class RevocableAuthorizer extends AttachableAuthorizer {
  /**
   * Refers to an authorizer that is deployed already, by another application or stack, so that APIs of this one can be
   * attached to it.
   */
  static fromAttributes(
    scope: Construct,
    id: string,
    attributes: RevocableAuthorizerAttributes,
  ): AttachableAuthorizer {
    return new ImportedAuthorizer(scope, id, attributes);
  }

  /** Decides about each token; may only read the table. */
  readonly authorizerFunction: LambdaFunction;
  /** Revokes, reinstates, lists and checks; may read and write the table. Who may invoke it: `grantRevoke`. */
  readonly revocationsFunction: LambdaFunction;
  /** Holds the revocations. */
  readonly table: RevocationTable;
  /** How long it takes, at worst, until a revocation holds. */
  readonly revocationDeadline: RevocationDeadline;
  /** The option of that name, for those who attach APIs elsewhere. */
  readonly externalResultsCacheTtl: Duration;
  /**
   * What every function about these tokens is made with.
   *
   * @internal
   */
  readonly _functionBasics: Pick<BundledFunctionProps, 'environment' | 'logRetention' | 'logRemovalPolicy'>;
  /** @internal */
  protected readonly _attachment: Attachment;
  readonly #metrics: DecisionMetrics;

  constructor(scope: Construct, id: string, props: RevocableAuthorizerProps) {
    super(scope, id);
    const what = `RevocableAuthorizer "${id}"`;
    refuseUnknownOptions(what, props, OPTIONS);
    checkKeeping(what, props);
    const isKey = (value: unknown) => typeof value === 'object' && value !== null && 'keyArn' in value;
    checkOption(
      what,
      'encryptionKey',
      props.encryptionKey,
      isKey,
      'give a key of AWS KMS, such as Key.fromKeyArn(...).',
    );
    const { issuers, resultsCacheTtl, removalPolicy, logRetention, ...others } = props;
    const { revocationWithin, readConsistency, lookUpDeadline, onRevocationStoreUnavailable } = others;
    const { deletionProtection, pointInTimeRecovery, encryptionKey } = others;
    const ttlOption = `${what}: option "resultsCacheTtl"`;
    const ttlSeconds = wholeSeconds(ttlOption, resultsCacheTtl, { from: 0, to: 3600 }) ?? 0;

    const externalOption = `${what}: option "externalResultsCacheTtl"`;
    const externalTtlSeconds =
      wholeSeconds(externalOption, props.externalResultsCacheTtl, { from: 0, to: 3600 }) ?? 0;
    this.externalResultsCacheTtl = Duration.seconds(externalTtlSeconds);

    const trustedIssuers = renderIssuers(this, issuers);
    const issuerIds = issuers.map(({ settings }) => settings.id);
    const routes = readRoutes(what, props, issuerIds);
    const lookUpOptions = { readConsistency, lookUpDeadline, onRevocationStoreUnavailable };
    const hasResultsCache = ttlSeconds + externalTtlSeconds > 0;
    const lookUp = renderLookUp(what, lookUpOptions, hasResultsCache, routes?.rules);
    const lookUpSettings: Required<LookUpSettings> = { ...LOOK_UP_DEFAULTS, ...JSON.parse(lookUp) };
    const identitySources = readIdentitySources(what, props.identitySources, ttlSeconds);
    const httpApiAnswer = readOneOf(what, 'httpApiAnswer', props.httpApiAnswer, HTTP_API_ANSWERS);
    const denialDetail = readOneOf(what, 'denialDetail', props.denialDetail, DENIAL_DETAILS);
    const context = renderContext(what, props.context);
    const usageIdentifierKeyClaim = readUsageIdentifierKeyClaim(what, props.usageIdentifierKeyClaim);
    const acknowledged = readAcknowledgedRoutes(what, props.acknowledgedRoutes);
    this.revocationDeadline = new RevocationDeadline({
      lookUp: lookUpSettings,
      resultsCacheTtlSeconds: ttlSeconds,
      externalResultsCacheTtlSeconds: externalTtlSeconds,
      authorizerTimeoutSeconds: AUTHORIZER_TIMEOUT_SECONDS,
    });
    const withinOption = `${what}: option "revocationWithin"`;
    const withinSeconds = wholeSeconds(withinOption, revocationWithin, { from: 1 });
    if (withinSeconds !== undefined) this.revocationDeadline.require(withinOption, withinSeconds);
    Annotations.of(this).addInfoV2(
      'revocable-authorizer:revocationDeadline',
      `A revocation holds ${this.revocationDeadline}.`,
    );
    const { cacheSeconds } = this.revocationDeadline;
    if (cacheSeconds > 0) {
      Annotations.of(this).addInfoV2(
        'revocable-authorizer:expiredTokens',
        `An expired token that is in a results cache is accepted for up to ${Duration.seconds(cacheSeconds).toHumanString()} after its exp plus the grace of its issuer, because API Gateway does not look at exp.`,
      );
    }
    const registry = ttlSeconds > 0 ? new ResultsCacheRegistry(this, 'ResultsCaches') : undefined;
    this.table = new RevocationTable(this, 'Table', {
      removalPolicy,
      deletionProtection,
      pointInTimeRecovery,
      encryptionKey,
    });
    const common = {
      environment: {
        [ENVIRONMENT.issuers]: trustedIssuers,
        [ENVIRONMENT.tableName]: this.table.tableName,
      },
      logRetention: logRetention ?? RetentionDays.THREE_MONTHS,
      logRemovalPolicy: removalPolicy ?? RemovalPolicy.RETAIN,
    };
    this._functionBasics = {
      ...common,
      environment: { ...common.environment, [ENVIRONMENT.lookUp]: lookUp },
    };
    const authorizerFunction = new BundledFunction(this, 'Function', {
      ...common,
      environment: {
        ...common.environment,
        [ENVIRONMENT.denialDetail]: denialDetail,
        ...(!isDefaultSource(identitySources) && {
          [ENVIRONMENT.identitySources]: JSON.stringify(identitySources.map(({ settings }) => settings)),
        }),
        ...(httpApiAnswer !== HTTP_API_ANSWERS[0] && { [ENVIRONMENT.httpApiAnswer]: httpApiAnswer }),
        ...(hasResultsCache && { [ENVIRONMENT.hasResultsCache]: '1' }),
        ...(context !== undefined && { [ENVIRONMENT.context]: context }),
        ...(usageIdentifierKeyClaim !== undefined && {
          [ENVIRONMENT.usageIdentifierKeyClaim]: usageIdentifierKeyClaim,
        }),
        ...(routes && { [ENVIRONMENT.routes]: renderRoutes(`${what}: option "routes"`, routes) }),
        [ENVIRONMENT.lookUp]: lookUp,
      },
      description: 'Decides whether a bearer token is valid and not revoked.',
      code: lambdaCode('authorizer'),
      timeout: Duration.seconds(AUTHORIZER_TIMEOUT_SECONDS),
    });
    const revocationsFunction = new BundledFunction(this, 'Revocations', {
      ...common,
      environment: {
        ...common.environment,
        [ENVIRONMENT.authorizerLogGroupName]: authorizerFunction.logGroup.logGroupName,
        [ENVIRONMENT.worstCaseSeconds]: JSON.stringify(
          Object.fromEntries(
            DIMENSIONS.map((dimension) => [dimension, this.revocationDeadline.secondsOf(dimension)]),
          ),
        ),
        ...(context !== undefined && { [ENVIRONMENT.context]: context }),
        ...(registry && {
          [ENVIRONMENT.resultsCache]: renderResultsCache(registry, lookUpSettings, externalTtlSeconds > 0),
        }),
      },
      description: 'Revokes and reinstates tokens and subjects.',
      code: lambdaCode('revocations'),
      timeout: Duration.seconds(ADMIN_TIMEOUT_SECONDS),
    });
    this.table.grantCheck(authorizerFunction);
    this.table.grantAdminister(revocationsFunction);
    // To explain a decision by its request id, and nothing else in the account's logs.
    authorizerFunction.logGroup.grant(revocationsFunction, 'logs:FilterLogEvents');
    registry?.serve(revocationsFunction);
    this.authorizerFunction = authorizerFunction;
    this.revocationsFunction = revocationsFunction;
    refuseAsAuthorizer(authorizerFunction, 'the function authorizer.authorizerFunction');
    refuseAsAuthorizer(revocationsFunction, 'the function authorizer.revocationsFunction');
    this.#metrics = new DecisionMetrics(this, 'Metrics', { logGroup: authorizerFunction.logGroup });
    // Whoever lets requests through unchecked wants to know afterwards how many.
    if (onRevocationStoreUnavailable !== undefined) this.#metrics.degradedAllows();
    if (isTriedOut(routes)) this.#metrics.wouldBeDenials();
    this._attachment = {
      handler: authorizerFunction,
      identitySources,
      resultsCacheTtl: Duration.seconds(ttlSeconds),
      httpApiAnswer,
      denialDetail,
      registry,
      apis: new AttachedApis(this, 'Apis', {
        what,
        table: routes,
        cacheTtlSeconds: ttlSeconds,
        acknowledged,
        isWhole: true,
        givesApiKeys: usageIdentifierKeyClaim !== undefined,
      }),
    };
    warnOfNoApi(this);
    const claims = { table: routes, context: props.context, usageIdentifierKeyClaim };
    warnOfCognitoClaims(
      this,
      what,
      issuers.map(({ settings }) => settings),
      claims,
    );
  }

  /** Lets somebody revoke, reinstate, list and check: invoke the admin function. */
  grantRevoke(grantee: IGrantable): Grant {
    checkGrantee(grantee);
    return this.revocationsFunction.grantInvoke(grantee);
  }

  /** Counts the requests that were let through; the sum over 5 minutes unless told otherwise. */
  metricAllows(options?: MetricOptions): Metric {
    return this.#metrics.allows(options);
  }

  /**
   * Counts the requests that were let through on what was known before the revocation table went down, to alarm on; they
   * are among `metricAllows` too. None without `onRevocationStoreUnavailable`.
   */
  metricDegradedAllows(options?: MetricOptions): Metric {
    return this.#metrics.degradedAllows(options);
  }

  /**
   * Counts the refusals that the function decided; the sum over 5 minutes unless told otherwise. Of one reason only:
   * `{ dimensionsMap: { Reason: 'token_revoked' } }`.
   *
   * Does NOT count what API Gateway refuses by itself: requests without anything like a bearer token, cached refusals.
   */
  metricDenials(options?: MetricOptions): Metric {
    return this.#metrics.denials(options);
  }

  /**
   * Counts the requests that were let through only because a rule of `routes`, or all of them, is `log-only`: what would
   * be refused without it. The sum over 5 minutes unless told otherwise; of one reason only:
   * `{ dimensionsMap: { Reason: 'scope_insufficient' } }`. They are among `metricAllows` too.
   *
   * Does NOT count what API Gateway allows from its results cache.
   */
  metricWouldBeDenials(options?: MetricOptions): Metric {
    return this.#metrics.wouldBeDenials(options);
  }

  /**
   * Counts the refusals whose signature check ended in an error that should not be possible; the sum over 5 minutes unless
   * told otherwise. They are among `metricDenials` too, as `signature_invalid`. More than none is worth a report to us.
   */
  metricAnomalies(options?: MetricOptions): Metric {
    return this.#metrics.anomalies(options);
  }

  /**
   * Counts the requests that could not be checked, to alarm on; the sum over 5 minutes unless told otherwise. Of one
   * code only: `{ dimensionsMap: { Reason: 'revocation_store_unavailable' } }`.
   *
   * Does NOT count what ends the function before it can log: a timeout, no memory. See Lambda's own metrics for these.
   */
  metricFaults(options?: MetricOptions): Metric {
    return this.#metrics.faults(options);
  }
}

/** Whether some refusal of the route table is only logged. */
function isTriedOut(routes: RouteTable | undefined): boolean {
  return routes?.mode === 'log-only' || routes?.rules.some(({ logOnly }) => logOnly) === true;
}

/** For the way from the function to the cache, and for eventual reads; beside the look-up itself. */
const IN_FLIGHT_MARGIN_MS = 1000;

function renderResultsCache(
  { path }: ResultsCacheRegistry,
  lookUp: Required<LookUpSettings>,
  hasExternalCaches: boolean,
): string {
  const { deadlineMs, readConsistency, allowOnStoreUnavailableSeconds } = lookUp;
  const margins = readConsistency === 'eventual' ? 2 : 1;
  const settings: ResultsCacheSettings = {
    inFlightMs: deadlineMs + margins * IN_FLIGHT_MARGIN_MS + allowOnStoreUnavailableSeconds * 1000,
    registryPath: path,
    ...(hasExternalCaches && { hasExternalCaches }),
  };
  return JSON.stringify(settings);
}
