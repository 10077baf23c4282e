// What a route table makes of the deployed bundle's answers.
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { ENVIRONMENT } from '../../../lambda/environment.ts';
import type { RouteTable } from '../../../lambda/route-table.ts';
import { DENIAL_MESSAGE, denialBodies, signInFields } from '../../../lib/denial-bodies.ts';
import { IdentitySource, identitySourceExpressions } from '../../../lib/identity-source.ts';
import { readRestApi } from '../../../playground/read-rest-api.ts';
import { RestApi } from '../../../playground/rest-api.ts';
import { aTemplate, someFunctions, uriOf } from '../../playground/some-functions.ts';
import { aBundle } from '../../support/a-bundle.ts';
import { aLoggingFunction } from '../../support/a-logging-function.ts';
import type { TestTable } from '../../support/a-revocation-table.ts';
import { aRevocationTable } from '../../support/a-revocation-table.ts';
import type { Kind } from '../../support/an-authorizer-event.ts';
import { anAuthorizerEvent, bearer, KINDS, STAGES } from '../../support/an-authorizer-event.ts';
import type { TestIssuer } from '../../support/an-issuer.ts';
import { anIssuer } from '../../support/an-issuer.ts';

const TABLE: RouteTable = {
  rules: [
    { route: 'GET /orders/{id}', scopes: ['orders'], acr: ['gold'], maxAuthAgeSeconds: 60 },
    { route: 'GET /health', anyone: true },
    { route: '$connect', scopes: ['orders'] },
  ],
};

let issuer: TestIssuer;
let table: TestTable;
beforeAll(async () => {
  [issuer, table] = await Promise.all([anIssuer(), aRevocationTable()]);
});
afterAll(() => Promise.all([issuer.close(), table.close()]));

const start = (routes: unknown, variables: Readonly<Record<string, string>> = {}) =>
  aBundle<Record<string, unknown>>('authorizer', {
    issuers: [issuer.settings()],
    tableName: table.tableName,
    variables: { [ENVIRONMENT.routes]: JSON.stringify(routes), ...variables },
  });
const now = () => Math.floor(Date.now() / 1000);
const strong = () => ({ scope: 'orders', acr: 'gold', auth_time: now() });
const eventWith = (kind: Kind, claims: Record<string, unknown>) =>
  anAuthorizerEvent(kind, bearer(issuer.token({ claims })));
const statement = (kind: Kind, Effect: 'Allow' | 'Deny', ...resources: string[]) => {
  const [first, ...others] = resources.map((resource) => `${STAGES[kind]}/${resource}`);
  return { Action: 'execute-api:Invoke', Effect, Resource: others.length === 0 ? first : [first, ...others] };
};

describe.each(['rest-token', 'rest-request', 'http-1.0'] as const)(
  'with a route table, a %s authorizer',
  (kind) => {
    // On a REST API a slash at the end does not count.
    const health = kind === 'http-1.0' ? ['GET/health'] : ['GET/health', 'GET/health/'];

    it('is answered with all that the token may call', async () => {
      await expect(start(TABLE)(eventWith(kind, strong()))).resolves.toMatchObject({
        principalId: 'alice',
        policyDocument: { Statement: [statement(kind, 'Allow', ...health, 'GET/orders/?*')] },
      });
    });

    it('is answered with the same for a refused route, with the context that a cached answer needs', async () => {
      await expect(start(TABLE)(eventWith(kind, {}))).resolves.toMatchObject({
        principalId: 'alice',
        policyDocument: { Statement: [statement(kind, 'Allow', ...health)] },
        context: { sub: 'alice' },
      });
    });
  },
);

