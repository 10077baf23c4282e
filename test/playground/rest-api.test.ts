import { describe, expect, it, test } from '@jest/globals';
import type { GatewayRequest } from '../../playground/gateway-request.ts';
import type { LambdaFunction } from '../../playground/lambda-runtime.ts';
import { localValues } from '../../playground/local-values.ts';
import { readRestApi } from '../../playground/read-rest-api.ts';
import { RestApi } from '../../playground/rest-api.ts';
import type { RawTemplate } from '../../playground/template.ts';
import { Template } from '../../playground/template.ts';

const API = { RestApiId: { Ref: 'Api' } };
const ROOT = { 'Fn::GetAtt': ['Api', 'RootResourceId'] };

/** The URI as CDK writes it. */
function uriOf(logicalId: string) {
  const arn = { 'Fn::GetAtt': [logicalId, 'Arn'] };
  const region = { 'Fn::Select': [3, { 'Fn::Split': [':', arn] }] };
  const head = ['arn:', { Ref: 'AWS::Partition' }, ':apigateway:', region];
  return { 'Fn::Join': ['', [...head, ':lambda:path/2015-03-31/functions/', arn, '/invocations']] };
}

const protectedMethod = (HttpMethod: string, ResourceId: unknown, function_ = 'Backend') => ({
  Type: 'AWS::ApiGateway::Method',
  Properties: {
    ...API,
    HttpMethod,
    ResourceId,
    AuthorizationType: 'CUSTOM',
    AuthorizerId: { Ref: 'Authorizer' },
    Integration: { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST', Uri: uriOf(function_) },
  },
});

const TEMPLATE: RawTemplate = {
  Resources: {
    Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'Demo' } },
    Stage: { Type: 'AWS::ApiGateway::Stage', Properties: { ...API, StageName: 'prod' } },
    Orders: { Type: 'AWS::ApiGateway::Resource', Properties: { ...API, ParentId: ROOT, PathPart: 'orders' } },
    Order: {
      Type: 'AWS::ApiGateway::Resource',
      Properties: { ...API, ParentId: { Ref: 'Orders' }, PathPart: '{id}' },
    },
    Authorize: { Type: 'AWS::Lambda::Function' },
    Backend: { Type: 'AWS::Lambda::Function' },
    Broken: { Type: 'AWS::Lambda::Function' },
    Authorizer: {
      Type: 'AWS::ApiGateway::Authorizer',
      Properties: {
        ...API,
        Type: 'TOKEN',
        AuthorizerUri: uriOf('Authorize'),
        IdentitySource: 'method.request.header.Authorization',
        AuthorizerResultTtlInSeconds: 0,
      },
    },
    Root: protectedMethod('GET', ROOT),
    GetOrder: protectedMethod('GET', { Ref: 'Order' }),
    PostOrders: protectedMethod('POST', { Ref: 'Orders' }, 'Broken'),
    Preflight: {
      Type: 'AWS::ApiGateway::Method',
      Properties: {
        ...API,
        HttpMethod: 'OPTIONS',
        ResourceId: { Ref: 'Orders' },
        AuthorizationType: 'NONE',
        Integration: {
          Type: 'MOCK',
          RequestTemplates: { 'application/json': '{ statusCode: 200 }' },
          IntegrationResponses: [
            {
              StatusCode: '204',
              ResponseParameters: { 'method.response.header.Access-Control-Allow-Origin': "'*'" },
            },
          ],
        },
      },
    },
    OpenDelete: {
      Type: 'AWS::ApiGateway::Method',
      Properties: {
        ...API,
        HttpMethod: 'DELETE',
        ResourceId: { Ref: 'Orders' },
        Integration: { Type: 'HTTP' },
      },
    },
    Unauthorized: {
      Type: 'AWS::ApiGateway::GatewayResponse',
      Properties: {
        ...API,
        ResponseType: 'UNAUTHORIZED',
        StatusCode: '401',
        ResponseParameters: { 'gatewayresponse.header.WWW-Authenticate': "'Bearer'" },
        ResponseTemplates: { 'application/json': '{"message":"No.","for":"$context.resourcePath"}' },
      },
    },
  },
};

