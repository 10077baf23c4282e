import { describe, expect, it, test } from '@jest/globals';
import { IdentitySource, identitySourceExpressions } from '../../lib/identity-source.ts';
import type { GatewayRequest } from '../../playground/gateway-request.ts';
import { HttpApi } from '../../playground/http-api.ts';
import { readHttpApi } from '../../playground/read-http-api.ts';
import { aPolicy, aTemplate, someFunctions, uriOf } from './some-functions.ts';

const API = { ApiId: { Ref: 'Api' } };
const SIMPLE = { EnableSimpleResponses: true };
const CACHED = { AuthorizerResultTtlInSeconds: 300 };

interface Situation {
  readonly answer?: (event: Record<string, unknown>) => unknown;
  readonly backend?: (event: Record<string, unknown>) => unknown;
  readonly authorizer?: Record<string, unknown>;
  readonly integration?: Record<string, unknown>;
  readonly stage?: string;
  readonly routes?: readonly string[];
  readonly cors?: Record<string, unknown>;
}

function aGateway({ answer = () => ({ isAuthorized: true }), stage = '$default', ...rest }: Situation = {}) {
  const routes = rest.routes ?? ['GET /orders', 'GET /orders/{id}', 'POST /orders'];
  const resources = {
    Api: {
      Type: 'AWS::ApiGatewayV2::Api',
      Properties: { ProtocolType: 'HTTP', ...(rest.cors && { CorsConfiguration: rest.cors }) },
    },
    Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ...API, StageName: stage } },
    Authorizer: {
      Type: 'AWS::ApiGatewayV2::Authorizer',
      Properties: {
        ...API,
        AuthorizerType: 'REQUEST',
        AuthorizerUri: uriOf('Authorize'),
        AuthorizerPayloadFormatVersion: '2.0',
        IdentitySource: ['$request.header.Authorization'],
        ...(rest.authorizer ?? SIMPLE),
      },
    },
    Integration: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ...API,
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: { 'Fn::GetAtt': ['Backend', 'Arn'] },
        PayloadFormatVersion: '2.0',
        ...rest.integration,
      },
    },
    Open: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: { ...API, RouteKey: 'GET /open', Target: target() },
    },
    ...Object.fromEntries(
      routes.map((RouteKey, i) => [
        `Route${i}`,
        {
          Type: 'AWS::ApiGatewayV2::Route',
          Properties: {
            ...API,
            RouteKey,
            Target: target(),
            AuthorizationType: 'CUSTOM',
            AuthorizerId: { Ref: 'Authorizer' },
          },
        },
      ]),
    ),
  };
  const { template, lookup } = aTemplate(resources, ['Authorize', 'Backend']);
  const settings = readHttpApi(template, lookup);
  if (!settings) throw new Error('The template has no HTTP API.');
  const functions = someFunctions({ Authorize: answer, Backend: rest.backend ?? ((event) => event) });
  const clock = { ms: 0 };
  const api = new HttpApi(settings, { functions, log: functions.log, now: () => clock.ms });
  const call = async (request: Partial<GatewayRequest> = {}) => {
    const answered = await api.handle({
      httpMethod: 'GET',
      path: '/orders',
      query: '',
      headers: [['Authorization', 'Bearer a']],
      body: new Uint8Array(),
      sourceIp: '127.0.0.1',
      ...request,
    });
    const { 'apigw-requestid': _id, ...headers } = Object.fromEntries(answered.headers);
    const body = String(answered.body);
    return { status: answered.status, headers, body: body === '' ? '' : JSON.parse(body) };
  };
  return { api, call, clock, events: functions.events, lines: functions.lines };
}

function target() {
  return { 'Fn::Join': ['', ['integrations/', { Ref: 'Integration' }]] };
}

const refused = (status: number, message: string) => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: { message },
});
const UNAUTHORIZED = refused(401, 'Unauthorized');
const FORBIDDEN = refused(403, 'Forbidden');
const FAULT = refused(500, 'Internal Server Error');
const ALLOWED = expect.objectContaining({ status: 200 });