describe('with a route table, the bundled authorizer', () => {
  it('answers an HTTP API yes or no', async () => {
    await expect(start(TABLE)(eventWith('http-2.0', strong()))).resolves.toMatchObject({
      isAuthorized: true,
    });
    await expect(start(TABLE)(eventWith('http-2.0', {}))).resolves.toEqual({ isAuthorized: false });
  });

  it.each(['http-1.0', 'http-2.0'] as const)(
    'finds the token of an %s event whose identity source has the verb and the path too',
    async (kind) => {
      const token = issuer.token({ claims: strong() });
      const identity = [`Bearer ${token}`, 'GET', '/orders/1'];
      const values = { identitySource: kind === 'http-2.0' ? identity : identity.join() };
      const event = { ...anAuthorizerEvent(kind, bearer(token)), ...values };

      await expect(
        start(
          { ...TABLE, exact: true },
          { [ENVIRONMENT.httpApiAnswer]: 'iam' },
        )({
          ...event,
          ...(kind === 'http-1.0' && { authorizationToken: identity.join() }),
        }),
      ).resolves.toMatchObject({
        policyDocument: { Statement: [statement(kind, 'Allow', 'GET/orders/1')] },
      });
    },
  );

  it('denies a WebSocket explicitly where nothing is permitted', async () => {
    await expect(start(TABLE)(eventWith('websocket', {}))).resolves.toMatchObject({
      policyDocument: { Statement: [statement('websocket', 'Deny', '*')] },
    });
    await expect(start(TABLE)(eventWith('websocket', strong()))).resolves.toMatchObject({
      policyDocument: { Statement: [statement('websocket', 'Allow', '$connect')] },
    });
  });

  it('tells how to sign in when it may tell the reason', async () => {
    const told = start(TABLE, { [ENVIRONMENT.denialDetail]: 'reason' });

    await expect(told(eventWith('rest-token', { scope: 'orders' }))).resolves.toMatchObject({
      context: {
        reason: 'authentication_insufficient',
        error: 'insufficient_user_authentication',
        acr_values: 'gold',
        max_age: 60,
      },
    });
    const answer = await told(eventWith('rest-token', {}));
    expect(answer).toMatchObject({ context: { reason: 'scope_insufficient', error: 'insufficient_scope' } });
    expect(JSON.stringify(answer)).not.toContain('scope orders');
  });

  it('throws and logs the fault response_too_large rather than answer a shortened policy', async () => {
    const rules = Array.from({ length: 200 }, (_, at) => ({ route: `GET /route-${at}`, scopes: [`s${at}`] }));
    const scope = rules
      .filter((_, at) => at % 3 > 0)
      .map((rule) => rule.scopes.join())
      .join(' ');

    const logging = aLoggingFunction([issuer.settings()], table, {
      [ENVIRONMENT.routes]: JSON.stringify({ rules }),
      [ENVIRONMENT.lookUp]: JSON.stringify({ deadlineMs: 10_000 }), // on a loaded machine
    });
    const { entry, result } = await logging.invoke(eventWith('rest-token', { scope }));
    await logging.close();

    expect(result).toMatchObject({
      ok: false,
      error: { errorMessage: expect.stringMatching(/^response_too_large: /) },
    });
    expect(entry).toMatchObject({
      decision: 'fault',
      reason: 'response_too_large',
      route: expect.stringMatching(/\/prod\/GET$/),
      cause: [expect.stringMatching(/^response_too_large: it takes \d+ bytes$/)],
    });
  });

  test.each([
    ['no list', {}],
    ['a route that is none', { rules: [{ route: 'GET', anyone: true }] }],
    ['a rule that asks for nothing', { rules: [{ route: 'GET /a' }] }],
    [
      'a rule for anyone that asks for something',
      { rules: [{ route: 'GET /a', anyone: true, scopes: ['a'] }] },
    ],
    ['a rule for nobody with a condition', { rules: [{ route: 'GET /a', nobody: true, scopes: ['a'] }] }],
    ['a rule for anyone and nobody', { rules: [{ route: 'GET /a', anyone: true, nobody: true }] }],
    ['an unknown condition', { rules: [{ route: 'GET /a', scope: ['a'] }] }],
    ['an empty list', { rules: [{ route: 'GET /a', scopes: [] }] }],
    ['one route twice', { rules: ['x', 'y'].map((name) => ({ route: `GET /{${name}}`, anyone: true })) }],
  ])('does not start with %s', (_what, routes) => {
    expect(() => start(routes)).toThrow(/^config_invalid: REVOCABLE_AUTHORIZER_ROUTES/);
  });
});

