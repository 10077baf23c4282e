// The CDK app whose results cache is turned off and on again, as one without CDK's feature flag: it is what most owners have.
import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { EndpointType, LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BundledFunction } from '../../lib/bundled-function.ts';
import { Issuer, RevocableAuthorizer } from '../../lib/index.ts';
import { lambdaCode } from '../../lib/lambda-code.ts';
import { TTL_SECONDS } from './compare-updates.ts';

const app = new App({
  postCliContext: { '@aws-cdk/aws-apigateway:authorizerChangeDeploymentLogicalId': false },
});
const stack = new Stack(app, 'Updates');
const removalPolicy = RemovalPolicy.DESTROY;
const userPool = new UserPool(stack, 'UserPool', { removalPolicy });
const authorizer = new RevocableAuthorizer(stack, 'Authorizer', {
  issuers: [Issuer.cognitoUserPool(userPool, { clients: [userPool.addClient('Client')] })],
  resultsCacheTtl: Duration.seconds(Number(process.env[TTL_SECONDS])),
  removalPolicy,
  deletionProtection: false,
});
const backend = new BundledFunction(stack, 'Backend', {
  description: 'Answers the orders of the demo.',
  code: lambdaCode('demo'),
  timeout: Duration.seconds(5),
  logRetention: RetentionDays.ONE_WEEK,
  logRemovalPolicy: removalPolicy,
});
const api = new RestApi(stack, 'Api', {
  endpointTypes: [EndpointType.REGIONAL],
  cloudWatchRole: false,
  defaultIntegration: new LambdaIntegration(backend, { scopePermissionToMethod: false }),
});
api.root.addResource('orders').addMethod('GET', undefined, { authorizer: authorizer.forRestApi() });
authorizer.addDenialResponses(api);
const outputs = {
  AuthorizerFunctionArn: authorizer.authorizerFunction.functionArn,
  RevocationsFunctionName: authorizer.revocationsFunction.functionName,
  DemoApiUrl: api.url,
  DemoHttpApiUrl: api.url, // there is none
};
for (const [name, value] of Object.entries(outputs)) new CfnOutput(stack, name, { value });
