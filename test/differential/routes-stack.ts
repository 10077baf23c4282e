import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { EndpointType, LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { AnyPrincipal, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { BundledFunction } from '../../lib/bundled-function.ts';
import type { RevocableAuthorizerProps, RouteAccess } from '../../lib/index.ts';
import { Issuer, RevocableAuthorizer } from '../../lib/index.ts';
import { lambdaCode } from '../../lib/lambda-code.ts';
import { SECOND } from './route-cases.ts';

const RULES: NonNullable<RevocableAuthorizerProps['routes']> = {
  'GET /catalog': 'any',
  'GET /orders': { anyScope: ['orders:read', 'orders:admin'] },
  'GET /orders/{id}': { scopes: ['orders:read'] },
  'GET /orders/export': { scopes: ['orders:read', 'orders:export'] },
  'POST /orders': { scopes: ['orders:write'], acr: ['gold'], maxAuthAge: Duration.minutes(15) },
  'GET /users/{sub}/orders': { scopes: ['orders:read'], pathClaims: { sub: 'sub' } },
  'ANY /admin/{proxy+}': { groups: ['admins'] },
  'GET /admin/audit': { groups: ['auditors'] },
  'DELETE /orders/{id}': 'nobody',
};
const OPEN = new PolicyDocument({
  statements: [
    new PolicyStatement({
      principals: [new AnyPrincipal()],
      actions: ['execute-api:Invoke'],
      resources: ['execute-api:/*'],
    }),
  ],
});
const ROOT: RouteAccess = { scopes: ['orders:read'] };

/** Every rule once more, below another path: an API with two authorizers needs two of each route. */
function below<T>(prefix: string, byRoute: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(byRoute).map(([route, value]) => [route.replace(' ', ` ${prefix}`), value]),
  );
}

/** A route table with a REST and an HTTP API that have just its routes, each behind two types of authorizers. */
export class RoutesStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    {
      hasOpenPolicy = false,
      ...options
    }: Pick<RevocableAuthorizerProps, 'httpApiAnswer' | 'resultsCacheTtl'> & {
      /** Whether the REST API has a resource policy that allows everybody. */
      readonly hasOpenPolicy?: boolean;
    },
  ) {
    super(scope, id);
    const routes = { 'GET /': ROOT, ...RULES, ...below(SECOND, RULES) };
    const userPool = new UserPool(this, 'UserPool', { removalPolicy: RemovalPolicy.DESTROY });
    const authorizer = new RevocableAuthorizer(this, 'Authorizer', {
      ...options,
      issuers: [Issuer.cognitoUserPool(userPool, { clients: [userPool.addClient('Client')] })],
      groupsClaim: 'cognito:groups',
      routes,
      removalPolicy: RemovalPolicy.DESTROY,
      deletionProtection: false,
    });
    const backend = new BundledFunction(this, 'Backend', {
      description: 'Answers the orders of the demo.',
      code: lambdaCode('demo'),
      timeout: Duration.seconds(5),
      logRetention: RetentionDays.ONE_WEEK,
      logRemovalPolicy: RemovalPolicy.DESTROY,
    });
    const keys = Object.keys(routes);
    const outputs = {
      AuthorizerFunctionArn: authorizer.authorizerFunction.functionArn,
      DemoApiUrl: this.#addRestApi(keys, authorizer, backend, {
        hasOpenPolicy,
        isCached: options.resultsCacheTtl !== undefined,
      }),
      DemoHttpApiUrl: this.#addHttpApi(keys, authorizer, backend),
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }

  /** Without a cache, the routes that are not below {@link SECOND} stand behind a TOKEN authorizer. */
  #addRestApi(
    routes: readonly string[],
    authorizer: RevocableAuthorizer,
    backend: IFunction,
    { hasOpenPolicy, isCached }: { readonly hasOpenPolicy: boolean; readonly isCached: boolean },
  ): string {
    const api = new RestApi(this, 'Api', {
      ...(hasOpenPolicy && { policy: OPEN }),
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: false,
      defaultIntegration: new LambdaIntegration(backend, { scopePermissionToMethod: false }),
    });
    const second = authorizer.forRestApiRequest();
    const first = isCached ? second : authorizer.forRestApi();
    for (const route of routes) {
      const [method = '', path = ''] = route.split(' ');
      api.root.resourceForPath(path).addMethod(method, undefined, {
        authorizer: path.startsWith(SECOND) ? second : first,
      });
    }
    return api.url;
  }

  #addHttpApi(routes: readonly string[], authorizer: RevocableAuthorizer, backend: IFunction): string {
    // MiniStack's event of format 1.0 has no `version`, so that the function takes it for one of a REST API; and these
    // have no stage $default.
    const api = new HttpApi(this, 'HttpApi', { createDefaultStage: false });
    const stage = api.addStage('Stage', { stageName: 'prod', autoDeploy: true });
    const integration = new HttpLambdaIntegration('Backend', backend, { scopePermissionToRoute: false });
    const [first, second] = [authorizer.forHttpApi(), authorizer.forHttpApi({ payloadFormat: '1.0' })];
    for (const route of routes) {
      const [method = '', path = ''] = route.split(' ');
      api.addRoutes({
        path,
        methods: [method as HttpMethod],
        integration,
        authorizer: path.startsWith(SECOND) ? second : first,
      });
    }
    return stage.url;
  }
}
