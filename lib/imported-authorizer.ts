import { Annotations, Duration, Token } from 'aws-cdk-lib';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { DenialDetail, HttpApiAnswer } from '../lambda/environment.ts';
import { DENIAL_DETAILS, HTTP_API_ANSWERS } from '../lambda/environment.ts';
import { AttachableAuthorizer } from './attachable-authorizer.ts';
import { AttachedApis } from './attached-apis.ts';
import type { Attachment } from './attachment.ts';
import { beforeSynthesis } from './before-synthesis.ts';
import { checkGrantee } from './check-grantee.ts';
import { findOwner } from './find-owner.ts';
import type { IdentitySource } from './identity-source.ts';
import { readIdentitySources } from './read-identity-sources.ts';
import { readOneOf } from './read-one-of.ts';
import type { RouteOptions } from './read-routes.ts';
import { readAcknowledgedRoutes, readRoutes } from './read-routes.ts';
import { refuseAsAuthorizer } from './refuse-misplaced.ts';
import { refuseUnknownOptions } from './refuse-unknown-options.ts';
import { showValue } from './show-value.ts';
import { warn } from './warn.ts';
import { warnOfNoApi } from './warn-of-no-api.ts';
import { wholeSeconds } from './whole-seconds.ts';

/** What there is to know of an authorizer that is deployed already. Nothing of it changes that authorizer; of the
 * options about routes, which are the same as it was made with, the APIs are checked against them. */
export interface RevocableAuthorizerAttributes extends RouteOptions {
  /** The ARN of the authorizer function: the output `AuthorizerFunctionArn`. Its region must be that of the APIs. */
  readonly authorizerFunctionArn: string;
  /**
   * Deploys the REST APIs anew when it is another one. CDK sees no change of an ARN that is known only at deployment, such
   * as one of an SSM parameter, so a stage would go on calling the function that was there when it was deployed: give
   * another key when the authorizer function was replaced (its ARN is another one).
   *
   * @default - none: a stage calls the function of its last deployment
   */
  readonly redeployKey?: string;
  /**
   * The name of the admin function, for `grantRevoke`: the output `RevocationsFunctionName`.
   *
   * @default - none, and nothing can be granted
   */
  readonly revocationsFunctionName?: string;
  /**
   * How long API Gateway answers from its cache; at most what the owner gives as `externalResultsCacheTtl`, which the SSM
   * parameter `external-results-cache-ttl-seconds` tells. **A revocation does not flush the caches of these APIs**: a
   * revoked token stays valid for that long. So does an expired one, because API Gateway never looks at its `exp`.
   *
   * @default - Duration.seconds(0), every request is checked
   */
  readonly resultsCacheTtl?: Duration;
  /**
   * The same as the authorizer was made with.
   *
   * @default - [IdentitySource.header('Authorization')]
   */
  readonly identitySources?: readonly IdentitySource[];
  /**
   * The same as the authorizer was made with.
   *
   * @default - 'simple'
   */
  readonly httpApiAnswer?: HttpApiAnswer;
  /**
   * The same as the authorizer was made with.
   *
   * @default - 'generic'
   */
  readonly denialDetail?: DenialDetail;
}

const OPTIONS = {
  authorizerFunctionArn: true,
  redeployKey: true,
  revocationsFunctionName: true,
  resultsCacheTtl: true,
  identitySources: true,
  httpApiAnswer: true,
  denialDetail: true,
  routes: true,
  routesMode: true,
  groupsClaim: true,
  routesIssuers: true,
  acknowledgedRoutes: true,
} as const satisfies Record<keyof RevocableAuthorizerAttributes, true>;

/** What is known before deployment has to look like this, and stands in that output. */
const FORMS = {
  authorizerFunctionArn: [
    /^arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/,
    'the ARN of a function, the output AuthorizerFunctionArn',
  ],
  revocationsFunctionName: [/^[\w-]+$/, 'the name of a function, the output RevocationsFunctionName'],
} as const;

/** An authorizer that is deployed already; made by `RevocableAuthorizer.fromAttributes`. */
export class ImportedAuthorizer extends AttachableAuthorizer {
  readonly authorizerFunction: IFunction;
  readonly externalResultsCacheTtl = undefined;
  /** @internal */
  protected readonly _attachment: Attachment;
  readonly #revocationsFunction: IFunction | undefined;

