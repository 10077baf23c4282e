import { describe, expect, it, test } from '@jest/globals';
import { App, Duration, Fn, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUrlIntegration, WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { AuthorizerStack } from '../../lib/authorizer-stack.ts';
import { defineConfig } from '../../lib/define-config.ts';
import { IdentitySource } from '../../lib/identity-source.ts';
import type { RevocableAuthorizerAttributes } from '../../lib/imported-authorizer.ts';
import { RevocableAuthorizer } from '../../lib/revocable-authorizer.ts';
import { anIssuer, statementsOf } from './an-authorizer.ts';

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:authorizer';

function anImported(attributes: Partial<RevocableAuthorizerAttributes> = {}) {
  const stack = new Stack(new App(), 'Orders', { env: { account: '123456789012', region: 'eu-west-1' } });
  const authorizer = RevocableAuthorizer.fromAttributes(stack, 'Authorizer', {
    authorizerFunctionArn: ARN,
    ...attributes,
  });
  return { stack, authorizer };
}

describe('RevocableAuthorizer.fromAttributes', () => {
  it('attaches every kind of API, and makes neither functions nor a table', () => {
    const { stack, authorizer } = anImported();
    const rest = new RestApi(stack, 'Rest', {
      defaultMethodOptions: { authorizer: authorizer.forRestApi() },
    });
    rest.root.addMethod('GET');
    rest.root.addMethod('POST', undefined, { authorizer: authorizer.forRestApiRequest() });
    authorizer.addDenialResponses(rest);
    new HttpApi(stack, 'Http', {
      defaultIntegration: new HttpUrlIntegration('Orders', 'https://orders.example.com'),
      defaultAuthorizer: authorizer.forHttpApi(),
    });
    new WebSocketApi(stack, 'WebSocket', {
      connectRouteOptions: {
        integration: new WebSocketMockIntegration('Connect'),
        authorizer: authorizer.forWebSocketApi(),
      },
    });
    const template = Template.fromStack(stack);

    const uris = [
      ...Object.values(template.findResources('AWS::ApiGateway::Authorizer')),
      ...Object.values(template.findResources('AWS::ApiGatewayV2::Authorizer')),
    ].map(({ Properties }) => Properties.AuthorizerUri);
    expect(uris).toHaveLength(4);
    for (const uri of uris) {
      expect(uri).toBe(`arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${ARN}/invocations`);
    }
    template.resourcePropertiesCountIs('AWS::Lambda::Permission', { FunctionName: ARN }, 4);
    template.resourceCountIs('AWS::Lambda::Function', 0);
    template.resourceCountIs('AWS::DynamoDB::GlobalTable', 0);
    template.resourceCountIs('AWS::ApiGateway::GatewayResponse', 4);
  });

  it('does as the authorizer was made: sources, answer, cache', () => {
    const { stack, authorizer } = anImported({
      identitySources: [IdentitySource.cookie('token')],
      httpApiAnswer: 'iam',
      resultsCacheTtl: Duration.minutes(1),
    });
    new HttpApi(stack, 'Http', {
      defaultIntegration: new HttpUrlIntegration('Orders', 'https://orders.example.com'),
      defaultAuthorizer: authorizer.forHttpApi(),
    });

    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      IdentitySource: ['$request.header.Cookie'],
      EnableSimpleResponses: false,
      AuthorizerResultTtlInSeconds: 60,
    });
  });

  it('has the requests of a route table cached route by route, and takes issuers that it does not know', () => {
    const { stack, authorizer } = anImported({
      routes: { 'GET /': { scopes: ['a'], issuers: ['elsewhere'] } },
      routesIssuers: ['another'],
      resultsCacheTtl: Duration.minutes(1),
    });
    const api = new RestApi(stack, 'Rest', { cloudWatchRole: false });
    api.root.addMethod('GET', undefined, { authorizer: authorizer.forRestApiRequest() });

    Template.fromStack(stack).hasResourceProperties('AWS::ApiGateway::Authorizer', {
      IdentitySource:
        'method.request.header.Authorization,context.httpMethod,context.path,context.domainName',
    });
    expect(() => api.root.addMethod('POST', undefined, { authorizer: authorizer.forRestApi() })).toThrow(
      'so use forRestApiRequest()',
    );
  });

  it('grants to revoke by invoking the admin function of that name', () => {
    const { stack, authorizer } = anImported({ revocationsFunctionName: 'revocations' });
    const role = new Role(stack, 'Logout', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    authorizer.grantRevoke(role);

    const [statement] = statementsOf(Template.fromStack(stack), 'Logout');
    expect(statement).toMatchObject({ Effect: 'Allow', Action: 'lambda:InvokeFunction' });
    expect(JSON.stringify(statement)).toContain(':lambda:eu-west-1:123456789012:function:revocations');
  });

  it('says what is missing to grant anything', () => {
    const { stack, authorizer } = anImported();
    const role = new Role(stack, 'Logout', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });

    expect(() => authorizer.grantRevoke(role)).toThrow('option "revocationsFunctionName" is nothing');
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['no function', { authorizerFunctionArn: undefined }, 'option "authorizerFunctionArn" is nothing'],
    ['an empty name', { revocationsFunctionName: '' }, 'option "revocationsFunctionName" is ""'],
    ['a misspelled option', { functionArn: ARN }, 'there is no option "functionArn"'],
    [
      'another answer',
      { httpApiAnswer: 'both' },
      'option "httpApiAnswer" is "both"; give "simple" or "iam".',
    ],
    ['another detail', { denialDetail: null }, 'option "denialDetail" is null; give "generic" or "reason".'],
    ['a long cache', { resultsCacheTtl: Duration.hours(2) }, 'option "resultsCacheTtl" is 7200 seconds'],
    ['sources without a list', { identitySources: 'Authorization' }, 'option "identitySources" is'],
  ])('refuses %s', (_what, attributes, message) => {
    expect(() => anImported(attributes)).toThrow(message);
  });
});

