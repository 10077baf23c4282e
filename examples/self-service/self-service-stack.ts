// In an application of your own, './lib/index.ts' is 'revocable-authorizer'.
import { join } from 'node:path';
import { Duration, Stack } from 'aws-cdk-lib';
import { LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { Construct } from 'constructs';
import { Issuer, RevocableAuthorizer } from '../../lib/index.ts';

/** The origin of the account pages. */
const PAGE = 'https://app.example.com';

/** How long somebody stays signed in without doing anything: the life of a refresh token. */
const SESSION_LIFETIME = Duration.days(30);

/** A user pool, an API behind the authorizer, and the pages of the account: my devices, sign out, sign out the others. */
export class SelfServiceStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const pool = new UserPool(this, 'Users', { signInAliases: { email: true } });
    const client = pool.addClient('Web', {
      authFlows: { userSrp: true },
      disableOAuth: true,
      refreshTokenValidity: SESSION_LIFETIME,
      enableTokenRevocation: true, // also what puts origin_jti into the tokens
    });

    const authorizer = new RevocableAuthorizer(this, 'Authorizer', {
      issuers: [
        Issuer.cognitoUserPool(pool, {
          clients: [client],
          requireSession: true, // a token without a session could not be signed out with its device
          maxSessionLifetime: SESSION_LIFETIME,
        }),
      ],
      context: { session: 'origin_jti', issuedAt: 'iat' },
      revocationWithin: Duration.seconds(5),
    });

    const sessions = new TableV2(this, 'Sessions', {
      partitionKey: { name: 'subject', type: AttributeType.STRING },
      sortKey: { name: 'session', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
    });
    const account = new NodejsFunction(this, 'Account', {
      entry: join(import.meta.dirname, 'account.ts'),
      runtime: Runtime.NODEJS_24_X,
      timeout: Duration.seconds(28),
      environment: {
        REVOCATIONS_FUNCTION: authorizer.revocationsFunction.functionName,
        SESSIONS_TABLE: sessions.tableName,
        CLIENT_ID: client.userPoolClientId,
        PAGE,
      },
    });
    authorizer.grantRevoke(account);
    sessions.grant(account, 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:DeleteItem');

    const api = new RestApi(this, 'Api', {
      defaultIntegration: new LambdaIntegration(account),
      defaultMethodOptions: { authorizer: authorizer.forRestApi() },
      defaultCorsPreflightOptions: { allowOrigins: [PAGE], allowHeaders: ['Authorization', 'Content-Type'] },
    });
    authorizer.addDenialResponses(api, { allowOrigin: PAGE });
    api.root.addResource('sessions').addMethod('GET');
    const logout = api.root.addResource('logout');
    logout.addMethod('POST');
    logout.addResource('others').addMethod('POST');
    logout.addResource('everywhere').addMethod('POST');
  }
}
