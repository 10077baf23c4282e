// A stage of a REST API serves a snapshot: what is not in a new deployment did not happen.
import { describe, expect, it, test } from '@jest/globals';
import { Annotations, App, Aspects, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template, Annotations as Written } from 'aws-cdk-lib/assertions';
import {
  CfnAuthorizer,
  CfnDeployment,
  Deployment,
  MockIntegration,
  RestApi,
  Stage,
} from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUrlIntegration, WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { IdentitySource } from '../../lib/identity-source.ts';
import type { RevocableAuthorizerAttributes } from '../../lib/imported-authorizer.ts';
import type { RevocableAuthorizerProps } from '../../lib/revocable-authorizer.ts';
import { RevocableAuthorizer } from '../../lib/revocable-authorizer.ts';
import { anIssuer, logicalId } from './an-authorizer.ts';

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:authorizer';
const DEPLOYMENT = 'AWS::ApiGateway::Deployment';
const FLAG = '@aws-cdk/aws-apigateway:authorizerChangeDeploymentLogicalId';
const WARNING = 'revocable-authorizer:deployment';

type Kind = 'forRestApi' | 'forRestApiRequest';
type AddApi = (stack: Stack) => RestApi;

const withDeployment: AddApi = (stack) => new RestApi(stack, 'Api');
const withOwnDeployment: AddApi = (stack) => {
  const api = new RestApi(stack, 'Api', { deploy: false });
  const deployment = new Deployment(stack, 'ApiDeployment', { api });
  new Stage(stack, 'Stage', { deployment });
  return api;
};

interface Setup {
  readonly flag?: boolean;
  readonly kind?: Kind;
  readonly addApi?: AddApi;
}

/** The logical id of the deployment of an API with these settings. */
function deploymentId(
  props: Partial<RevocableAuthorizerProps>,
  { flag = false, kind = 'forRestApi', addApi = withDeployment }: Setup = {},
): string {
  const stack = new Stack(new App({ context: { [FLAG]: flag } }), 'Orders');
  const authorizer = new RevocableAuthorizer(stack, 'Authorizer', { issuers: [anIssuer()], ...props });
  addApi(stack).root.addMethod('GET', new MockIntegration(), { authorizer: authorizer[kind]() });
  return logicalId(Template.fromStack(stack), DEPLOYMENT, 'ApiDeployment');
}

/** The same of an API that is attached to an authorizer elsewhere. */
function importedId(attributes: Partial<RevocableAuthorizerAttributes>): string {
  const stack = new Stack(new App(), 'Orders');
  const authorizer = RevocableAuthorizer.fromAttributes(stack, 'Authorizer', {
    authorizerFunctionArn: ARN,
    ...attributes,
  });
  withDeployment(stack).root.addMethod('GET', undefined, { authorizer: authorizer.forRestApi() });
  return logicalId(Template.fromStack(stack), DEPLOYMENT, 'ApiDeployment');
}

