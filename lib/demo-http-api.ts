import { Validations } from 'aws-cdk-lib';
import { CorsHttpMethod, HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { AttachableAuthorizer } from './attachable-authorizer.ts';

/** Adds the HTTP API of the demo, every route of it behind the authorizer. */
export function addDemoHttpApi(
  scope: Construct,
  backend: IFunction,
  authorizer: AttachableAuthorizer,
): HttpApi {
  const api = new HttpApi(scope, 'HttpApi', {
    apiName: 'DemoHttp',
    description: 'Orders, for those with a live token.',
    defaultAuthorizer: authorizer.forHttpApi(),
    // API Gateway answers preflight requests by itself, before any authorizer.
    corsPreflight: {
      allowOrigins: ['*'],
      allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST],
      allowHeaders: ['Authorization', 'Content-Type'],
    },
  });
  const integration = new HttpLambdaIntegration('Backend', backend);
  api.addRoutes({ path: '/orders', methods: [HttpMethod.GET, HttpMethod.POST], integration });
  api.addRoutes({ path: '/orders/{id}', methods: [HttpMethod.GET], integration });
  if (api.defaultStage) {
    Validations.of(api.defaultStage).acknowledge({
      id: 'AwsSolutions-APIG1',
      reason:
        'Access logs cost money; the demo serves made-up orders, and its authorizer logs each decision.',
    });
  }
  return api;
}
