import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IAuthorizer, RestApiBase } from 'aws-cdk-lib/aws-apigateway';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../lambda/environment.ts';
import { BundledFunction } from './bundled-function.ts';
import { DecisionMetrics } from './decision-metrics.ts';
import type { DenialResponsesOptions } from './denial-responses.ts';
import { addDenialResponses } from './denial-responses.ts';
import type { Issuer } from './issuer.ts';
import { lambdaCode } from './lambda-code.ts';
import { refuseUnknownOptions } from './refuse-unknown-options.ts';
import { renderIssuers } from './render-issuers.ts';
import { RestApiAuthorizer } from './rest-api-authorizer.ts';
import { RevocationTable } from './revocation-table.ts';
import { wholeSeconds } from './whole-seconds.ts';

/** Properties of {@link RevocableAuthorizer}. */
export interface RevocableAuthorizerProps {
  /** Whose tokens are accepted; at least one. */
  readonly issuers: readonly Issuer[];
  /**
   * How long API Gateway answers from its cache, at most an hour. A revoked token stays good for that long.
   *
   * @default - Duration.seconds(0), every request is checked
   */
  readonly resultsCacheTtl?: Duration;
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
}

const OPTIONS = {
  issuers: true,
  resultsCacheTtl: true,
  removalPolicy: true,
  deletionProtection: true,
  pointInTimeRecovery: true,
  encryptionKey: true,
  logRetention: true,
} as const satisfies Record<keyof RevocableAuthorizerProps, true>;

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
export class RevocableAuthorizer extends Construct {
  /** Decides about each token; may only read the table. */
  readonly authorizerFunction: LambdaFunction;
  /** Revokes, reinstates, lists and checks; may read and write the table. Who may invoke it: `grantRevoke`. */
  readonly revocationsFunction: LambdaFunction;
  /** Holds the revocations. */
  readonly table: RevocationTable;
  readonly #metrics: DecisionMetrics;
  readonly #restApiAuthorizer: RestApiAuthorizer;

  constructor(scope: Construct, id: string, props: RevocableAuthorizerProps) {
    super(scope, id);
    refuseUnknownOptions(`RevocableAuthorizer "${id}"`, props, OPTIONS);
    const { issuers, resultsCacheTtl, removalPolicy, logRetention, ...tableProps } = props;
    const ttlOption = `RevocableAuthorizer "${id}": option "resultsCacheTtl"`;
    const ttlSeconds = wholeSeconds(ttlOption, resultsCacheTtl, { from: 0, to: 3600 }) ?? 0;

    this.table = new RevocationTable(this, 'Table', { removalPolicy, ...tableProps });
    const common = {
      environment: {
        [ENVIRONMENT.issuers]: renderIssuers(this, issuers),
        [ENVIRONMENT.tableName]: this.table.tableName,
      },
      logRetention: logRetention ?? RetentionDays.THREE_MONTHS,
      logRemovalPolicy: removalPolicy ?? RemovalPolicy.RETAIN,
    };
    const authorizerFunction = new BundledFunction(this, 'Function', {
      ...common,
      description: 'Decides whether a bearer token is valid and not revoked.',
      code: lambdaCode('authorizer'),
      timeout: Duration.seconds(5),
    });
    const revocationsFunction = new BundledFunction(this, 'Revocations', {
      ...common,
      description: 'Revokes and reinstates tokens and subjects.',
      code: lambdaCode('revocations'),
      timeout: Duration.seconds(30),
    });
    this.table.grantCheck(authorizerFunction);
    this.table.grantAdminister(revocationsFunction);
    this.authorizerFunction = authorizerFunction;
    this.revocationsFunction = revocationsFunction;
    this.#metrics = new DecisionMetrics(this, 'Metrics', { logGroup: authorizerFunction.logGroup });
    this.#restApiAuthorizer = new RestApiAuthorizer(this, 'RestApi', {
      handler: authorizerFunction,
      resultsCacheTtl: Duration.seconds(ttlSeconds),
    });
  }

  /**
   * Returns what a REST API takes as `authorizer`, of `addMethod` and of `defaultMethodOptions`.
   *
   * It serves any number of methods and APIs, in this stack or another of the application.
   */
  forRestApi(): IAuthorizer {
    return this.#restApiAuthorizer;
  }

  /**
   * Gives the refusals of a REST API one sentence, `WWW-Authenticate` and CORS headers, and faults of the authorizer a
   * sentence that does not blame the token.
   */
  addDenialResponses(restApi: RestApiBase, options?: DenialResponsesOptions): void {
    addDenialResponses(restApi, options);
  }

  /** Lets somebody revoke, reinstate, list and check: invoke the admin function. */
  grantRevoke(grantee: IGrantable): Grant {
    return this.revocationsFunction.grantInvoke(grantee);
  }

  /** Counts the requests that were let through; the sum over 5 minutes unless told otherwise. */
  metricAllows(options?: MetricOptions): Metric {
    return this.#metrics.allows(options);
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
   * Counts the requests that could not be checked, to alarm on; the sum over 5 minutes unless told otherwise. Of one
   * code only: `{ dimensionsMap: { Reason: 'revocation_store_unavailable' } }`.
   *
   * Does NOT count what ends the function before it can log: a timeout, no memory. See Lambda's own metrics for these.
   */
  metricFaults(options?: MetricOptions): Metric {
    return this.#metrics.faults(options);
  }
}