const ARN = /^arn:aws:execute-api:us-east-1:123456789012:[0-9a-z]{10}\/prod\//;

/** A gateway whose functions are: an authorizer that lets `good` in, a backend that echoes, one that is broken. */
function aGateway(raw: RawTemplate = TEMPLATE) {
  const template = new Template(raw);
  const lookup = localValues(template, 'http://127.0.0.1:4010/issuer');
  const settings = readRestApi(template, lookup);
  if (!settings) throw new Error('The template has no REST API.');
  const events: Record<string, Record<string, unknown>[]> = { Authorize: [], Backend: [], Broken: [] };
  const lines: string[] = [];
  const run = (name: string, event: Record<string, unknown>) => {
    events[name]?.push(event);
    if (name === 'Broken') return { answer: 'not a proxy answer' };
    if (name === 'Backend') return { statusCode: 200, body: JSON.stringify(event) };
    const Resource = String(event['methodArn']).replace(/prod\/.*/, 'prod/*');
    const Statement = [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource }];
    return { principalId: 'alice', policyDocument: { Statement }, context: { level: 7 } };
  };
  const find = (arn: string) => {
    const name = /function:(\w+)$/.exec(arn)?.[1] ?? '';
    const invoke = async (event: string) =>
      event.includes('"Bearer bad"')
        ? { ok: false, error: { errorType: 'Error', errorMessage: 'Unauthorized', trace: [] } }
        : { ok: true, payload: JSON.stringify(run(name, JSON.parse(event))) };
    return { invoke } as unknown as LambdaFunction;
  };
  const api = new RestApi(settings, { functions: { find }, log: (line) => lines.push(line) });
  const call = async (request: Partial<GatewayRequest> = {}) => {
    const { status, headers, body } = await api.handle({
      httpMethod: 'GET',
      path: '/orders/42',
      query: '',
      headers: [['Authorization', 'Bearer good']],
      body: new Uint8Array(),
      sourceIp: '127.0.0.1',
      ...request,
    });
    return { status, headers: Object.fromEntries(headers), body: String(body) };
  };
  return { call, events, lines };
}