describe('behind a REST API with the denial detail reason', () => {
  const HEADER = IdentitySource.header('Authorization');
  const rules: RouteTable['rules'] = [
    { route: 'GET /open', anyone: true },
    { route: 'GET /scope', scopes: ['orders'] },
    { route: 'GET /acr', acr: ['urn:example:gold#1', 'silver'] },
    { route: 'GET /age', maxAuthAgeSeconds: 900 },
    { route: 'GET /both', acr: ['gold'], maxAuthAgeSeconds: 60 },
    { route: 'GET /mfa', amr: ['mfa'] },
    { route: 'GET /admins', groups: ['admins'], acr: ['gold'] },
  ];

  /** The local gateway with a REST API that has all these routes, and the gateway response of the construct. */
  function aRestApi({ ttlSeconds = 0, resourcePolicy = {}, isExact = false } = {}) {
    const api = { RestApiId: { Ref: 'Api' } };
    const { statusCode, challenge, template } = denialBodies('reason', signInFields(rules)).ACCESS_DENIED;
    const routes = rules.map(({ route }) => route.slice('GET /'.length));
    const { template: synthesized, lookup } = aTemplate(
      {
        Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { ...resourcePolicy } },
        Stage: { Type: 'AWS::ApiGateway::Stage', Properties: { ...api, StageName: 'prod' } },
        Authorizer: {
          Type: 'AWS::ApiGateway::Authorizer',
          Properties: {
            ...api,
            Type: isExact ? 'REQUEST' : 'TOKEN',
            AuthorizerUri: uriOf('Authorize'),
            IdentitySource: identitySourceExpressions('rest', [HEADER], '', isExact)?.join(),
            AuthorizerResultTtlInSeconds: ttlSeconds,
          },
        },
        AccessDenied: {
          Type: 'AWS::ApiGateway::GatewayResponse',
          Properties: {
            ...api,
            ResponseType: 'ACCESS_DENIED',
            StatusCode: statusCode,
            ResponseParameters: { 'gatewayresponse.header.WWW-Authenticate': `'${challenge}'` },
            ResponseTemplates: { 'application/json': template },
          },
        },
        ...Object.fromEntries(
          routes.flatMap((PathPart) => [
            [
              `Resource${PathPart}`,
              {
                Type: 'AWS::ApiGateway::Resource',
                Properties: { ...api, ParentId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] }, PathPart },
              },
            ],
            [
              `Method${PathPart}`,
              {
                Type: 'AWS::ApiGateway::Method',
                Properties: {
                  ...api,
                  HttpMethod: 'GET',
                  ResourceId: { Ref: `Resource${PathPart}` },
                  AuthorizationType: 'CUSTOM',
                  AuthorizerId: { Ref: 'Authorizer' },
                  Integration: { Type: 'AWS_PROXY', Uri: uriOf('Backend') },
                },
              },
            ],
          ]),
        ),
      },
      ['Authorize', 'Backend'],
    );
    const settings = readRestApi(synthesized, lookup);
    if (!settings) throw new Error('The template has no REST API.');
    const functions = someFunctions({
      Authorize: start(
        { groupsClaim: 'roles', ...(isExact && { exact: true }), rules },
        { [ENVIRONMENT.denialDetail]: 'reason' },
      ),
      Backend: () => ({ statusCode: 200, body: '{}' }),
    });
    const gateway = new RestApi(settings, { functions, log: functions.log });
    const call = async (route: string, token: string) => {
      const { status, headers, body } = await gateway.handle({
        httpMethod: 'GET',
        path: `/${route}`,
        query: '',
        headers: [['Authorization', `Bearer ${token}`]],
        body: new Uint8Array(),
        sourceIp: '127.0.0.1',
      });
      const { 'WWW-Authenticate': challenged } = Object.fromEntries(headers);
      return { status, challenged, body: JSON.parse(String(body)) };
    };
    return Object.assign(call, { events: functions.events });
  }
  const MESSAGE = { message: DENIAL_MESSAGE, requestId: expect.any(String) };
  const signIn = {
    ...MESSAGE,
    error: 'insufficient_user_authentication',
    reason: 'authentication_insufficient',
  };
  const noField = { acr_values: '', max_age: '' };

  test.each([
    ['acr', { ...signIn, acr_values: 'urn:example:gold#1 silver', max_age: '' }],
    ['age', { ...signIn, acr_values: '', max_age: '900' }],
    ['both', { ...signIn, acr_values: 'gold', max_age: '60' }],
    ['mfa', { ...signIn, ...noField }],
    ['scope', { ...MESSAGE, error: 'insufficient_scope', reason: 'scope_insufficient', ...noField }],
    ['admins', { ...MESSAGE, error: 'insufficient_scope', reason: 'route_forbidden', ...noField }],
  ])('a client without what /%s asks for is told so, and how to sign in', async (route, body) => {
    await expect(aRestApi()(route, issuer.token())).resolves.toEqual({
      status: 403,
      challenged: `Bearer error_description="${DENIAL_MESSAGE}"`,
      body,
    });
  });

  it('a client with an expired token is told nothing about signing in', async () => {
    const { body } = await aRestApi()('both', issuer.token({ claims: { exp: now() - 1 } }));

    expect(body).toEqual({ ...MESSAGE, error: 'invalid_token', reason: 'token_expired', ...noField });
  });

  it('a body is JSON without a reason where a cached answer, or a resource policy, denies', async () => {
    const nothing = { ...MESSAGE, error: '', reason: '', ...noField };
    const cached = aRestApi({ ttlSeconds: 300 });
    const token = issuer.token();
    await expect(cached('open', token)).resolves.toMatchObject({ status: 200 });
    await expect(cached('acr', token)).resolves.toMatchObject({ status: 403, body: nothing });

    const Statement = [{ Effect: 'Deny', Principal: '*', Action: 'execute-api:Invoke', Resource: '*' }];
    const closed = aRestApi({ resourcePolicy: { Policy: { Statement } } });
    await expect(closed('open', token)).resolves.toMatchObject({ status: 403, body: nothing });
  });

  it('a client gets the answer of each route, with its reason, where exact answers are cached by it', async () => {
    const call = aRestApi({ ttlSeconds: 300, isExact: true });
    const token = issuer.token();

    for (const _round of [1, 2]) {
      await expect(call('open', token)).resolves.toMatchObject({ status: 200 });
      await expect(call('age', token)).resolves.toMatchObject({ status: 403, body: signIn });
      await expect(call('admins', token)).resolves.toMatchObject({
        status: 403,
        body: { reason: 'route_forbidden' },
      });
    }

    expect(call.events['Authorize']).toHaveLength(3);
  });
});

