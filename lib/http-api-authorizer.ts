import { Names } from 'aws-cdk-lib';
import type {
  HttpRouteAuthorizerBindOptions,
  HttpRouteAuthorizerConfig,
  IHttpApi,
  IHttpRouteAuthorizer,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { CfnAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';
import type { Attachment } from './attachment.ts';
import { invocationUri, permitInvocation } from './attachment.ts';
import { identitySourceExpressions } from './identity-source.ts';
import { warnOfManualStages } from './redeploy.ts';
import type { AdviceFor, NotAnAuthorizer } from './refuse-misplaced.ts';
import { refuseMisplaced } from './refuse-misplaced.ts';
import { refuseOtherEnvironment } from './refuse-other-environment.ts';

/** The formats of the event that an HTTP API sends. The first is the default. */
export const PAYLOAD_FORMATS = ['2.0', '1.0'] as const;
export type PayloadFormat = (typeof PAYLOAD_FORMATS)[number];

const RECEIVED = 'the authorizer of HTTP APIs';

/**
 * The authorizer as HTTP APIs see it; one object for any number of routes and APIs, in any stack.
 *
 * API Gateway wants an authorizer resource per API. It is made when the first route of an API is attached.
 */
export class HttpApiAuthorizer extends Construct implements IHttpRouteAuthorizer {
  readonly #attachment: Attachment;
  readonly #payloadFormat: PayloadFormat;
  readonly #perApi = new Map<string, string>();

  constructor(scope: Construct, id: string, attachment: Attachment, payloadFormat: PayloadFormat) {
    super(scope, id);
    this.#attachment = attachment;
    this.#payloadFormat = payloadFormat;
  }

  /** For a REST API that is given the authorizer of HTTP APIs. */
  get authorizerId(): NotAnAuthorizer<AdviceFor<'rest'>> {
    return refuseMisplaced('rest', RECEIVED);
  }

  bind({ route, scope }: HttpRouteAuthorizerBindOptions): HttpRouteAuthorizerConfig {
    const { httpApi } = route;
    if (httpApi === undefined) refuseMisplaced('websocket', RECEIVED);
    const authorizerId = this.#perApi.get(httpApi.apiId) ?? this.#addAuthorizer(scope, httpApi);
    return { authorizerId, authorizationType: 'CUSTOM' };
  }

  /** Everything lives in the API's stack: in two stacks, function and API would otherwise depend on each other. */
  #addAuthorizer(api: Construct, { apiId }: IHttpApi): string {
    const { handler, identitySources, resultsCacheTtl, httpApiAnswer, registry, apis } = this.#attachment;
    const isByPolicy = this.#payloadFormat === '1.0' || httpApiAnswer === 'iam';
    // API Gateway compares a cached policy with the ARN of each request, and a cached yes or no with nothing: what the values
    // of the cache key hold is not documented well enough for that.
    if (apis.hasTable && !isByPolicy && resultsCacheTtl.toSeconds() > 0) {
      throw new Error(
        `forHttpApi(): there are "routes", option "resultsCacheTtl" is ${resultsCacheTtl.toSeconds()} seconds, and option "httpApiAnswer" is "simple"; API Gateway would use the yes for one route on others, so give httpApiAnswer: 'iam', which is the same to clients, or leave "resultsCacheTtl" out.`,
      );
    }
    refuseOtherEnvironment('forHttpApi()', api, handler);
    const scope = new Construct(api, `RevocableAuthorizer${this.node.addr.slice(-8)}`);
    const { ref } = new CfnAuthorizer(scope, 'Authorizer', {
      apiId,
      name: Names.uniqueResourceName(scope, { maxLength: 128 }),
      authorizerType: 'REQUEST',
      authorizerUri: invocationUri(handler.functionArn),
      authorizerPayloadFormatVersion: this.#payloadFormat,
      ...(this.#payloadFormat === '2.0' && { enableSimpleResponses: httpApiAnswer === 'simple' }),
      identitySource: identitySourceExpressions(
        'http',
        identitySources,
        'forHttpApi()',
        apis.isCachedByRoute,
      ),
      // Written even when it is 0: a property that is left out keeps its last value.
      authorizerResultTtlInSeconds: resultsCacheTtl.toSeconds(),
    });
    permitInvocation(scope, this.#attachment, apiId, ref);
    warnOfManualStages(scope, apiId);
    registry?.add(scope, 'http', apiId);
    apis.add({ kind: 'http', api, apiId, authorizerId: ref });
    this.#perApi.set(apiId, ref);
    return ref;
  }
}