  constructor(scope: Construct, id: string, attributes: RevocableAuthorizerAttributes) {
    super(scope, id);
    const what = `RevocableAuthorizer.fromAttributes "${id}"`;
    refuseUnknownOptions(what, attributes, OPTIONS);
    const { authorizerFunctionArn: functionArn, revocationsFunctionName, resultsCacheTtl } = attributes;
    for (const option of ['authorizerFunctionArn', 'revocationsFunctionName'] as const) {
      const value: unknown = attributes[option];
      const [form, found] = FORMS[option];
      if (typeof value === 'string' && (Token.isUnresolved(value) || form.test(value))) continue;
      if (value === undefined && option !== 'authorizerFunctionArn') continue;
      throw new Error(
        `${what}: option "${option}" is ${showValue(value)}; give ${found} of the authorizer's stack.`,
      );
    }
    const { redeployKey } = attributes;
    if (redeployKey !== undefined && (typeof redeployKey !== 'string' || redeployKey === '')) {
      throw new Error(
        `${what}: option "redeployKey" is ${showValue(redeployKey)}; give any string that changes when the authorizer function is replaced.`,
      );
    }
    if (redeployKey === undefined && Token.isUnresolved(functionArn)) {
      Annotations.of(this).addInfoV2(
        'revocable-authorizer:redeployKey',
        'The ARN of the authorizer function is known only at deployment: after that function was replaced, give another "redeployKey", or the stages of REST APIs go on calling the old one.',
      );
    }
    const ttlSeconds =
      wholeSeconds(`${what}: option "resultsCacheTtl"`, resultsCacheTtl, { from: 0, to: 3600 }) ?? 0;
    if (ttlSeconds > 0) this.#requireAllowed(what, functionArn, Duration.seconds(ttlSeconds));
    this.authorizerFunction = LambdaFunction.fromFunctionAttributes(this, 'Function', {
      functionArn,
      skipPermissions: true,
    });
    refuseAsAuthorizer(this.authorizerFunction, 'the function authorizer.authorizerFunction');
    this.#revocationsFunction =
      revocationsFunctionName === undefined
        ? undefined
        : LambdaFunction.fromFunctionName(this, 'Revocations', revocationsFunctionName);
    const denialDetail = readOneOf(what, 'denialDetail', attributes.denialDetail, DENIAL_DETAILS);
    this._attachment = {
      handler: this.authorizerFunction,
      identitySources: readIdentitySources(what, attributes.identitySources, ttlSeconds),
      resultsCacheTtl: Duration.seconds(ttlSeconds),
      httpApiAnswer: readOneOf(what, 'httpApiAnswer', attributes.httpApiAnswer, HTTP_API_ANSWERS),
      denialDetail,
      redeployKey,
      apis: new AttachedApis(this, 'Apis', {
        what,
        table: readRoutes(what, attributes),
        cacheTtlSeconds: ttlSeconds,
        acknowledged: readAcknowledgedRoutes(what, attributes.acknowledgedRoutes),
        isWhole: false, // other applications have APIs too
        givesApiKeys: false, // its owner knows
      }),
    };
    // With the admin function it may be here to be granted.
    if (revocationsFunctionName === undefined) warnOfNoApi(this);
  }

  /** The owner tells people from when on a revocation holds, so it has to know the longest cache. */
  #requireAllowed(what: string, functionArn: string, cached: Duration): void {
    const time = cached.toHumanString();
    beforeSynthesis(this, () => {
      if (findOwner(this, functionArn)) return;
      warn(
        this,
        'externalResultsCacheTtl',
        `Revocations do not flush the results caches of these APIs. A revoked token stays valid there for up to ${time}, and an expired one that long after its exp plus the grace of its issuer: its owner has to give externalResultsCacheTtl of at least ${time}, or the admin function promises too much. If its owner has "routes", give the same ones here: otherwise a response about one route is cached for all.`,
      );
    });
    this.node.addValidation({
      validate: () => {
        const owner = findOwner(this, functionArn);
        const allowed = owner?.externalResultsCacheTtl;
        if (owner?._hasRoutes && !this._hasRoutes)
          return [
            `${what}: option "resultsCacheTtl" is ${time}, and the authorizer ${owner.node.path} has "routes", which are missing here: API Gateway would use its response about one route for every route; give the same "routes", or leave out "resultsCacheTtl".`,
          ];
        if (!owner || !allowed || cached.toSeconds() <= allowed.toSeconds()) return [];
        return [
          `${what}: option "resultsCacheTtl" is ${time}, and the authorizer ${owner.node.path} reckons with ${allowed.toHumanString()} at most for caches that it cannot flush; give it externalResultsCacheTtl: Duration.seconds(${cached.toSeconds()}), by which its revocations take that long, or lower "resultsCacheTtl".`,
        ];
      },
    });
  }

  grantRevoke(grantee: IGrantable): Grant {
    checkGrantee(grantee);
    if (this.#revocationsFunction) return this.#revocationsFunction.grantInvoke(grantee);
    throw new Error(
      `RevocableAuthorizer.fromAttributes "${this.node.id}": option "revocationsFunctionName" is nothing, so grantRevoke(...) has nothing to grant; give the output RevocationsFunctionName of the authorizer's stack.`,
    );
  }
}
