// In an application of your own, '../../lib/index.ts' is 'revocable-authorizer'.
import { join } from 'node:path';
import { Duration, Stack } from 'aws-cdk-lib';
import { LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { Construct } from 'constructs';
import { Issuer, RevocableAuthorizer } from '../../lib/index.ts';

const PAGE = 'https://app.example.com';

/** A REST API whose every method takes its token from the header `Authorization`. */
export class RestTokenStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const authorizer = new RevocableAuthorizer(this, 'Authorizer', {
      issuers: [Issuer.oidc('https://idp.example.com/', { audience: 'orders' })],
      revocationWithin: Duration.seconds(5),
    });
    const backend = new NodejsFunction(this, 'Backend', {
      entry: join(import.meta.dirname, 'backend.ts'),
      runtime: Runtime.NODEJS_24_X,
    });
    const api = new RestApi(this, 'Orders', {
      defaultIntegration: new LambdaIntegration(backend),
      defaultMethodOptions: { authorizer: authorizer.forRestApi() },
      defaultCorsPreflightOptions: { allowOrigins: [PAGE], allowHeaders: ['Authorization'] },
    });
    authorizer.addDenialResponses(api, { allowOrigin: PAGE });
    const orders = api.root.addResource('orders');
    orders.addMethod('GET');
    orders.addResource('{id}').addMethod('GET');
  }
}