describe('a REST API', () => {
  const setups: [string, Setup][] = [
    ['without the feature flag of CDK', { flag: false }],
    ['with it', { flag: true }],
    ['by a REQUEST authorizer', { kind: 'forRestApiRequest' }],
    ['by a deployment of its own', { addApi: withOwnDeployment }],
  ];

  describe.each(setups)('%s', (_what, setup) => {
    test.each<[string, Partial<RevocableAuthorizerProps>, Partial<RevocableAuthorizerProps>]>([
      ['the results cache is turned off', { resultsCacheTtl: Duration.hours(1) }, {}],
      ['the results cache is turned on', {}, { resultsCacheTtl: Duration.hours(1) }],
      ['the token moves elsewhere', {}, { identitySources: [IdentitySource.header('X-Token')] }],
    ])('is deployed anew when %s, and back', (_change, before, after) => {
      const [first, second, third] = [before, after, before].map((props) => deploymentId(props, setup));
      expect(second).not.toBe(first);
      expect(third).toBe(first);
    });
  });

  it('is deployed after its authorizer has changed', () => {
    for (const addApi of [withDeployment, withOwnDeployment]) {
      const stack = new Stack(new App(), 'Orders');
      const authorizer = new RevocableAuthorizer(stack, 'Authorizer', { issuers: [anIssuer()] });
      addApi(stack).root.addMethod('GET', undefined, { authorizer: authorizer.forRestApi() });
      const template = Template.fromStack(stack);
      template.hasResource(DEPLOYMENT, {
        DependsOn: Match.arrayWith([logicalId(template, 'AWS::ApiGateway::Authorizer', 'Api')]),
      });
    }
  });

  it('is deployed anew when it calls another function', () => {
    const ids = ['authorizer', 'authorizer', 'other'].map((name) =>
      importedId({ authorizerFunctionArn: ARN.replace(/authorizer$/, name) }),
    );
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('is deployed anew in a stack of its own, when the authorizer of another stack changes', () => {
    const ids = [undefined, Duration.hours(1)].map((resultsCacheTtl) => {
      const app = new App();
      const stack = new Stack(app, 'Orders');
      const api = new Stack(app, 'Api');
      const authorizer = new RevocableAuthorizer(stack, 'Authorizer', {
        issuers: [anIssuer()],
        resultsCacheTtl,
      });
      withDeployment(api).root.addMethod('GET', undefined, { authorizer: authorizer.forRestApi() });
      return logicalId(Template.fromStack(api), DEPLOYMENT, 'ApiDeployment');
    });
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('is deployed anew when an aspect changes the authorizer', () => {
    const ids = [0, 300].map((seconds) => {
      const stack = new Stack(new App(), 'Orders');
      const authorizer = new RevocableAuthorizer(stack, 'Authorizer', { issuers: [anIssuer()] });
      withDeployment(stack).root.addMethod('GET', undefined, { authorizer: authorizer.forRestApi() });
      Aspects.of(stack).add({
        visit: (node) => {
          if (node instanceof CfnAuthorizer) node.authorizerResultTtlInSeconds = seconds;
        },
      });
      return logicalId(Template.fromStack(stack), DEPLOYMENT, 'ApiDeployment');
    });
    expect(ids[0]).not.toBe(ids[1]);
  });

  test.each([
    ['of the API', withDeployment],
    ['of its own', withOwnDeployment],
  ])('is deployed anew when a denial response changes, by a deployment %s', (_what, addApi) => {
    const ids = ['*', 'https://app.example.com'].map((allowOrigin) => {
      const stack = new Stack(new App(), 'Orders');
      const authorizer = new RevocableAuthorizer(stack, 'Authorizer', { issuers: [anIssuer()] });
      const api = addApi(stack);
      api.root.addMethod('GET', undefined, { authorizer: authorizer.forRestApi() });
      authorizer.addDenialResponses(api, { allowOrigin });
      const template = Template.fromStack(stack);
      template.hasResource(DEPLOYMENT, {
        DependsOn: Match.arrayWith([
          logicalId(template, 'AWS::ApiGateway::GatewayResponse', 'ApiDenialUnauthorized'),
        ]),
      });
      return logicalId(template, DEPLOYMENT, 'ApiDeployment');
    });
    expect(ids[0]).not.toBe(ids[1]);
  });
});

describe('a deployment that cannot be changed', () => {
  const ways: [string, (stack: Stack) => ReturnType<typeof RestApi.fromRestApiAttributes> | RestApi][] = [
    [
      'elsewhere',
      (stack) => RestApi.fromRestApiAttributes(stack, 'Api', { restApiId: 'a1b2c3', rootResourceId: 'r00t' }),
    ],
    ['nowhere', (stack) => new RestApi(stack, 'Api', { deploy: false })],
    [
      'in plain CloudFormation',
      (stack) => {
        const api = new RestApi(stack, 'Api');
        new CfnDeployment(stack, 'Plain', { restApiId: api.restApiId });
        return api;
      },
    ],
    [
      'in a stack that may come before that of the authorizer',
      (stack) => {
        const elsewhere = new Stack(stack.node.root as App, 'First');
        const api = RestApi.fromRestApiId(elsewhere, 'Api', 'a1b2c3');
        new Deployment(elsewhere, 'Deployment', { api });
        return RestApi.fromRestApiAttributes(stack, 'Api', {
          restApiId: 'a1b2c3',
          rootResourceId: 'r00t',
        });
      },
    ],
  ];

  test.each(ways)('%s is warned of, until somebody acknowledges it', (_where, addApi) => {
    const warnings = (isAcknowledged: boolean) => {
      const stack = new Stack(new App(), 'Orders');
      const authorizer = new RevocableAuthorizer(stack, 'Authorizer', { issuers: [anIssuer()] });
      const api = addApi(stack);
      api.root.addMethod('GET', undefined, { authorizer: authorizer.forRestApi() });
      authorizer.addDenialResponses(api as RestApi);
      if (isAcknowledged) Annotations.of(api).acknowledgeWarning(WARNING);
      return Written.fromStack(stack)
        .findWarning('*', Match.stringLikeRegexp('authorizer'))
        .map(({ entry }) => String(entry.data));
    };

    expect(warnings(false)).toEqual([
      expect.stringMatching(
        /is not replaced when the authorizer changes: .*; deploy the API again .*\[ack: revocable-authorizer:deployment\]$/,
      ),
    ]);
    expect(warnings(true)).toEqual([]);
  });
});

describe('a stage of an HTTP or WebSocket API', () => {
  const warningsOf = (stack: Stack) =>
    Written.fromStack(stack).findWarning('*', Match.stringLikeRegexp(WARNING)).length;

  test.each([
    [true, 0],
    [false, 1],
  ])('is warned of unless it deploys changes by itself (autoDeploy: %s)', (autoDeploy, expected) => {
    const stack = new Stack(new App(), 'Orders');
    const authorizer = new RevocableAuthorizer(stack, 'Authorizer', { issuers: [anIssuer()] });
    const api = new HttpApi(stack, 'Http', {
      createDefaultStage: false,
      defaultIntegration: new HttpUrlIntegration('Orders', 'https://orders.example.com'),
      defaultAuthorizer: authorizer.forHttpApi(),
    });
    api.addStage('Stage', { stageName: 'prod', autoDeploy });
    expect(warningsOf(stack)).toBe(expected);

    const other = new Stack(new App(), 'News');
    const webSocketApi = new WebSocketApi(other, 'WebSocket', {
      connectRouteOptions: {
        integration: new WebSocketMockIntegration('Connect'),
        authorizer: new RevocableAuthorizer(other, 'Authorizer', {
          issuers: [anIssuer()],
        }).forWebSocketApi(),
      },
    });
    new WebSocketStage(other, 'Stage', { webSocketApi, stageName: 'prod', autoDeploy });
    expect(warningsOf(other)).toBe(expected);
  });
});

describe('redeployKey', () => {
  const parameter = '/RevocableAuthorizer/authorizer-function-arn';
  const anArn = (stack: Stack) => StringParameter.valueForStringParameter(stack, parameter);

  it('deploys the stage anew when it changes', () => {
    const ids = ['1', '1', '2'].map((redeployKey) => importedId({ redeployKey }));
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  test.each<[string, (stack: Stack) => Partial<RevocableAuthorizerAttributes>, number]>([
    ['an ARN that is known only at deployment', (stack) => ({ authorizerFunctionArn: anArn(stack) }), 1],
    ['the same, with a key', (stack) => ({ authorizerFunctionArn: anArn(stack), redeployKey: '1' }), 0],
    ['an ARN that is written out', () => ({ authorizerFunctionArn: ARN }), 0],
  ])('is told of where it is needed: %s', (_what, attributes, expected) => {
    const stack = new Stack(new App(), 'Orders');
    const authorizer = RevocableAuthorizer.fromAttributes(stack, 'Authorizer', {
      authorizerFunctionArn: ARN,
      ...attributes(stack),
    });
    withDeployment(stack).root.addMethod('GET', undefined, { authorizer: authorizer.forRestApi() });
    expect(
      Written.fromStack(stack).findInfo('*', Match.stringLikeRegexp('give another "redeployKey"')),
    ).toHaveLength(expected);
    expect(Written.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
  });

  test.each([
    ['', '""'],
    [1, '1'],
  ])('refuses %j', (redeployKey, shown) => {
    expect(() => importedId({ redeployKey } as never)).toThrow(
      `option "redeployKey" is ${shown}; give any string that changes when the authorizer function is replaced.`,
    );
  });
});
