// In an application of your own, '../../lib/index.ts' is 'revocable-authorizer'.
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { Construct } from 'constructs';
import { IdentitySource, Issuer, RevocableAuthorizer } from '../../lib/index.ts';

/** A WebSocket API for pages, which offer their token as a subprotocol: `new WebSocket(url, ['bearer', token])`. */
export class WebSocketStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const authorizer = new RevocableAuthorizer(this, 'Authorizer', {
      issuers: [Issuer.oidc('https://idp.example.com/', { audience: 'orders' })],
      identitySources: [IdentitySource.webSocketProtocol('bearer')],
    });
    const backend = new NodejsFunction(this, 'Backend', {
      entry: join(import.meta.dirname, 'backend.ts'),
      runtime: Runtime.NODEJS_24_X,
    });
    const api = new WebSocketApi(this, 'News', {
      connectRouteOptions: {
        integration: new WebSocketLambdaIntegration('Connect', backend),
        authorizer: authorizer.forWebSocketApi(),
      },
    });
    api.addRoute('$default', {
      integration: new WebSocketLambdaIntegration('Message', backend),
      returnResponse: true,
    });
    new WebSocketStage(this, 'Stage', { webSocketApi: api, stageName: 'prod', autoDeploy: true });
  }
}
