// A REST API with REQUEST authorizers, a resource policy, and API keys.
import { describe, expect, it, test } from '@jest/globals';
import type { GatewayRequest } from '../../playground/gateway-request.ts';
import { readRestApi } from '../../playground/read-rest-api.ts';
import { RestApi } from '../../playground/rest-api.ts';
import { aPolicy, aTemplate, someFunctions, uriOf } from './some-functions.ts';

const API = { RestApiId: { Ref: 'Api' } };
const ROOT = { 'Fn::GetAtt': ['Api', 'RootResourceId'] };
const EVERYBODY = { Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' };

interface Situation {
  readonly answer?: (event: Record<string, unknown>) => unknown;
  readonly authorizer?: Record<string, unknown>;
  readonly method?: Record<string, unknown>;
  readonly api?: Record<string, unknown>;
  readonly policy?: readonly object[];
}

function aGateway({ answer = () => aPolicy('Allow', '*'), policy, ...change }: Situation = {}) {
  const method = (resource: unknown) => ({
    Type: 'AWS::ApiGateway::Method',
    Properties: {
      ...API,
      HttpMethod: 'GET',
      ResourceId: resource,
      AuthorizationType: 'CUSTOM',
      AuthorizerId: { Ref: 'Authorizer' },
      Integration: { Type: 'AWS_PROXY', Uri: uriOf('Backend') },
      ...change.method,
    },
  });
  const resource = (ParentId: unknown, PathPart: string) => ({
    Type: 'AWS::ApiGateway::Resource',
    Properties: { ...API, ParentId, PathPart },
  });
  const resources = {
    Api: {
      Type: 'AWS::ApiGateway::RestApi',
      Properties: { ...(policy && { Policy: { Statement: policy } }), ...change.api },
    },
    Stage: {
      Type: 'AWS::ApiGateway::Stage',
      Properties: { ...API, StageName: 'prod', Variables: { color: 'blue' } },
    },
    Orders: resource(ROOT, 'orders'),
    Order: resource({ Ref: 'Orders' }, '{id}'),
    Authorizer: {
      Type: 'AWS::ApiGateway::Authorizer',
      Properties: {
        ...API,
        Type: 'REQUEST',
        AuthorizerUri: uriOf('Authorize'),
        IdentitySource: 'method.request.header.Authorization,method.request.querystring.tenant',
        AuthorizerResultTtlInSeconds: 300,
        ...change.authorizer,
      },
    },
    GetOrders: method({ Ref: 'Orders' }),
    GetOrder: method({ Ref: 'Order' }),
    Plan: {
      Type: 'AWS::ApiGateway::UsagePlan',
      Properties: { ApiStages: [{ ApiId: { Ref: 'Api' }, Stage: { Ref: 'Stage' } }] },
    },
    Key: { Type: 'AWS::ApiGateway::ApiKey', Properties: { Enabled: true, Value: 'key-of-a-tenant-01' } },
    Stray: { Type: 'AWS::ApiGateway::ApiKey', Properties: { Enabled: true, Value: 'key-without-a-plan' } },
    Member: {
      Type: 'AWS::ApiGateway::UsagePlanKey',
      Properties: { KeyId: { Ref: 'Key' }, UsagePlanId: { Ref: 'Plan' }, KeyType: 'API_KEY' },
    },
  };
  const { template, lookup } = aTemplate(resources, ['Authorize', 'Backend']);
  const settings = readRestApi(template, lookup);
  if (!settings) throw new Error('The template has no REST API.');
  const functions = someFunctions({
    Authorize: answer,
    Backend: (event) => ({ statusCode: 200, body: JSON.stringify(event) }),
  });
  const clock = { ms: 0 };
  const api = new RestApi(settings, { functions, log: functions.log, now: () => clock.ms });
  const call = async (request: Partial<GatewayRequest> = {}) => {
    const answered = await api.handle({
      httpMethod: 'GET',
      path: '/orders',
      query: 'tenant=1',
      headers: [['Authorization', 'Bearer a']],
      body: new Uint8Array(),
      sourceIp: '127.0.0.1',
      ...request,
    });
    const { 'x-amzn-ErrorType': error } = Object.fromEntries(answered.headers);
    return { status: answered.status, error, body: JSON.parse(String(answered.body)) };
  };
  return { api, call, clock, events: functions.events, lines: functions.lines };
}

const ALLOWED = expect.objectContaining({ status: 200 });

describe('a REQUEST authorizer', () => {
  it('gets the event of AWS: the request as the client sent it, with empty maps for what is missing', async () => {
    const { call, events } = aGateway();

    await call({
      path: '/orders/a%20b',
      query: 'tenant=1&tag=x&tag=y',
      headers: [
        ['AUTHORIZATION', 'Bearer a'],
        ['User-Agent', 'test'],
        ['X-Tag', '1'],
        ['X-Tag', '2'],
      ],
    });

    expect(events['Authorize']).toEqual([
      {
        type: 'REQUEST',
        methodArn: expect.stringMatching(
          /^arn:aws:execute-api:us-east-1:123456789012:[0-9a-z]{10}\/prod\/GET\/orders\/a%20b$/,
        ),
        resource: '/orders/{id}',
        path: '/orders/a%20b',
        httpMethod: 'GET',
        headers: { AUTHORIZATION: 'Bearer a', 'User-Agent': 'test', 'X-Tag': '2' },
        multiValueHeaders: { AUTHORIZATION: ['Bearer a'], 'User-Agent': ['test'], 'X-Tag': ['1', '2'] },
        queryStringParameters: { tenant: '1', tag: 'y' },
        multiValueQueryStringParameters: { tenant: ['1'], tag: ['x', 'y'] },
        pathParameters: { id: 'a b' },
        stageVariables: { color: 'blue' },
        requestContext: expect.objectContaining({
          accountId: '123456789012',
          stage: 'prod',
          path: '/prod/orders/a%20b',
          resourcePath: '/orders/{id}',
          requestTime: expect.stringMatching(/^\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
          identity: expect.objectContaining({ sourceIp: '127.0.0.1', userAgent: 'test', accountId: null }),
        }),
      },
    ]);
    expect(events['Authorize']?.[0]?.['requestContext']).not.toHaveProperty('authorizer');
  });

  it('gets empty maps, where the integration gets null', async () => {
    const { call, events } = aGateway({
      authorizer: { IdentitySource: '', AuthorizerResultTtlInSeconds: 0 },
    });

    await expect(call({ query: '', headers: [] })).resolves.toEqual(ALLOWED);
    expect(events['Authorize']?.[0]).toMatchObject({
      headers: {},
      queryStringParameters: {},
      pathParameters: {},
    });
    expect(events['Backend']?.[0]).toMatchObject({ queryStringParameters: null, pathParameters: null });
  });

  test.each([
    ['a header', { headers: [] }],
    ['a parameter of the query string', { query: 'other=1' }],
    ['the value of a parameter', { query: 'tenant=' }],
  ])('is not asked when %s is missing that results are cached by', async (_what, request) => {
    const { call, events } = aGateway();

    await expect(call(request)).resolves.toEqual({
      status: 401,
      error: 'UnauthorizedException',
      body: { message: 'Unauthorized' },
    });
    expect(events['Authorize']).toBeUndefined();
  });

  it('is asked without its identity sources when results are not cached', async () => {
    const { call, events } = aGateway({ authorizer: { AuthorizerResultTtlInSeconds: 0 } });

    await expect(call({ headers: [], query: '' })).resolves.toEqual(ALLOWED);
    expect(events['Authorize']).toHaveLength(1);
  });

  it('is asked once for each combination of identities, until the results cache is flushed', async () => {
    const { api, call, events, clock } = aGateway();

    await call();
    await call({ path: '/orders/42' });
    expect(events['Authorize']).toHaveLength(1);
    await call({ query: 'tenant=2' });
    expect(events['Authorize']).toHaveLength(2);

    api.flushAuthorizersCache();
    await call();
    expect(events['Authorize']).toHaveLength(3);
    clock.ms = 300_000;
    await call();
    expect(events['Authorize']).toHaveLength(4);
  });

  it('leaves a policy for one method that is evaluated again for the next', async () => {
    const { call, events } = aGateway({ answer: ({ methodArn }) => aPolicy('Allow', String(methodArn)) });

    await expect(call()).resolves.toEqual(ALLOWED);
    await expect(call({ path: '/orders/42' })).resolves.toEqual({
      status: 403,
      error: 'AccessDeniedException',
      body: { Message: 'User is not authorized to access this resource' },
    });
    expect(events['Authorize']).toHaveLength(1);
  });

  test.each([
    [
      'an explicit Deny',
      () => aPolicy('Deny', '*'),
      {
        status: 403,
        error: 'AccessDeniedException',
        body: { Message: 'User is not authorized to access this resource with an explicit deny' },
      },
    ],
    [
      'a thrown Unauthorized',
      () => {
        throw new Error('Unauthorized');
      },
      { status: 401, error: 'UnauthorizedException', body: { message: 'Unauthorized' } },
    ],
    [
      'another error',
      () => {
        throw new Error('table down');
      },
      { status: 500, error: 'AuthorizerConfigurationException', body: { message: null } },
    ],
    [
      'a simple response',
      () => ({ isAuthorized: true }),
      { status: 500, error: 'AuthorizerConfigurationException', body: { message: null } },
    ],
  ])('makes the gateway answer %s as AWS does', async (_what, answer, expected) => {
    const { call, events } = aGateway({ answer });

    await expect(call()).resolves.toEqual(expected);
    expect(events['Backend']).toBeUndefined();
  });

  it('is not asked about a method ARN of more than 1600 bytes', async () => {
    const { call, events } = aGateway();

    await expect(call({ path: `/orders/${'x'.repeat(1600)}` })).resolves.toMatchObject({ status: 414 });
    expect(events['Authorize']).toBeUndefined();
  });
});

describe('the resource policy of a REST API', () => {
  const ALLOW = { Effect: 'Allow', ...EVERYBODY };
  const DENY = { Effect: 'Deny', ...EVERYBODY };
  const SILENT = { ...ALLOW, Resource: 'execute-api:/*/POST/*' };
  const ELSEWHERE = { Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } };

  test.each([
    ['Allow', ALLOW, 200],
    ['Allow', SILENT, 200],
    ['Allow', DENY, 403],
    [undefined, ALLOW, 200],
    [undefined, SILENT, 403],
    [undefined, DENY, 403],
    ['Deny', ALLOW, 403],
    ['Deny', SILENT, 403],
    ['Deny', DENY, 403],
  ] as const)('combines the %s of the authorizer with %j to %i', async (effect, statement, status) => {
    const { call } = aGateway({ answer: () => aPolicy(effect, '*'), policy: [statement] });

    await expect(call()).resolves.toMatchObject({ status });
  });

  it('refuses a caller by a Deny before the authorizer is asked', async () => {
    const { call, events } = aGateway({ policy: [ALLOW, { ...DENY, ...ELSEWHERE }] });

    await expect(call({ sourceIp: '192.0.2.7' })).resolves.toEqual({
      status: 403,
      error: 'AccessDeniedException',
      body: {
        Message: expect.stringMatching(
          /^User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:\*{8}9012:\w+\/prod\/GET\/orders with an explicit deny$/,
        ),
      },
    });
    expect(events['Authorize']).toBeUndefined();
    await expect(call()).resolves.toEqual(ALLOWED);
  });

  it('must allow whoever calls a method without an authorizer', async () => {
    const open = { AuthorizationType: 'NONE', AuthorizerId: undefined };
    const { call } = aGateway({ method: open, policy: [{ ...ALLOW, ...ELSEWHERE }] });

    await expect(call({ sourceIp: '192.0.2.7' })).resolves.toEqual(ALLOWED);
    await expect(call()).resolves.toMatchObject({
      status: 403,
      body: { Message: expect.stringMatching(/^User: anonymous .*\/prod\/GET\/orders$/) },
    });
  });
});

describe('a method that requires an API key', () => {
  const method = { ApiKeyRequired: true };
  const FORBIDDEN = { status: 403, error: 'ForbiddenException', body: { message: 'Forbidden' } };
  const withKey = (usageIdentifierKey: unknown) => () => aPolicy('Allow', '*', { usageIdentifierKey });

  it('takes it from the authorizer, and tells the integration', async () => {
    const api = { ApiKeySourceType: 'AUTHORIZER' };
    const { call } = aGateway({ method, api, answer: withKey('key-of-a-tenant-01') });

    await expect(call()).resolves.toMatchObject({
      status: 200,
      body: { requestContext: { identity: { apiKey: 'key-of-a-tenant-01', apiKeyId: 'Key' } } },
    });
  });

  test.each([['unknown-key-000000000'], ['key-without-a-plan'], [undefined]])(
    'refuses the key %s of the authorizer',
    async (key) => {
      const { call } = aGateway({ method, api: { ApiKeySourceType: 'AUTHORIZER' }, answer: withKey(key) });

      await expect(call()).resolves.toEqual(FORBIDDEN);
    },
  );

  it('takes it from the header x-api-key otherwise', async () => {
    const { call } = aGateway({ method, answer: withKey('key-of-a-tenant-01') });
    const headers = [
      ['Authorization', 'Bearer a'],
      ['X-Api-Key', 'key-of-a-tenant-01'],
    ] as const;

    await expect(call()).resolves.toEqual(FORBIDDEN);
    await expect(call({ headers })).resolves.toEqual(ALLOWED);
  });
});