describe('an authorizer with payload format 2.0', () => {
  it('gets the event of AWS: lower-case headers, joined values, cookies', async () => {
    const { call, events } = aGateway();

    await call({
      path: '/orders/a%20b',
      query: 'tag=x&tag=y',
      headers: [
        ['Authorization', 'Bearer a'],
        ['User-Agent', 'test'],
        ['X-Tag', '1'],
        ['x-tag', '2'],
        ['Cookie', 'a=1; b=2'],
      ],
    });

    expect(events['Authorize']).toEqual([
      {
        version: '2.0',
        type: 'REQUEST',
        routeArn: expect.stringMatching(
          /^arn:aws:execute-api:us-east-1:123456789012:[0-9a-z]{10}\/\$default\/GET\/orders\/a b$/,
        ),
        identitySource: ['Bearer a'],
        routeKey: 'GET /orders/{id}',
        rawPath: '/orders/a b',
        rawQueryString: 'tag=x&tag=y',
        cookies: ['a=1', 'b=2'],
        headers: { authorization: 'Bearer a', 'user-agent': 'test', 'x-tag': '1,2' },
        queryStringParameters: { tag: 'x,y' },
        pathParameters: { id: 'a b' },
        requestContext: {
          accountId: '123456789012',
          apiId: expect.stringMatching(/^[0-9a-z]{10}$/),
          authentication: null,
          domainName: 'localhost',
          domainPrefix: expect.any(String),
          http: {
            method: 'GET',
            path: '/orders/a b',
            protocol: 'HTTP/1.1',
            sourceIp: '127.0.0.1',
            userAgent: 'test',
          },
          requestId: expect.any(String),
          routeKey: 'GET /orders/{id}',
          stage: '$default',
          time: expect.stringMatching(/^\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
          timeEpoch: expect.any(Number),
        },
      },
    ]);
  });

  it('finds the name of a stage before the path, unless it is $default', async () => {
    const { call, events } = aGateway({ stage: 'test' });

    await call();

    expect(events['Authorize']).toMatchObject([
      { rawPath: '/test/orders', routeArn: expect.stringMatching(/\/test\/GET\/orders$/) },
    ]);
  });

  it('gives its context to an integration of format 2.0 with its types, below lambda', async () => {
    const context = { sub: 'alice', level: 7, groups: ['a'] };
    const { call } = aGateway({ answer: () => ({ isAuthorized: true, context }) });

    const { body } = await call();

    expect(body).toMatchObject({ version: '2.0', requestContext: { authorizer: { lambda: context } } });
  });

  it('leaves null below lambda without a context, and a route without an authorizer nothing at all', async () => {
    const { call } = aGateway();

    expect((await call()).body.requestContext.authorizer).toEqual({ lambda: null });
    expect((await call({ path: '/open', headers: [] })).body.requestContext).not.toHaveProperty('authorizer');
  });
});

describe('an authorizer with payload format 1.0', () => {
  const V1 = { AuthorizerPayloadFormatVersion: '1.0' };

  it('gets the event of a REST API, with its version and the identity twice', async () => {
    const { call, events } = aGateway({ authorizer: V1, answer: () => aPolicy('Allow', '*') });

    await call({ path: '/orders/42' });

    expect(events['Authorize']).toEqual([
      {
        version: '1.0',
        type: 'REQUEST',
        methodArn: expect.stringMatching(/\/\$default\/GET\/orders\/42$/),
        identitySource: 'Bearer a',
        authorizationToken: 'Bearer a',
        resource: '/orders/{id}',
        path: '/orders/42',
        httpMethod: 'GET',
        headers: { Authorization: 'Bearer a' },
        multiValueHeaders: { Authorization: ['Bearer a'] },
        queryStringParameters: {},
        multiValueQueryStringParameters: {},
        pathParameters: { id: '42' },
        stageVariables: {},
        requestContext: expect.objectContaining({ stage: '$default', resourcePath: '/orders/{id}' }),
      },
    ]);
    expect(events['Authorize']?.[0]?.['requestContext']).not.toHaveProperty('routeKey');
  });

  it('gives its context to an integration of format 1.0', async () => {
    const { call, events } = aGateway({
      authorizer: V1,
      integration: { PayloadFormatVersion: '1.0' },
      answer: () => aPolicy('Allow', '*', { context: { level: 7 } }),
      backend: () => ({ statusCode: 200, body: '{}' }),
    });

    await expect(call()).resolves.toEqual(ALLOWED);
    expect(events['Backend']).toMatchObject([
      {
        version: '1.0',
        queryStringParameters: null,
        requestContext: { authorizer: { principalId: 'alice', level: '7' } },
        body: null,
        isBase64Encoded: false,
      },
    ]);
  });
});

describe('the answer of an authorizer', () => {
  const throws = (message: string) => () => {
    throw new Error(message);
  };

  test.each([
    ['false', SIMPLE, () => ({ isAuthorized: false }), FORBIDDEN],
    ['the text "true"', SIMPLE, () => ({ isAuthorized: 'true' }), FAULT],
    ['nothing', SIMPLE, () => undefined, FAULT],
    ['a policy where a simple response is wanted', SIMPLE, () => aPolicy('Allow', '*'), FAULT],
    ['a simple response where a policy is wanted', {}, () => ({ isAuthorized: true }), FAULT],
    ['an Allow', {}, () => aPolicy('Allow', '*', { context: { groups: [] } }), ALLOWED],
    ['a Deny', {}, () => aPolicy('Deny', '*'), FORBIDDEN],
    ['a policy for other routes', {}, () => aPolicy('Allow', '*/POST/*'), FORBIDDEN],
    ['a policy without statements', {}, () => aPolicy(undefined, '*'), FORBIDDEN],
    ['a thrown Unauthorized', SIMPLE, throws('Unauthorized'), FAULT],
    ['another error', SIMPLE, throws('table down'), FAULT],
  ])('%s, with %j, makes the gateway answer as AWS does', async (_what, authorizer, answer, expected) => {
    const { call } = aGateway({ authorizer, answer });

    await expect(call()).resolves.toEqual(expected);
  });

  it('is not asked for without the identity source, with and without a results cache', async () => {
    for (const authorizer of [SIMPLE, { ...SIMPLE, ...CACHED }]) {
      const { call, events } = aGateway({ authorizer });

      await expect(call({ headers: [] })).resolves.toEqual(UNAUTHORIZED);
      await expect(call({ headers: [['Authorization', '']] })).resolves.toEqual(UNAUTHORIZED);
      expect(events['Authorize']).toBeUndefined();
    }
  });

  it('is asked for at every request without an identity source, whatever its lifetime', async () => {
    const { call, events } = aGateway({ authorizer: { ...SIMPLE, ...CACHED, IdentitySource: [] } });

    await call({ headers: [] });
    await call({ headers: [] });

    expect(events['Authorize']).toMatchObject([{ identitySource: null }, { identitySource: null }]);
  });

  it('holds for all routes when it is simple and cached, until it expires or the cache is reset', async () => {
    const { api, call, events, clock } = aGateway({ authorizer: { ...SIMPLE, ...CACHED } });

    await call();
    await expect(call({ httpMethod: 'POST' })).resolves.toEqual(ALLOWED);
    expect(events['Authorize']).toHaveLength(1);
    await call({ headers: [['authorization', 'Bearer b']] });
    expect(events['Authorize']).toHaveLength(2);

    api.resetAuthorizersCache();
    await call();
    expect(events['Authorize']).toHaveLength(3);
    clock.ms = 300_000;
    await call();
    expect(events['Authorize']).toHaveLength(4);
  });

  it('is evaluated again for the next route when it is a policy and cached', async () => {
    const answer = (event: Record<string, unknown>) => aPolicy('Allow', String(event['routeArn']));
    const { call, events } = aGateway({ authorizer: CACHED, answer });

    await expect(call()).resolves.toEqual(ALLOWED);
    await expect(call({ path: '/orders/42' })).resolves.toEqual(FORBIDDEN);
    expect(events['Authorize']).toHaveLength(1);
  });

  it('is cached by route where the route key is an identity source', async () => {
    const sources = ['$request.header.Authorization', '$context.routeKey'];
    const { call, events } = aGateway({ authorizer: { ...SIMPLE, ...CACHED, IdentitySource: sources } });

    await call();
    await call({ httpMethod: 'POST' });
    await call();

    expect(events['Authorize']).toMatchObject([
      { identitySource: ['Bearer a', 'GET /orders'] },
      { identitySource: ['Bearer a', 'POST /orders'] },
    ]);
  });

  test.each([
    ['/orders/a%2Fb', 'POST', 404, undefined],
    ['/orders/%61', 'GET', 200, '/orders/a'],
    ['/orders/100%25', 'GET', 200, '/orders/100%'],
    ['/orders/%zz', 'GET', 200, '/orders/%zz'],
  ])('is about %s decoded once, as the route is', async (path, httpMethod, status, decoded) => {
    const { call, events } = aGateway();

    await expect(call({ path, httpMethod })).resolves.toMatchObject({ status });
    expect((events['Authorize'] ?? []).map(({ rawPath }) => rawPath)).toEqual(
      decoded === undefined ? [] : [decoded],
    );
  });

  test.each(['1.0', '2.0'])(
    'is cached by route with the identity sources of a route table, payload %s',
    async (AuthorizerPayloadFormatVersion) => {
      const sources = identitySourceExpressions('http', [IdentitySource.header('Authorization')], '', true);
      const authorizer = { ...CACHED, AuthorizerPayloadFormatVersion, IdentitySource: sources };
      const answer = ({ routeArn, methodArn }: Record<string, unknown>) =>
        aPolicy('Allow', String(routeArn ?? methodArn));
      const { call, events } = aGateway({ authorizer, answer, stage: 'v1' });

      for (const request of [{}, { path: '/orders/42' }, { httpMethod: 'POST' }, {}]) {
        await expect(call(request)).resolves.toEqual(ALLOWED);
      }

      expect(events['Authorize']?.map(({ identitySource }) => String(identitySource))).toEqual([
        'Bearer a,GET,/v1/orders,localhost,-',
        'Bearer a,GET,/v1/orders/42,localhost,-',
        'Bearer a,POST,/v1/orders,localhost,-',
      ]);
    },
  );

  it('is waited for 10 seconds', () => {
    expect(aGateway().api.settings.authorizers.get('Authorizer')?.timeoutMs).toBe(10_000);
  });
});

describe('HttpApi', () => {
  test.each([
    ['another path', { path: '/nowhere' }],
    ['another verb', { httpMethod: 'DELETE' }],
    ['a trailing slash', { path: '/orders/' }],
    ['a preflight request without a CORS configuration', { httpMethod: 'OPTIONS' }],
  ])('finds no route for %s', async (_what, request) => {
    const { call, events } = aGateway();

    await expect(call(request)).resolves.toEqual(refused(404, 'Not Found'));
    expect(events['Authorize']).toBeUndefined();
  });

  it('sends everything else to $default', async () => {
    const { call, events } = aGateway({ routes: ['$default'] });

    await expect(call({ httpMethod: 'PATCH', path: '/any/where/' })).resolves.toEqual(ALLOWED);
    expect(events['Authorize']).toMatchObject([
      { routeKey: '$default', routeArn: expect.stringMatching(/\/\$default\/PATCH\/any\/where\/$/) },
    ]);
  });

  test.each([
    ['application/json', '{"a":1}', { body: '{"a":1}', isBase64Encoded: false }],
    ['application/octet-stream', '{"a":1}', { body: 'eyJhIjoxfQ==', isBase64Encoded: true }],
  ])('passes on a body of %s', async (type, body, expected) => {
    const { call, events } = aGateway();
    const headers = [
      ['Authorization', 'Bearer a'],
      ['Content-Type', type],
    ] as const;

    await call({ httpMethod: 'POST', headers, body: Buffer.from(body) });

    expect(events['Backend']).toMatchObject([expected]);
  });

  test.each([
    ['throws', () => Promise.reject(new Error('broken')), {}],
    ['answers a status that is none', () => ({ statusCode: 1 }), {}],
    ['answers no status in format 1.0', () => ({}), { PayloadFormatVersion: '1.0' }],
    ['is none', () => ({}), { IntegrationType: 'HTTP_PROXY' }],
  ])('answers 500 when the integration %s, and logs it', async (_what, backend, integration) => {
    const { call, lines } = aGateway({ backend, integration });

    await expect(call()).resolves.toEqual(FAULT);
    expect(lines).toEqual([expect.stringContaining('GET /orders')]);
  });

  describe('with a CORS configuration', () => {
    const cors = { AllowOrigins: ['https://app.example.com'], AllowMethods: ['GET'] };
    const Origin = ['Origin', 'https://app.example.com'] as const;
    const preflight = { httpMethod: 'OPTIONS', headers: [Origin] };

    it('answers a preflight request without the authorizer', async () => {
      const { call, events } = aGateway({ cors });

      await expect(call(preflight)).resolves.toEqual({
        status: 204,
        headers: {
          'access-control-allow-origin': 'https://app.example.com',
          'access-control-allow-methods': 'GET',
        },
        body: '',
      });
      expect(events['Authorize']).toBeUndefined();
    });

    it('leaves a preflight request to the $default route, which wants a token', async () => {
      const { call } = aGateway({ cors, routes: ['$default'] });

      await expect(call(preflight)).resolves.toMatchObject({ status: 401 });
    });

    it('adds the headers to answers and refusals', async () => {
      const { call } = aGateway({ cors });
      const headers = { 'access-control-allow-origin': 'https://app.example.com' };

      await expect(call({ headers: [Origin, ['Authorization', 'a']] })).resolves.toMatchObject({
        status: 200,
        headers,
      });
      await expect(call({ headers: [Origin] })).resolves.toMatchObject({ status: 401, headers });
    });
  });
});

describe('readHttpApi', () => {
  it('finds nothing in a template without an HTTP API', () => {
    const { template, lookup } = aTemplate({}, []);

    expect(readHttpApi(template, lookup)).toBeUndefined();
  });

  it('refuses an authorizer that it does not know', () => {
    expect(() => aGateway({ authorizer: { AuthorizerType: 'JWT' } })).toThrow(/"JWT".* knows "REQUEST"/);
  });
});
