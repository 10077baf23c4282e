import { Validations } from 'aws-cdk-lib';
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { AttachableAuthorizer } from './attachable-authorizer.ts';

/** Adds the WebSocket API of the demo: who may connect gets an echo of each message. */
export function addDemoWebSocketApi(
  scope: Construct,
  backend: IFunction,
  authorizer: AttachableAuthorizer,
): WebSocketStage {
  const api = new WebSocketApi(scope, 'WebSocketApi', {
    apiName: 'DemoWebSocket',
    description: 'An echo, for those with a live token.',
    connectRouteOptions: {
      integration: new WebSocketLambdaIntegration('Connect', backend),
      authorizer: authorizer.forWebSocketApi(),
    },
  });
  const echo = api.addRoute('$default', {
    integration: new WebSocketLambdaIntegration('Echo', backend),
    returnResponse: true,
  });
  const stage = new WebSocketStage(scope, 'WebSocketStage', {
    webSocketApi: api,
    stageName: 'prod',
    autoDeploy: true,
  });
  Validations.of(stage).acknowledge({
    id: 'AwsSolutions-APIG1',
    reason: 'Access logs need a role set for the whole account and region, which a demo leaves alone.',
  });
  Validations.of(echo).acknowledge({
    id: 'AwsSolutions-APIG4',
    reason: 'API Gateway authorizes WebSocket connections by $connect alone; messages come over those.',
  });
  return stage;
}
