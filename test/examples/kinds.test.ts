import { describe, expect, it, test } from '@jest/globals';
import type { Stack } from 'aws-cdk-lib';
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type { Construct } from 'constructs';
import { handler as httpBackend } from '../../examples/http-api/backend.ts';
import { HttpApiStack } from '../../examples/http-api/http-api-stack.ts';
import { handler as requestBackend } from '../../examples/rest-request/backend.ts';
import { RestRequestStack } from '../../examples/rest-request/rest-request-stack.ts';
import { handler as tokenBackend } from '../../examples/rest-token/backend.ts';
import { RestTokenStack } from '../../examples/rest-token/rest-token-stack.ts';
import { handler as planBackend } from '../../examples/usage-plan/backend.ts';
import { UsagePlanStack } from '../../examples/usage-plan/usage-plan-stack.ts';
import { handler as webSocketBackend } from '../../examples/web-socket/backend.ts';
import { WebSocketStack } from '../../examples/web-socket/web-socket-stack.ts';
import { aProxyEvent } from '../support/a-proxy-event.ts';
import type { Kind } from '../support/an-authorizer-event.ts';

const CONTEXT = { sub: 'alice', iss: 'https://idp.example.com/', jti: 'j-1' };
const FUNCTION = 'AWS::Lambda::Function';

/** Without bundling the backends, which a test imports. */
function templateOf(Example: new (scope: Construct, id: string) => Stack): Template {
  return Template.fromStack(new Example(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Example'));
}

const variables = (name: string, value: string) => ({
  Environment: { Variables: Match.objectLike({ [`REVOCABLE_AUTHORIZER_${name}`]: value }) },
});

describe('the example rest-token', () => {
  const template = templateOf(RestTokenStack);

  it('has a TOKEN authorizer on every method but preflight', () => {
    template.hasResourceProperties('AWS::ApiGateway::Authorizer', { Type: 'TOKEN' });
    const methods = Object.values(template.findResources('AWS::ApiGateway::Method')).map(
      ({ Properties }) => `${Properties.HttpMethod} ${Properties.AuthorizationType}`,
    );
    expect(methods.sort()).toEqual([
      'GET CUSTOM',
      'GET CUSTOM',
      'OPTIONS NONE',
      'OPTIONS NONE',
      'OPTIONS NONE',
    ]);
  });

  it('lets its page read refusals', () => {
    template.allResourcesProperties('AWS::ApiGateway::GatewayResponse', {
      ResponseParameters: Match.objectLike({
        'gatewayresponse.header.Access-Control-Allow-Origin': "'https://app.example.com'",
      }),
    });
  });
});

describe('the example rest-request', () => {
  it('takes the token from the header or a cookie', () => {
    const template = templateOf(RestRequestStack);
    template.hasResourceProperties('AWS::ApiGateway::Authorizer', {
      Type: 'REQUEST',
      IdentitySource: Match.absent(),
    });
    template.hasResourceProperties(
      FUNCTION,
      variables(
        'IDENTITY_SOURCES',
        '[{"in":"header","name":"authorization"},{"in":"cookie","name":"__Host-token"}]',
      ),
    );
  });
});

describe('the example http-api', () => {
  it('has the authorizer on its route, and tells the backend the tenant', () => {
    const template = templateOf(HttpApiStack);
    template.allResourcesProperties('AWS::ApiGatewayV2::Route', { AuthorizationType: 'CUSTOM' });
    template.hasResourceProperties(
      FUNCTION,
      variables('CONTEXT', '{"tenant":"tenant_id","groups":{"claim":"groups","required":false}}'),
    );
  });
});

describe('the example web-socket', () => {
  it('takes the token from a subprotocol', () => {
    const template = templateOf(WebSocketStack);
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      IdentitySource: ['route.request.header.Sec-WebSocket-Protocol'],
    });
    template.hasResourceProperties(
      FUNCTION,
      variables('IDENTITY_SOURCES', '[{"in":"subprotocol","name":"bearer"}]'),
    );
  });
});

describe('the example usage-plan', () => {
  it('counts each request for the client that the authorizer names', () => {
    const template = templateOf(UsagePlanStack);
    template.hasResourceProperties('AWS::ApiGateway::RestApi', { ApiKeySourceType: 'AUTHORIZER' });
    template.allResourcesProperties('AWS::ApiGateway::Method', { ApiKeyRequired: true });
    template.hasResourceProperties(FUNCTION, variables('USAGE_IDENTIFIER_KEY_CLAIM', 'client_id'));
    const clients = Object.keys(template.findResources('AWS::Cognito::UserPoolClient'));
    expect(clients).toHaveLength(2);
    for (const client of clients) {
      template.hasResourceProperties('AWS::ApiGateway::ApiKey', { Value: { Ref: client } });
    }
    template.resourceCountIs('AWS::ApiGateway::UsagePlanKey', 2);
  });
});

type Backend = (event: never) => Promise<{ statusCode: number; body?: string }>;

describe('the backends of the examples', () => {
  test.each<[string, Backend, Kind, Record<string, string>, object]>([
    ['rest-token', tokenBackend as Backend, 'rest-token', {}, { order: 'all', of: 'alice' }],
    [
      'rest-request',
      requestBackend as Backend,
      'rest-request',
      { scope: 'orders:read orders:write' },
      { orders: [], of: 'alice', mayWrite: true },
    ],
    [
      'http-api',
      httpBackend as Backend,
      'http-2.0',
      { tenant: 'acme', groups: 'buyers clerks' },
      { orders: [], of: 'alice', tenant: 'acme', isBuyer: true },
    ],
    [
      'usage-plan',
      planBackend as Backend,
      'rest-token',
      { clientId: 'web' },
      { orders: [], of: 'alice', countedFor: 'web' },
    ],
  ])('answers in %s, and refuses without the authorizer', async (_name, backend, kind, context, body) => {
    const event = aProxyEvent(kind, { ...CONTEXT, ...context }) as never;
    const answer = await backend(event);

    expect(answer.statusCode).toBe(200);
    expect(JSON.parse(answer.body ?? '')).toEqual(body);
    await expect(backend(aProxyEvent(kind) as never)).resolves.toMatchObject({ statusCode: 403 });
  });

  it('connects and answers in web-socket, and refuses without the authorizer', async () => {
    const backend = webSocketBackend as Backend;
    const message = { eventType: 'MESSAGE', authorizer: CONTEXT };

    await expect(backend(aProxyEvent('websocket', CONTEXT) as never)).resolves.toEqual({
      statusCode: 200,
      headers: { 'Sec-WebSocket-Protocol': 'bearer' },
    });
    await expect(backend({ requestContext: message, body: 'hi' } as never)).resolves.toEqual({
      statusCode: 200,
      body: '{"heard":"hi","from":"alice"}',
    });
    await expect(backend(aProxyEvent('websocket') as never)).resolves.toMatchObject({ statusCode: 403 });
  });
});