describe('the log of the authorizer with a route table', () => {
  test.each(KINDS)('names the rule of a refused %s request and what is missing', async (kind) => {
    const logging = aLoggingFunction([issuer.settings()], table, {
      [ENVIRONMENT.routes]: JSON.stringify(TABLE),
    });
    const { entry } = await logging.invoke(eventWith(kind, {}));
    await logging.close();

    expect(entry).toMatchObject({
      decision: 'denial',
      reason: 'scope_insufficient',
      rule: kind === 'websocket' ? '$connect' : 'GET /orders/{id}',
      missing: expect.arrayContaining(['scope orders']),
    });
  });

  it('tells what a table that is only tried out would deny', async () => {
    const routes = JSON.stringify({ ...TABLE, mode: 'log-only' });
    const logging = aLoggingFunction([issuer.settings()], table, { [ENVIRONMENT.routes]: routes });
    const { entry, result } = await logging.invoke(eventWith('http-2.0', { scope: 'orders' }));
    await logging.close();

    expect(entry).toMatchObject({
      decision: 'allow',
      wouldDeny: true,
      reason: 'authentication_insufficient',
      missing: ['acr gold', 'max_age 60'],
      acrValues: 'gold',
      maxAge: 60,
    });
    expect(JSON.stringify(result)).toContain('true');
  });
});
