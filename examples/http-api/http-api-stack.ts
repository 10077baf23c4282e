// In an application of your own, '../../lib/index.ts' is 'revocable-authorizer'.
import { join } from 'node:path';
import { Duration, Stack } from 'aws-cdk-lib';
import { CorsHttpMethod, HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { Construct } from 'constructs';
import { Issuer, RevocableAuthorizer } from '../../lib/index.ts';

/** An HTTP API whose backend also gets to know the tenant and the groups of the caller. */
export class HttpApiStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const authorizer = new RevocableAuthorizer(this, 'Authorizer', {
      issuers: [Issuer.oidc('https://idp.example.com/', { audience: 'orders' })],
      // Few issuers write these claims unless you tell them to; look at a token of yours.
      context: { tenant: 'tenant_id', groups: { claim: 'groups', required: false } },
      revocationWithin: Duration.seconds(5),
    });
    const backend = new NodejsFunction(this, 'Backend', {
      entry: join(import.meta.dirname, 'backend.ts'),
      runtime: Runtime.NODEJS_24_X,
    });
    const api = new HttpApi(this, 'Orders', {
      defaultAuthorizer: authorizer.forHttpApi(),
      corsPreflight: {
        allowOrigins: ['https://app.example.com'],
        allowMethods: [CorsHttpMethod.GET],
        allowHeaders: ['Authorization'],
      },
    });
    const integration = new HttpLambdaIntegration('Backend', backend);
    api.addRoutes({ path: '/orders', methods: [HttpMethod.GET], integration });
  }
}
