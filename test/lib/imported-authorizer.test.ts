import { describe, expect, it, test } from '@jest/globals';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUrlIntegration, WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { IdentitySource } from '../../lib/identity-source.ts';
import type { RevocableAuthorizerAttributes } from '../../lib/imported-authorizer.ts';
import { RevocableAuthorizer } from '../../lib/revocable-authorizer.ts';
import { statementsOf } from './an-authorizer.ts';

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