describe('RestApi', () => {
  it('asks the authorizer about the concrete path, then calls the backend with its context', async () => {
    const { call, events } = aGateway();

    const { status, headers, body } = await call({ path: '/orders/42' });

    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'x-amzn-RequestId': expect.any(String) });
    expect(JSON.parse(body)).toMatchObject({
      resource: '/orders/{id}',
      path: '/orders/42',
      pathParameters: { id: '42' },
      requestContext: { stage: 'prod', authorizer: { principalId: 'alice', level: '7' } },
    });
    expect(events['Authorize']).toEqual([
      { type: 'TOKEN', authorizationToken: 'Bearer good', methodArn: expect.stringMatching(ARN) },
    ]);
    expect(events['Authorize']?.[0]?.['methodArn']).toMatch(/\/prod\/GET\/orders\/42$/);
  });

  it('keeps the encoding of the path, and decodes its parameters once', async () => {
    const { call, events } = aGateway();

    const { body } = await call({ path: '/orders/a%2Fb%2525' });

    expect(JSON.parse(body)).toMatchObject({ path: '/orders/a%2Fb%2525', pathParameters: { id: 'a/b%25' } });
    expect(events['Authorize']?.[0]?.['methodArn']).toMatch(/\/prod\/GET\/orders\/a%2Fb%2525$/);
  });

  it('ends the method ARN of the root in a slash', async () => {
    const { call, events } = aGateway();

    await call({ path: '/' });

    expect(events['Authorize']?.[0]?.['methodArn']).toMatch(/\/prod\/GET\/$/);
  });

  it('passes on a repeated header as one, joined', async () => {
    const { call, events } = aGateway();

    await call({
      headers: [
        ['authorization', 'Bearer a'],
        ['Authorization', 'Bearer b'],
      ],
    });

    expect(events['Authorize']?.[0]).toMatchObject({ authorizationToken: 'Bearer a, Bearer b' });
  });

  test.each([
    ['no token', []],
    ['a token that the authorizer refuses', [['Authorization', 'Bearer bad']]],
  ] as const)(
    'answers %s as the template declares it, and leaves the backend alone',
    async (_what, headers) => {
      const { call, events } = aGateway();

      await expect(call({ headers })).resolves.toEqual({
        status: 401,
        headers: {
          'Content-Type': 'application/json',
          'WWW-Authenticate': 'Bearer',
          'x-amzn-ErrorType': 'UnauthorizedException',
          'x-amzn-RequestId': expect.any(String),
        },
        body: '{"message":"No.","for":"/orders/{id}"}',
      });
      expect(events['Backend']).toEqual([]);
    },
  );

  test.each([
    ['an unknown path', { path: '/nowhere' }],
    ['an unknown method', { path: '/orders', httpMethod: 'PATCH' }],
  ])('answers %s without asking the authorizer', async (_what, request) => {
    const { call, events } = aGateway();

    await expect(call(request)).resolves.toMatchObject({
      status: 403,
      headers: { 'x-amzn-ErrorType': 'MissingAuthenticationTokenException' },
      body: '{"message":"Missing Authentication Token"}',
    });
    expect(events['Authorize']).toEqual([]);
  });

  it('answers a preflight request without a token', async () => {
    const { call } = aGateway();

    await expect(call({ httpMethod: 'OPTIONS', path: '/orders', headers: [] })).resolves.toMatchObject({
      status: 204,
      headers: { 'Access-Control-Allow-Origin': '*' },
      body: '',
    });
  });

  it('answers 502 when the backend returns what is no proxy answer', async () => {
    const { call, lines } = aGateway();

    await expect(call({ httpMethod: 'POST', path: '/orders' })).resolves.toMatchObject({
      status: 502,
      body: '{"message":"Internal server error"}',
    });
    expect(lines).toEqual(['/orders: the function returned a malformed proxy answer.']);
  });

  it('answers 500 for an integration that it does not know, and says so', async () => {
    const { call, lines } = aGateway();

    await expect(call({ httpMethod: 'DELETE', path: '/orders' })).resolves.toMatchObject({ status: 500 });
    expect(lines).toEqual([expect.stringContaining('integration type HTTP')]);
  });
});

describe('readRestApi', () => {
  const changed = (logicalId: string, Type: string, Properties: Record<string, unknown>): RawTemplate => ({
    Resources: { ...TEMPLATE.Resources, [logicalId]: { Type, Properties: { ...API, ...Properties } } },
  });

  it('finds nothing in a template without a REST API', () => {
    const template = new Template({ Resources: {} });

    expect(readRestApi(template, localValues(template, 'http://x'))).toBeUndefined();
  });

  test.each([
    [
      'an authorizer of type COGNITO_USER_POOLS',
      changed('Authorizer', 'AWS::ApiGateway::Authorizer', { Type: 'COGNITO_USER_POOLS' }),
      /COGNITO_USER_POOLS.* knows .*"TOKEN" \| "REQUEST"/,
    ],
    [
      'a TOKEN authorizer with another identity source than a header',
      changed('Authorizer', 'AWS::ApiGateway::Authorizer', {
        Type: 'TOKEN',
        IdentitySource: 'method.request.querystring.token',
      }),
      /must be one header/,
    ],
    [
      'a resource policy that it cannot evaluate',
      {
        Resources: {
          ...TEMPLATE.Resources,
          Api: {
            Type: 'AWS::ApiGateway::RestApi',
            Properties: { Policy: { Statement: [{ Effect: 'Allow' }] } },
          },
        },
      },
      /cannot evaluate .* of the resource policy/,
    ],
    [
      'a method with IAM authorization',
      changed('Root', 'AWS::ApiGateway::Method', {
        HttpMethod: 'GET',
        ResourceId: ROOT,
        AuthorizationType: 'AWS_IAM',
      }),
      /authorization type AWS_IAM/,
    ],
  ])('refuses %s', (_what, raw, message) => {
    expect(() => aGateway(raw)).toThrow(message);
  });
});
