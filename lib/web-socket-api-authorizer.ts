import { Names } from 'aws-cdk-lib';
import type {
  IWebSocketApi,
  IWebSocketRouteAuthorizer,
  WebSocketRouteAuthorizerBindOptions,
  WebSocketRouteAuthorizerConfig,
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

const RECEIVED = 'the authorizer of WebSocket APIs';

/**
 * The authorizer as WebSocket APIs see it; one object for any number of APIs, in any stack.
 *
 * API Gateway has no results cache for them: every `$connect` is checked.
 */
export class WebSocketApiAuthorizer extends Construct implements IWebSocketRouteAuthorizer {
  readonly #attachment: Attachment;
  readonly #perApi = new Map<string, string>();

  constructor(scope: Construct, id: string, attachment: Attachment) {
    super(scope, id);
    this.#attachment = attachment;
  }

  /** For a REST API that is given the authorizer of WebSocket APIs. */
  get authorizerId(): NotAnAuthorizer<AdviceFor<'rest'>> {
    return refuseMisplaced('rest', RECEIVED);
  }

  bind({ route, scope }: WebSocketRouteAuthorizerBindOptions): WebSocketRouteAuthorizerConfig {
    const { webSocketApi } = route;
    if (webSocketApi === undefined) refuseMisplaced('http', RECEIVED);
    const authorizerId = this.#perApi.get(webSocketApi.apiId) ?? this.#addAuthorizer(scope, webSocketApi);
    return { authorizerId, authorizationType: 'CUSTOM' };
  }

  /** Everything lives in the API's stack: in two stacks, function and API would otherwise depend on each other. */
  #addAuthorizer(api: Construct, { apiId }: IWebSocketApi): string {
    const { handler, identitySources, apis } = this.#attachment;
    refuseOtherEnvironment('forWebSocketApi()', api, handler);
    const scope = new Construct(api, `RevocableAuthorizer${this.node.addr.slice(-8)}`);
    const { ref } = new CfnAuthorizer(scope, 'Authorizer', {
      apiId,
      name: Names.uniqueResourceName(scope, { maxLength: 128 }),
      authorizerType: 'REQUEST',
      authorizerUri: invocationUri(handler.functionArn),
      identitySource: identitySourceExpressions('websocket', identitySources, 'forWebSocketApi()'),
    });
    permitInvocation(scope, this.#attachment, apiId, ref);
    warnOfManualStages(scope, apiId);
    apis.add({ kind: 'websocket', api, apiId, authorizerId: ref });
    this.#perApi.set(apiId, ref);
    return ref;
  }
}
