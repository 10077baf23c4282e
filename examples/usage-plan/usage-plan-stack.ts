// In an application of your own, '../../lib/index.ts' is 'revocable-authorizer'.
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { ApiKey, ApiKeySourceType, LambdaIntegration, Period, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { Construct } from 'constructs';
import { Issuer, RevocableAuthorizer } from '../../lib/index.ts';

/** A REST API with a rate limit per application: each token is counted for the `client_id` that it was issued to. */
export class UsagePlanStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const pool = new UserPool(this, 'Users');
    const clients = { web: pool.addClient('Web'), partner: pool.addClient('Partner') };
    const authorizer = new RevocableAuthorizer(this, 'Authorizer', {
      issuers: [Issuer.cognitoUserPool(pool, { clients: Object.values(clients) })],
      usageIdentifierKeyClaim: 'client_id',
    });
    const backend = new NodejsFunction(this, 'Backend', {
      entry: join(import.meta.dirname, 'backend.ts'),
      runtime: Runtime.NODEJS_24_X,
    });
    const api = new RestApi(this, 'Orders', {
      apiKeySourceType: ApiKeySourceType.AUTHORIZER,
      defaultIntegration: new LambdaIntegration(backend),
      defaultMethodOptions: { authorizer: authorizer.forRestApi(), apiKeyRequired: true },
    });
    authorizer.addDenialResponses(api);
    api.root.addResource('orders').addMethod('GET');

    const limits = {
      web: { throttle: { rateLimit: 100, burstLimit: 200 } },
      partner: {
        throttle: { rateLimit: 5, burstLimit: 10 },
        quota: { limit: 10_000, period: Period.DAY },
      },
    };
    for (const name of ['web', 'partner'] as const) {
      const plan = api.addUsagePlan(`Plan-${name}`, limits[name]);
      plan.addApiStage({ stage: api.deploymentStage });
      // An API key is no secret here: no client sends one, only the authorizer names it.
      plan.addApiKey(new ApiKey(this, `Key-${name}`, { value: clients[name].userPoolClientId }));
    }
  }
}
