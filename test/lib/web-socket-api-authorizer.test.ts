import { describe, expect, it, test } from '@jest/globals';
import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { AttachableAuthorizer } from '../../lib/attachable-authorizer.ts';
import { IdentitySource } from '../../lib/identity-source.ts';
import { RevocableAuthorizer } from '../../lib/revocable-authorizer.ts';
import { anAuthorizer, anIssuer, logicalId } from './an-authorizer.ts';

const AUTHORIZER = 'AWS::ApiGatewayV2::Authorizer';
const ROUTE = 'AWS::ApiGatewayV2::Route';

function addApi(stack: Stack, id: string, authorizer: AttachableAuthorizer): WebSocketApi {
  return new WebSocketApi(stack, id, {
    connectRouteOptions: {
      integration: new WebSocketMockIntegration('Connect'),
      authorizer: authorizer.forWebSocketApi(),
    },
    defaultRouteOptions: { integration: new WebSocketMockIntegration('Echo') },
  });
}

describe('forWebSocketApi', () => {
  it('guards $connect, and nothing else', () => {
    const { stack, authorizer } = anAuthorizer();
    addApi(stack, 'Api', authorizer);
    const template = Template.fromStack(stack);

    template.resourceCountIs(AUTHORIZER, 1);
    template.hasResourceProperties(AUTHORIZER, {
      ApiId: { Ref: logicalId(template, 'AWS::ApiGatewayV2::Api', 'Api') },
      AuthorizerType: 'REQUEST',
      IdentitySource: ['route.request.header.Authorization'],
      // API Gateway has none of them for WebSocket APIs.
      AuthorizerPayloadFormatVersion: Match.absent(),
      EnableSimpleResponses: Match.absent(),
      AuthorizerResultTtlInSeconds: Match.absent(),
    });
    template.hasResourceProperties(ROUTE, {
      RouteKey: '$connect',
      AuthorizationType: 'CUSTOM',
      AuthorizerId: { Ref: logicalId(template, AUTHORIZER, 'Api') },
    });
    template.hasResourceProperties(ROUTE, { RouteKey: '$default', AuthorizerId: Match.absent() });
  });

  test.each([
    ['a subprotocol', [IdentitySource.webSocketProtocol()], ['route.request.header.Sec-WebSocket-Protocol']],
    ['the query string', [IdentitySource.queryString('token')], ['route.request.querystring.token']],
    [
      'one of two places',
      [IdentitySource.header('Authorization'), IdentitySource.webSocketProtocol()],
      Match.absent(),
    ],
  ])('takes the token from %s', (_where, identitySources, expected) => {
    const { stack, authorizer } = anAuthorizer({ identitySources });
    addApi(stack, 'Api', authorizer);

    Template.fromStack(stack).hasResourceProperties(AUTHORIZER, { IdentitySource: expected });
  });

  it('serves several APIs, in other stacks too, and two authorizers in one stack', () => {
    const { app, stack, authorizer } = anAuthorizer();
    const other = new RevocableAuthorizer(stack, 'Other', { issuers: [anIssuer()] });
    const apiStack = new Stack(app, 'Api');
    addApi(apiStack, 'First', authorizer);
    addApi(apiStack, 'Second', authorizer);
    addApi(apiStack, 'Third', other);
    const template = Template.fromStack(apiStack);

    template.resourceCountIs(AUTHORIZER, 3);
    template.resourceCountIs('AWS::Lambda::Permission', 3);
    expect(stack.dependencies).toEqual([]);
  });

  it('lets API Gateway invoke the function for this authorizer only', () => {
    const { stack, authorizer } = anAuthorizer();
    addApi(stack, 'Api', authorizer);
    const template = Template.fromStack(stack);

    template.hasResourceProperties('AWS::Lambda::Permission', {
      Principal: 'apigateway.amazonaws.com',
      SourceArn: {
        'Fn::Join': ['', Match.arrayWith(['/authorizers/', { Ref: logicalId(template, AUTHORIZER, 'Api') }])],
      },
    });
  });

  it('does without the cache of the other kinds', () => {
    const { stack, authorizer } = anAuthorizer({ resultsCacheTtl: Duration.minutes(5) });
    addApi(stack, 'Api', authorizer);

    Template.fromStack(stack).hasResourceProperties(AUTHORIZER, {
      AuthorizerResultTtlInSeconds: Match.absent(),
    });
  });
});