describe('resultsCacheTtl of an authorizer of the same application', () => {
  const parameter = '/Tokens/authorizer-function-arn';
  const ways: [string, (stack: Stack, owner: AuthorizerStack) => string][] = [
    ['its attribute', (_stack, owner) => owner.authorizer.authorizerFunction.functionArn],
    ['its SSM parameter', (stack) => StringParameter.valueForStringParameter(stack, parameter)],
  ];

  /** An app with an authorizer, and an API elsewhere in it that caches its answers. */
  function anApp(arnOf: (typeof ways)[number][1], cached: Duration, allowed?: Duration) {
    const app = new App();
    const config = { issuers: [anIssuer()], stackName: 'Tokens', externalResultsCacheTtl: allowed };
    const owner = new AuthorizerStack(app, defineConfig(config));
    const stack = new Stack(app, 'Orders');
    const authorizer = RevocableAuthorizer.fromAttributes(stack, 'Authorizer', {
      authorizerFunctionArn: arnOf(stack, owner),
      resultsCacheTtl: cached,
      redeployKey: '1',
    });
    new RestApi(stack, 'Api').root.addMethod('GET', undefined, { authorizer: authorizer.forRestApi() });
    return { app, stack };
  }

  test.each(ways)('is refused when it is more than that allows, by %s', (_way, arnOf) => {
    expect(() => anApp(arnOf, Duration.hours(1)).app.synth()).toThrow(
      'RevocableAuthorizer.fromAttributes "Authorizer": option "resultsCacheTtl" is 1 hour, and the authorizer Tokens/Authorizer reckons with 0 seconds at most for caches that it cannot flush; give it externalResultsCacheTtl: Duration.seconds(3600), by which its revocations take that long, or lower "resultsCacheTtl".',
    );
    expect(() => anApp(arnOf, Duration.seconds(61), Duration.minutes(1)).app.synth()).toThrow(
      'reckons with 1 minute at most',
    );
    const { app, stack } = anApp(arnOf, Duration.minutes(1), Duration.minutes(1));
    expect(() => app.synth()).not.toThrow();
    const ours = Match.stringLikeRegexp('revocable-authorizer:');
    expect(Annotations.fromStack(stack).findWarning('*', ours)).toEqual([]);
  });

  test.each(ways)('is refused when that has routes and this has none, by %s', (_way, arnOf) => {
    const routed = (here: Record<string, unknown>) => {
      const app = new App();
      const { authorizer: owner } = new AuthorizerStack(
        app,
        defineConfig({
          issuers: [anIssuer()],
          stackName: 'Tokens',
          externalResultsCacheTtl: Duration.minutes(1),
          routes: { 'GET /': 'any' },
        }),
      );
      const stack = new Stack(app, 'Orders');
      const authorizer = RevocableAuthorizer.fromAttributes(stack, 'Authorizer', {
        authorizerFunctionArn: arnOf(stack, { authorizer: owner } as AuthorizerStack),
        redeployKey: '1',
        ...here,
      });
      new RestApi(stack, 'Api').root.addMethod('GET', undefined, {
        authorizer: authorizer.forRestApiRequest(),
      });
      return app;
    };
    const resultsCacheTtl = Duration.minutes(1);
    expect(() => routed({ resultsCacheTtl }).synth()).toThrow(
      'option "resultsCacheTtl" is 1 minute, and the authorizer Tokens/Authorizer has "routes", which are missing here: API Gateway would use its response about one route for every route; give the same "routes", or leave out "resultsCacheTtl".',
    );
    expect(() => routed({ resultsCacheTtl, routes: { 'GET /': 'any' } }).synth()).not.toThrow();
    expect(() => routed({}).synth()).not.toThrow();
  });

  it('is warned of when that authorizer is in another application, until somebody acknowledges it', () => {
    const { stack } = anImported({ resultsCacheTtl: Duration.minutes(1) });
    const warnings = Annotations.fromStack(stack).findWarning(
      '*',
      Match.stringLikeRegexp(
        'its owner has to give externalResultsCacheTtl of at least 1 minute.*\\[ack: revocable-authorizer:externalResultsCacheTtl\\]',
      ),
    );
    expect(warnings).toHaveLength(1);
    const uncached = Annotations.fromStack(anImported().stack);
    const warning = Match.stringLikeRegexp('externalResultsCacheTtl');
    expect(uncached.findWarning('*', warning)).toEqual([]);
    expect(uncached.findInfo('*', Match.anyValue())).toEqual([]);
  });

  test.each<[string, (stack: Stack) => string]>([
    ['formatArn', (stack) => stack.formatArn({ service: 'lambda', resource: 'function:authorizer' })],
    ['a template string', ({ region }) => `arn:aws:lambda:${region}:123456789012:function:authorizer`],
    ['an import of another stack', () => Fn.importValue('AuthorizerFunctionArn')],
  ])('is warned of when the ARN comes from %s', (_what, arnOf) => {
    const stack = new Stack(new App(), 'Orders');
    RevocableAuthorizer.fromAttributes(stack, 'Authorizer', {
      authorizerFunctionArn: arnOf(stack),
      resultsCacheTtl: Duration.minutes(1),
    });
    const warning = Match.stringLikeRegexp('revocable-authorizer:externalResultsCacheTtl');
    expect(Annotations.fromStack(stack).findWarning('*', warning)).toHaveLength(1);
  });
});
