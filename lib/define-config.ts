import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { DenialDetail, HttpApiAnswer } from '../lambda/environment.ts';
import { DENIAL_DETAILS } from '../lambda/environment.ts';
import { checkKeeping, isBoolean } from './check-keeping.ts';
import { checkOption } from './check-option.ts';
import type { IdentitySource } from './identity-source.ts';
import { isRecord } from './is-record.ts';
import type { Issuer } from './issuer.ts';
import type { RouteOptions } from './read-routes.ts';
import { refuseUnknownOptions } from './refuse-unknown-options.ts';
import type { ContextOptions } from './render-context.ts';

/** What `authorizer.config.ts` says about the stack. */
export interface AuthorizerConfig extends ContextOptions, RouteOptions {
  /**
   * Whether the stack also holds something to try the authorizer on: a Cognito user pool with a client, and an API of
   * each kind. The table is then deleted with the stack, unless said otherwise.
   *
   * @default - false
   */
  readonly demo?: boolean;
  /**
   * The name of the stack; also the beginning of the names of its SSM parameters.
   *
   * @default - 'RevocableAuthorizer'
   */
  readonly stackName?: string;
  /**
   * Whose tokens are accepted. The demo adds its user pool to them.
   *
   * @default - none
   */
  readonly issuers?: readonly Issuer[];
  /**
   * How long API Gateway answers from its cache, at most an hour, where this stack makes the API. Revocations flush it;
   * see `RevocableAuthorizerProps.resultsCacheTtl`. An expired token that is in the cache is accepted for up to that time
   * after its `exp` plus the issuer's `grace`, because API Gateway never looks at `exp`.
   *
   * @default - Duration.seconds(0), every request is checked
   */
  readonly resultsCacheTtl?: Duration;
  /**
   * The longest results cache that revocations cannot flush: of the APIs that are attached elsewhere, by `fromAttributes`,
   * SAM, Terraform or hand, and of stages that another application made for an API of this one. All of it counts in
   * `revocationDeadline` and in the `effectiveFrom` of an answer, and the SSM parameter
   * `external-results-cache-ttl-seconds` tells it to those who attach APIs.
   *
   * Does NOT limit those caches. Only `fromAttributes` in the same application is refused a longer one.
   *
   * @default - Duration.seconds(0): every cache is flushed, or there is none
   */
  readonly externalResultsCacheTtl?: Duration;
  /**
   * The longest that a revocation may take to hold: stops a deployment whose other options add up to more.
   *
   * @default - no limit; the output `RevocationDeadline` says what it is
   */
  readonly revocationWithin?: Duration;
  /**
   * What becomes of the table and the logs when they leave the stack.
   *
   * @default - RemovalPolicy.RETAIN, or RemovalPolicy.DESTROY with the demo
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * Whether DynamoDB refuses to delete the table.
   *
   * @default - true, or false with the demo
   */
  readonly deletionProtection?: boolean;
  /**
   * Whether the table can be restored to any second of the last 35 days.
   *
   * @default - true
   */
  readonly pointInTimeRecovery?: boolean;
  /**
   * The ARN of the KMS key that encrypts the table. The stack is then deployed to the region of the key.
   *
   * @default - the key that AWS manages for DynamoDB in the account
   */
  readonly encryptionKeyArn?: string;
  /**
   * How long the logs of the functions are kept.
   *
   * @default - RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: RetentionDays;
  /**
   * How much a refusal tells the client: `generic` nothing, `reason` which one it was. With `reason` the status is 403
   * instead of 401, and refusals are cached for `resultsCacheTtl`; see `RevocableAuthorizerProps.denialDetail`.
   *
   * @default - 'generic'
   */
  readonly denialDetail?: DenialDetail;
  /**
   * Where requests carry their token; a request that carries it in two places is refused.
   *
   * @default - [IdentitySource.header('Authorization')]; the demo also takes IdentitySource.webSocketProtocol()
   */
  readonly identitySources?: readonly IdentitySource[];
  /**
   * How HTTP APIs with payload 2.0 are answered; see `RevocableAuthorizerProps.httpApiAnswer`.
   *
   * @default - 'simple'
   */
  readonly httpApiAnswer?: HttpApiAnswer;
  /**
   * Tags for everything in the stack.
   *
   * @default - none
   */
  readonly tags?: Readonly<Record<string, string>>;
}

const OPTIONS = {
  demo: true,
  stackName: true,
  issuers: true,
  resultsCacheTtl: true,
  externalResultsCacheTtl: true,
  revocationWithin: true,
  removalPolicy: true,
  deletionProtection: true,
  pointInTimeRecovery: true,
  encryptionKeyArn: true,
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
  tags: true,
} as const satisfies Record<keyof AuthorizerConfig, true>;

const WHAT = 'defineConfig(...)';

/**
 * Checks a configuration and returns it.
 *
 * Does NOT check what the constructs check themselves: the issuers' uniqueness, the length of the cache.
 *
 * @throws {Error} an option is unknown or wrong; the message names it, the value received and the values allowed
 * @example
 * export default defineConfig({
 *   issuers: [Issuer.oidc('https://idp.example.com/', { audience: 'orders' })],
 * });
 */
export function defineConfig(config: AuthorizerConfig): AuthorizerConfig {
  refuseUnknownOptions(WHAT, config, OPTIONS);
  check('demo', config.demo, isBoolean, 'give true or false.');
  checkKeeping(WHAT, config);
  check('stackName', config.stackName, isStackName, STACK_NAME_ADVICE);
  check('issuers', config.issuers, Array.isArray, 'give a list, such as [Issuer.oidc(...)].');
  check(
    'encryptionKeyArn',
    config.encryptionKeyArn,
    isKeyArn,
    'give "arn:aws:kms:<region>:<account>:key/<id>".',
  );
  check(
    'denialDetail',
    config.denialDetail,
    (value) => DENIAL_DETAILS.some((detail) => detail === value),
    'give "generic" or "reason".',
  );
  check(
    'tags',
    config.tags,
    isTags,
    'give names and values, such as { team: "orders" }; none begins with "aws:".',
  );
  if (!config.demo && (config.issuers ?? []).length === 0) {
    throw new Error(
      `${WHAT}: there is no issuer, so every token would be refused; list yours under "issuers", or set demo: true to get a Cognito user pool to try.`,
    );
  }
  return Object.freeze({ ...config });
}

const STACK_NAME_ADVICE =
  'give 1 to 128 letters, digits and hyphens; the first is a letter, and it begins neither with "aws" nor with "ssm" (AWS keeps these names of SSM parameters for itself).';

function check(
  option: keyof AuthorizerConfig,
  value: unknown,
  isAllowed: (value: unknown) => boolean,
  advice: string,
): void {
  checkOption(WHAT, option, value, isAllowed, advice);
}

function isStackName(value: unknown): boolean {
  return typeof value === 'string' && /^(?!aws|ssm)[a-z][a-z0-9-]{0,127}$/i.test(value);
}

function isKeyArn(value: unknown): boolean {
  return typeof value === 'string' && /^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/.test(value);
}

function isTags(value: unknown): boolean {
  return (
    isRecord(value) &&
    Object.entries(value).every(
      ([name, text]) => name !== '' && !/^aws:/i.test(name) && typeof text === 'string',
    )
  );
}
