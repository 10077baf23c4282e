// In an application of your own, '../../lib/index.ts' is 'revocable-authorizer'.
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { Construct } from 'constructs';
import { IdentitySource, Issuer, RevocableAuthorizer } from '../../lib/index.ts';

/** A REST API for pages, which have their token in a cookie, and for programs, which send it in the header. */
export class RestRequestStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const authorizer = new RevocableAuthorizer(this, 'Authorizer', {
      issuers: [Issuer.oidc('https://idp.example.com/', { audience: 'orders' })],
      identitySources: [IdentitySource.header('Authorization'), IdentitySource.cookie('__Host-token')],
    });
    const backend = new NodejsFunction(this, 'Backend', {
      entry: join(import.meta.dirname, 'backend.ts'),
      runtime: Runtime.NODEJS_24_X,
    });
    const api = new RestApi(this, 'Orders', {
      defaultIntegration: new LambdaIntegration(backend),
      defaultMethodOptions: { authorizer: authorizer.forRestApiRequest() },
    });
    authorizer.addDenialResponses(api);
    api.root.addResource('orders').addMethod('GET');
  }
}
