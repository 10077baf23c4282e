import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Cors, EndpointType, LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { HttpApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import type { UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { AttachableAuthorizer } from './attachable-authorizer.ts';
import { BundledFunction } from './bundled-function.ts';
import { addDemoHttpApi } from './demo-http-api.ts';
import { addDemoWebSocketApi } from './demo-web-socket-api.ts';
import { IdentitySource } from './identity-source.ts';
import { Issuer } from './issuer.ts';
import { lambdaCode } from './lambda-code.ts';

/** Where the APIs of the demo are. */
export interface DemoApis {
  readonly rest: RestApi;
  readonly http: HttpApi;
  /** The stage has the address. */
  readonly webSocket: WebSocketStage;
}

/**
 * Something to try an authorizer on: a Cognito user pool with a client, and a small API of each kind. Goes with the
 * stack.
 */
export class Demo extends Construct {
  /** For REST and HTTP APIs that is the one header, so that API Gateway itself refuses a request without it. */
  static readonly identitySources: readonly IdentitySource[] = [
    IdentitySource.header('Authorization'),
    IdentitySource.webSocketProtocol(),
  ];

  readonly userPool: UserPool;
  readonly client: UserPoolClient;
  /** Accepts the access tokens of the demo's client. */
  readonly issuer: Issuer;
  readonly #backend: BundledFunction;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.userPool = new UserPool(this, 'UserPool', {
      selfSignUpEnabled: false,
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
      },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(this.userPool).acknowledge(
      {
        id: 'AwsSolutions-COG2',
        reason: 'Its users are made up by whoever tries the demo, with one command.',
      },
      {
        id: 'AwsSolutions-COG8',
        reason: 'The plus plan costs money for each user; the demo is free of that.',
      },
    );
    this.client = this.userPool.addClient('Client', {
      authFlows: { userPassword: true },
      disableOAuth: true,
      preventUserExistenceErrors: true,
    });
    this.issuer = Issuer.cognitoUserPool(this.userPool, { clients: [this.client] });
    this.#backend = new BundledFunction(this, 'Backend', {
      description: 'Answers the orders of the demo.',
      code: lambdaCode('demo'),
      timeout: Duration.seconds(5),
      logRetention: RetentionDays.ONE_WEEK,
      logRemovalPolicy: RemovalPolicy.DESTROY,
    });
  }

  /** Adds the APIs, every route of them behind the authorizer. */
  addApis(authorizer: AttachableAuthorizer): DemoApis {
    return {
      rest: this.#addRestApi(authorizer),
      http: addDemoHttpApi(this, this.#backend, authorizer),
      webSocket: addDemoWebSocketApi(this, this.#backend, authorizer),
    };
  }

  #addRestApi(authorizer: AttachableAuthorizer): RestApi {
    const api = new RestApi(this, 'Api', {
      restApiName: 'Demo',
      description: 'Orders, for those with a live token.',
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: false,
      defaultIntegration: new LambdaIntegration(this.#backend, { allowTestInvoke: false }),
      defaultMethodOptions: { authorizer: authorizer.forRestApi() },
      defaultCorsPreflightOptions: {
        allowOrigins: Cors.ALL_ORIGINS,
        allowMethods: ['GET', 'POST'],
        allowHeaders: ['Authorization', 'Content-Type'],
      },
    });
    api.node.tryRemoveChild('Endpoint'); // The stack has an output for the address.
    authorizer.addDenialResponses(api);

    Validations.of(api).acknowledge({
      id: 'AwsSolutions-APIG2',
      reason: 'There is nothing to validate: the backend reads one path parameter, and no body.',
    });
    const logging =
      'API Gateway logs only with a role set for the whole account and region, which a demo leaves alone.';
    Validations.of(api.deploymentStage).acknowledge(
      { id: 'AwsSolutions-APIG1', reason: logging },
      { id: 'AwsSolutions-APIG6', reason: logging },
      {
        id: 'AwsSolutions-APIG3',
        reason: 'A web ACL costs money each month; the demo serves made-up orders.',
      },
    );
    const request = { authorizer: authorizer.forRestApiRequest() };
    const orders = api.root.addResource('orders');
    // The same once more, for a REQUEST authorizer.
    const again = api.root.addResource('requests').addResource('orders');
    const methods = [
      orders.addMethod('GET'),
      orders.addMethod('POST'),
      orders.addResource('{id}').addMethod('GET'),
      again.addMethod('GET', undefined, request),
      again.addMethod('POST', undefined, request),
      again.addResource('{id}').addMethod('GET', undefined, request),
    ];
    for (const method of methods) {
      Validations.of(method).acknowledge({
        id: 'AwsSolutions-COG4',
        reason:
          'The Lambda authorizer is the point: that of Cognito lets a revoked token through until it expires.',
      });
    }
    return api;
  }
}
