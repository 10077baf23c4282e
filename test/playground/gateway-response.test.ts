import { describe, expect, it, test } from '@jest/globals';
import type { DeclaredResponse, Refusal } from '../../playground/gateway-response.ts';
import { buildGatewayResponse } from '../../playground/gateway-response.ts';
import type { RequestVariables } from '../../playground/request-variables.ts';

const request: RequestVariables = {
  context: { requestId: 'r-1', identity: { sourceIp: '127.0.0.1' } },
  stageVariables: { color: 'blue' },
  header: { origin: 'https://app.example.com' },
  querystring: { page: '2' },
  path: { id: '42' },
};

function build(refusal: Refusal, declared: Record<string, Partial<DeclaredResponse>> = {}) {
  const complete = Object.entries(declared).map(
    ([type, response]) => [type, { parameters: {}, templates: {}, ...response }] as const,
  );
  const { status, headers, body } = buildGatewayResponse(refusal, new Map(complete), request);
  return { status, headers: Object.fromEntries(headers), body };
}

describe('buildGatewayResponse', () => {
  test.each([
    ['UNAUTHORIZED', 401, 'UnauthorizedException', '{"message":"Unauthorized"}'],
    [
      'ACCESS_DENIED',
      403,
      'AccessDeniedException',
      '{"Message":"User is not authorized to access this resource"}',
    ],
    ['AUTHORIZER_CONFIGURATION_ERROR', 500, 'AuthorizerConfigurationException', '{"message":null}'],
    [
      'MISSING_AUTHENTICATION_TOKEN',
      403,
      'MissingAuthenticationTokenException',
      '{"message":"Missing Authentication Token"}',
    ],
    ['INTEGRATION_TIMEOUT', 504, 'InternalServerErrorException', '{"message":"Endpoint request timed out"}'],
  ] as const)('answers %s as AWS does by default', (type, status, exception, body) => {
    expect(build({ type })).toEqual({
      status,
      headers: { 'Content-Type': 'application/json', 'x-amzn-ErrorType': exception },
      body,
    });
  });

  it('takes status, headers and body from the template', () => {
    const declared = {
      ACCESS_DENIED: {
        status: 401,
        parameters: {
          'gatewayresponse.header.WWW-Authenticate': `'Bearer error="invalid_token"'`,
          'gatewayresponse.header.X-Request': 'context.requestId',
          'gatewayresponse.header.Access-Control-Allow-Origin': 'method.request.header.Origin',
          'gatewayresponse.header.X-Missing': 'method.request.header.Missing',
        },
        templates: { 'application/json': '{"message":"No."}' },
      },
    };

    expect(build({ type: 'ACCESS_DENIED' }, declared)).toEqual({
      status: 401,
      headers: {
        'Content-Type': 'application/json',
        'x-amzn-ErrorType': 'AccessDeniedException',
        'WWW-Authenticate': 'Bearer error="invalid_token"',
        'X-Request': 'r-1',
        'Access-Control-Allow-Origin': 'https://app.example.com',
      },
      body: '{"message":"No."}',
    });
  });

  test.each([
    ['$context.error.message', 'it "failed"'],
    ['{"m":$context.error.messageString}', '{"m":"it \\"failed\\""}'],
    ['$context.error.responseType', 'ACCESS_DENIED'],
    ['$context.requestId.', 'r-1.'],
    ['$context.identity.sourceIp', '127.0.0.1'],
    ['$context.authorizer.reason', 'scope'],
    ['[$context.authorizer.missing]', '[]'],
    ['$stageVariables.color', 'blue'],
    [
      '$method.request.path.id $method.request.querystring.page $method.request.header.Origin',
      '42 2 https://app.example.com',
    ],
    ['$input.json("$")', '$input.json("$")'],
  ])('fills in the template %j', (template, body) => {
    const refusal = {
      type: 'ACCESS_DENIED',
      message: 'it "failed"',
      authorizer: { reason: 'scope' },
    } as const;

    expect(build(refusal, { ACCESS_DENIED: { templates: { 'application/json': template } } }).body).toBe(
      body,
    );
  });

  it('falls back on DEFAULT_4XX and DEFAULT_5XX, and keeps the status then', () => {
    const declared = {
      DEFAULT_4XX: { templates: { 'application/json': '{"kind":4}' } },
      DEFAULT_5XX: { templates: { 'application/json': '{"kind":5}' } },
    };

    expect(build({ type: 'MISSING_AUTHENTICATION_TOKEN' }, declared)).toMatchObject({
      status: 403,
      body: '{"kind":4}',
    });
    expect(build({ type: 'AUTHORIZER_FAILURE' }, declared)).toMatchObject({
      status: 500,
      body: '{"kind":5}',
    });
  });

  it('prefers the JSON template, and takes another content type when it is the only one', () => {
    const both = { UNAUTHORIZED: { templates: { 'text/html': '<p>', 'application/json': '{}' } } };
    const html = { UNAUTHORIZED: { templates: { 'text/html': '<p>' } } };

    expect(build({ type: 'UNAUTHORIZED' }, both).body).toBe('{}');
    expect(build({ type: 'UNAUTHORIZED' }, html)).toMatchObject({
      headers: { 'Content-Type': 'text/html' },
      body: '<p>',
    });
  });
});
