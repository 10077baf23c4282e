import { describe, expect, it, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AuthorizerStack } from '../../lib/authorizer-stack.ts';
import { logicalId } from './an-authorizer.ts';

const METHOD = 'AWS::ApiGateway::Method';
const template = Template.fromStack(new AuthorizerStack(new App(), { demo: true }));

describe('the demo', () => {
  test.each([
    ['GET', 'DemoApiorders4', 'TOKEN'],
    ['POST', 'DemoApiorders4', 'TOKEN'],
    ['GET', 'DemoApiordersid', 'TOKEN'],
    ['GET', 'DemoApirequestsorders', 'REQUEST'],
    ['POST', 'DemoApirequestsorders', 'REQUEST'],
    ['GET', 'DemoApirequestsordersid', 'REQUEST'],
  ])('answers %s on %s by the backend, behind a %s authorizer', (HttpMethod, prefix, Type) => {
    const [resource = ''] = Object.keys(template.findResources('AWS::ApiGateway::Resource')).filter((id) =>
      new RegExp(`^${prefix}[0-9A-F]+$`).test(id),
    );
    const [authorizer] = Object.keys(
      template.findResources('AWS::ApiGateway::Authorizer', { Properties: { Type } }),
    );
    template.hasResourceProperties(METHOD, {
      HttpMethod,
      ResourceId: { Ref: resource },
      AuthorizationType: 'CUSTOM',
      AuthorizerId: { Ref: authorizer },
      Integration: Match.objectLike({ Type: 'AWS_PROXY' }),
    });
  });

  it('has no other open route than preflight, which has no authorizer', () => {
    const open = Object.values(template.findResources(METHOD)).filter(
      ({ Properties }) => Properties.AuthorizationType !== 'CUSTOM',
    );
    expect(open).toHaveLength(6);
    for (const { Properties } of open) {
      expect(Properties).toMatchObject({ HttpMethod: 'OPTIONS', AuthorizationType: 'NONE' });
      expect(Properties).not.toHaveProperty('AuthorizerId');
    }
  });

  test.each(['GET /orders', 'POST /orders', 'GET /orders/{id}'])(
    'answers %s of the HTTP API by the backend, behind the authorizer',
    (RouteKey) => {
      template.hasResourceProperties('AWS::ApiGatewayV2::Route', {
        ApiId: { Ref: logicalId(template, 'AWS::ApiGatewayV2::Api', 'DemoHttpApi') },
        RouteKey,
        AuthorizationType: 'CUSTOM',
        AuthorizerId: { Ref: logicalId(template, 'AWS::ApiGatewayV2::Authorizer', 'DemoHttpApi') },
      });
    },
  );

  it('lets API Gateway itself refuse HTTP requests without a header, and answer preflight ones', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      IdentitySource: ['$request.header.Authorization'],
      AuthorizerResultTtlInSeconds: 0,
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      ProtocolType: 'HTTP',
      CorsConfiguration: Match.objectLike({ AllowOrigins: ['*'] }),
    });
  });

  it('echoes the messages of a WebSocket that connected with a token in a header or a subprotocol', () => {
    const ApiId = { Ref: logicalId(template, 'AWS::ApiGatewayV2::Api', 'DemoWebSocketApi') };
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      ApiId,
      IdentitySource: Match.absent(),
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', {
      ApiId,
      RouteKey: '$connect',
      AuthorizationType: 'CUSTOM',
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', {
      ApiId,
      RouteKey: '$default',
      RouteResponseSelectionExpression: '$default',
    });
    template.resourcePropertiesCountIs('AWS::ApiGatewayV2::Stage', { ApiId, StageName: 'prod' }, 1);
  });

  it('refuses with the sentence', () => {
    template.resourceCountIs('AWS::ApiGateway::GatewayResponse', 4);
  });

  it('takes tokens of the users that its owner makes, through one client without a secret', () => {
    template.hasResource('AWS::Cognito::UserPool', {
      DeletionPolicy: 'Delete',
      Properties: { AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } },
    });
    template.hasResourceProperties('AWS::Cognito::UserPoolClient', {
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      GenerateSecret: Match.absent(),
    });
  });

  it('tells where it is', () => {
    template.hasOutput('DemoApiUrl', { Value: Match.objectLike({}) });
    template.hasOutput('DemoHttpApiUrl', { Value: Match.objectLike({}) });
    template.hasOutput('DemoWebSocketUrl', { Value: Match.objectLike({}) });
    template.hasOutput('DemoUserPoolId', {
      Value: { Ref: logicalId(template, 'AWS::Cognito::UserPool', 'Demo') },
    });
    template.hasOutput('DemoClientId', {
      Value: { Ref: logicalId(template, 'AWS::Cognito::UserPoolClient', 'Demo') },
    });
    expect(Object.keys(template.findOutputs('*'))).toHaveLength(10);
  });
});
