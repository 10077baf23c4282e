import { describe, expect, it, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AuthorizerStack } from '../../lib/authorizer-stack.ts';
import { logicalId } from './an-authorizer.ts';

const METHOD = 'AWS::ApiGateway::Method';
const template = Template.fromStack(new AuthorizerStack(new App(), { demo: true }));

describe('the demo', () => {
  test.each([
    ['GET', 'DemoApiorders4'],
    ['POST', 'DemoApiorders4'],
    ['GET', 'DemoApiordersid'],
  ])('answers %s on %s by the backend, behind the authorizer', (HttpMethod, resource) => {
    template.hasResourceProperties(METHOD, {
      HttpMethod,
      ResourceId: { Ref: logicalId(template, 'AWS::ApiGateway::Resource', resource) },
      AuthorizationType: 'CUSTOM',
      AuthorizerId: { Ref: logicalId(template, 'AWS::ApiGateway::Authorizer', 'Demo') },
      Integration: Match.objectLike({ Type: 'AWS_PROXY' }),
    });
  });

  it('has no other open route than preflight, which has no authorizer', () => {
    const open = Object.values(template.findResources(METHOD)).filter(
      ({ Properties }) => Properties.AuthorizationType !== 'CUSTOM',
    );
    expect(open).toHaveLength(3);
    for (const { Properties } of open) {
      expect(Properties).toMatchObject({ HttpMethod: 'OPTIONS', AuthorizationType: 'NONE' });
      expect(Properties).not.toHaveProperty('AuthorizerId');
    }
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
    template.hasOutput('DemoUserPoolId', {
      Value: { Ref: logicalId(template, 'AWS::Cognito::UserPool', 'Demo') },
    });
    template.hasOutput('DemoClientId', {
      Value: { Ref: logicalId(template, 'AWS::Cognito::UserPoolClient', 'Demo') },
    });
    expect(Object.keys(template.findOutputs('*'))).toHaveLength(6);
  });
});
