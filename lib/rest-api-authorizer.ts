import { Lazy } from 'aws-cdk-lib';
import type { CfnAuthorizer, IRestApi, RequestAuthorizerProps } from 'aws-cdk-lib/aws-apigateway';
import { Authorizer, RequestAuthorizer, TokenAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Attachment } from './attachment.ts';
import { permitInvocation } from './attachment.ts';
import type { IdentitySource } from './identity-source.ts';
import { identitySourceExpressions, sourcesOf } from './identity-source.ts';
import { redeployOnChange, warnOfOtherDeployments } from './redeploy.ts';
import { refuseBinding } from './refuse-misplaced.ts';
import { refuseOtherEnvironment } from './refuse-other-environment.ts';

/**
 * What API Gateway lets through to a TOKEN authorizer: a bearer token as RFC 6750 section 2.1 writes it, in other headers
 * than `Authorization` also without the scheme. The function accepts exactly the same
 * (lambda/authorizer/parse-credentials.ts); everything else is 401 without an invocation.
 */
const BEARER = '[Bb][Ee][Aa][Rr][Ee][Rr] +';
const B64TOKEN = '[A-Za-z0-9._~+/-]+=*';

/** TOKEN authorizers are told of one header, REQUEST authorizers of the whole request. */
export type RestAuthorizerType = 'TOKEN' | 'REQUEST';

/** A method's `authorizerId` before it is known which API the method belongs to. */
interface PendingId {
  authorizer?: TokenAuthorizer | RequestAuthorizer;
}

/**
 * The authorizer as REST APIs see it; one object for any number of methods and APIs, in any stack.
 *
 * API Gateway wants an authorizer resource per API. It is made when the first method of an API is attached.
 */
export class RestApiAuthorizer extends Authorizer {
  readonly #attachment: Attachment;
  readonly #type: RestAuthorizerType;
  readonly #perApi = new Map<string, TokenAuthorizer | RequestAuthorizer>();
  #pending: PendingId[] = [];

  /** For an HTTP or WebSocket API that is given the authorizer of REST APIs. */
  readonly bind = refuseBinding('the authorizer of REST APIs');

  constructor(scope: Construct, id: string, attachment: Attachment, type: RestAuthorizerType) {
    super(scope, id);
    this.#attachment = attachment;
    this.#type = type;
  }

  /** A method reads this first and calls {@link _attachToApi} next, so the id is settled there. */
  override get authorizerId(): string {
    const id: PendingId = {};
    this.#pending.push(id);
    return Lazy.string({
      produce: () => {
        if (id.authorizer) return id.authorizer.authorizerId;
        throw new Error(
          'The id of the authorizer is not known, because it was read without attaching the authorizer to a method; pass forRestApi() or forRestApiRequest() as `authorizer` of addMethod or of defaultMethodOptions.',
        );
      },
    });
  }

  override _attachToApi(restApi: IRestApi): void {
    const authorizer = this.#perApi.get(restApi.restApiId) ?? this.#addAuthorizer(restApi);
    for (const id of this.#pending) id.authorizer = authorizer;
    this.#pending = [];
  }

  /** Everything lives in the API's stack: in two stacks, function and API would otherwise depend on each other. */
  #addAuthorizer(restApi: IRestApi): TokenAuthorizer | RequestAuthorizer {
    const api = restApi as IRestApi & Construct;
    const { handler, identitySources, resultsCacheTtl, registry, apis } = this.#attachment;
    const method = this.#type === 'TOKEN' ? 'forRestApi()' : 'forRestApiRequest()';
    refuseOtherEnvironment(method, api, handler);
    if (this.#type === 'TOKEN' && apis.isCachedByRoute) {
      throw new Error(
        `forRestApi(): there are "routes", and option "resultsCacheTtl" is ${resultsCacheTtl.toSeconds()} seconds; API Gateway caches the responses of a TOKEN authorizer by the token alone, and would use the one for one route on all others, so use forRestApiRequest(), or leave "resultsCacheTtl" out.`,
      );
    }
    const scope = new Construct(api, `RevocableAuthorizer${this.node.addr.slice(-8)}`);
    const common = {
      // Without permissions, because CDK would put the permission into the stack of the function.
      handler: LambdaFunction.fromFunctionAttributes(scope, 'Handler', {
        functionArn: handler.functionArn,
        sameEnvironment: false,
        skipPermissions: true,
      }),
      // Written even when it is 0: API Gateway's own default is five minutes.
      resultsCacheTtl,
    };
    const authorizer =
      this.#type === 'TOKEN'
        ? new TokenAuthorizer(scope, 'Authorizer', { ...common, ...tokenSource(identitySources) })
        : addRequestAuthorizer(scope, common, identitySources, apis.isCachedByRoute);
    permitInvocation(scope, this.#attachment, restApi.restApiId, authorizer.authorizerId);
    authorizer._attachToApi(restApi);
    this.#keepDeployed(authorizer, restApi);
    registry?.add(scope, 'rest', restApi.restApiId);
    apis.add({
      kind: 'rest',
      api,
      apiId: restApi.restApiId,
      authorizerId: authorizer.authorizerId,
    });
    this.#perApi.set(restApi.restApiId, authorizer);
    return authorizer;
  }

  #keepDeployed(authorizer: TokenAuthorizer | RequestAuthorizer, restApi: IRestApi): void {
    const { redeployKey } = this.#attachment;
    const resource = authorizer.node.defaultChild as CfnAuthorizer;
    redeployOnChange(authorizer, restApi, () => {
      const { type, authorizerUri, authorizerResultTtlInSeconds: ttlSeconds } = resource;
      const { identitySource, identityValidationExpression } = resource;
      return { type, authorizerUri, redeployKey, ttlSeconds, identitySource, identityValidationExpression };
    });
    warnOfOtherDeployments(authorizer, restApi);
  }
}

function addRequestAuthorizer(
  scope: Construct,
  common: Omit<RequestAuthorizerProps, 'identitySources'>,
  sources: readonly IdentitySource[],
  isByRoute: boolean,
): RequestAuthorizer {
  const expressions = identitySourceExpressions('rest', sources, 'forRestApiRequest()', isByRoute);
  const authorizer = new RequestAuthorizer(scope, 'Authorizer', {
    ...common,
    identitySources: expressions ?? [],
  });
  // CDK would write an empty text.
  if (!expressions) (authorizer.node.defaultChild as CfnAuthorizer).identitySource = undefined;
  return authorizer;
}

function tokenSource(sources: readonly IdentitySource[]) {
  const [header, second] = sourcesOf('rest', sources);
  if (header?.settings.in !== 'header' || second !== undefined) {
    throw new Error(
      'forRestApi(): a TOKEN authorizer is told of one header and of nothing else, and option "identitySources" holds another place; use forRestApiRequest().',
    );
  }
  const isAuthorization = header.settings.name === 'authorization';
  return {
    identitySource: `method.request.header.${header.parameter}`,
    validationRegex: isAuthorization ? `^${BEARER}${B64TOKEN}$` : `^(${BEARER})?${B64TOKEN}$`,
  };
}
