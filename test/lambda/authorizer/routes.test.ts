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
const statement = (kind: Kind, Effect: 'Allow' | 'Deny', resource: string) => ({
  Action: 'execute-api:Invoke',
  Effect,
  Resource: `${STAGES[kind]}/${resource}`,
});
/** The caller is named, and nothing is allowed. */
const DENIED = (kind: Kind, principalId = 'alice', context: object = {}) => ({
  principalId,
  policyDocument: { Version: '2012-10-17', Statement: [statement(kind, 'Deny', '*')] },
  context: expect.objectContaining({ sub: principalId.replace(/.*\|/, ''), ...context }),
});

/** The event of a request to another path than `GET /orders/1`, without the fields that name the route. */
const eventAt = (kind: Kind, resource: string, claims: Record<string, unknown> = {}) => {
  const { routeKey: _key, resource: _resource, ...event } = eventWith(kind, claims);
  return { ...event, [kind === 'http-2.0' ? 'routeArn' : 'methodArn']: `${STAGES[kind]}/${resource}` };
};

const IAM = { [ENVIRONMENT.httpApiAnswer]: 'iam' };
const POLICY_KINDS = ['rest-token', 'rest-request', 'http-1.0', 'http-2.0'] as const;

describe.each(POLICY_KINDS)('with a route table, a %s authorizer', (kind) => {
  it('allows the requested verb and path, and nothing else', async () => {
    await expect(start(TABLE, IAM)(eventWith(kind, strong()))).resolves.toMatchObject({
      principalId: 'alice',
      policyDocument: { Statement: [statement(kind, 'Allow', 'GET/orders/1')] },
      context: { sub: 'alice' },
    });
  });

  it('denies everything, explicitly, for whatever reason the rules deny', async () => {
    const authorize = start(TABLE, IAM);

    for (const event of [
      eventWith(kind, {}),
      eventWith(kind, { scope: 'orders' }),
      eventAt(kind, 'GET/nowhere', strong()),
    ])
      await expect(authorize(event)).resolves.toEqual(DENIED(kind));
  });

  test.each([
    ['GET/files/a b.pdf', 'GET/files/a b.pdf'],
    ['GET/files/ü.pdf', 'GET/files/ü.pdf'],
    ['GET/files/"[{', 'GET/files/"[{'],
    ['GET/files/*?', `GET/files/\${*}\${?}`],
    ['GET/files/${aws:x}', `GET/files/\${$}{aws:x}`],
  ])('allows %s by a resource that IAM reads as this path alone', async (resource, named) => {
    const files: RouteTable = { rules: [{ route: 'GET /files/{name}', anyone: true }] };

    await expect(start(files, IAM)(eventAt(kind, resource))).resolves.toMatchObject({
      policyDocument: { Statement: [statement(kind, 'Allow', named)] },
    });
  });

  it('denies a path that is too long for a resource, unless the table is only tried out', async () => {
    const files: RouteTable = { rules: [{ route: 'GET /files/{name}', anyone: true }] };
    const long = eventAt(kind, `GET/files/${'x'.repeat(500)}`);

    await expect(start(files, IAM)(long)).resolves.toEqual(DENIED(kind));
    await expect(start({ ...files, mode: 'log-only' }, IAM)(long)).resolves.toMatchObject({
      policyDocument: { Statement: [statement(kind, 'Allow', '*')] },
    });
  });

  test.each([
    'GET/public/%2e%2e/admin/users',
    'GET/public/..;/admin',
    'GET/public//admin',
    'GET/public\\..\\admin',
  ])('denies %s, which a server could read as another path', async (resource) => {
    const wide: RouteTable = { rules: [{ route: 'ANY /public/{proxy+}', anyone: true }] };

    await expect(start(wide, IAM)(eventAt(kind, resource))).resolves.toEqual(DENIED(kind));
  });

  test.each(['FOO1', 'VERSION_CONTROL'])('denies the method %s, and has no fault', async (method) => {
    await expect(start(TABLE, IAM)(eventAt(kind, `${method}/orders/1`, strong()))).resolves.toEqual(
      DENIED(kind),
    );
  });
});

describe.each(['rest-request', 'http-1.0', 'http-2.0'] as const)(
  'with a route table, a %s authorizer, which knows the chosen route,',
  (kind) => {
    const files: RouteTable = {
      rules: [
        { route: 'GET /files/{id}', anyone: true },
        { route: 'GET /files/{id}/raw', scopes: ['admin'] },
      ],
    };
    const asked = (path: string, route: string, claims = {}) => ({
      ...eventAt(kind, `GET/${path}`, claims),
      ...(kind === 'http-2.0' ? { routeKey: `GET ${route}` } : { resource: route }),
    });

    it('denies where the rule for the path does not cover that route', async () => {
      const authorize = start(files, IAM);

      await expect(authorize(asked('files/x%2Fraw', '/files/{id}/raw'))).resolves.toEqual(DENIED(kind));
      await expect(authorize(asked('files/x', '/files/{id}/raw', { scope: 'admin' }))).resolves.toEqual(
        DENIED(kind),
      );
      await expect(authorize(asked('files/x', '/files/{id}'))).resolves.toMatchObject({
        policyDocument: { Statement: [statement(kind, 'Allow', 'GET/files/x')] },
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
    'lets the rule $default decide about an %s event whose ARN does not say the path',
    async (kind) => {
      const authorize = start(
        {
          rules: [
            { route: '$default', anyone: true },
            { route: 'GET /admin', scopes: ['admin'] },
          ],
        },
        IAM,
      );
      const asked = (path: string) => ({
        ...eventAt(kind, '$default'),
        ...(kind === 'http-2.0' ? { routeKey: '$default', rawPath: path } : { resource: '$default', path }),
      });

      await expect(authorize(asked('/anything'))).resolves.toMatchObject({
        policyDocument: { Statement: [statement(kind, 'Allow', '$default')] },
      });
      await expect(authorize(asked('/v1/admin'))).resolves.toEqual(DENIED(kind));
    },
  );

  it.each(['http-1.0', 'http-2.0'] as const)(
    'finds the token of an %s event whose identity source has the route too',
    async (kind) => {
      const token = issuer.token({ claims: strong() });
      const identity = [`Bearer ${token}`, 'GET', '/orders/1', 'api.example.com', '-'];
      const values = { identitySource: kind === 'http-2.0' ? identity : identity.join() };
      const event = { ...anAuthorizerEvent(kind, bearer(token)), ...values };

      await expect(
        start(
          TABLE,
          IAM,
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
    await expect(start(TABLE)(eventWith('websocket', {}))).resolves.toEqual(DENIED('websocket'));
    await expect(start(TABLE)(eventWith('websocket', strong()))).resolves.toMatchObject({
      policyDocument: { Statement: [statement('websocket', 'Allow', '$connect')] },
    });
  });

  it('tells how to sign in when it may tell the reason', async () => {
    const told = start(TABLE, { [ENVIRONMENT.denialDetail]: 'reason' });

    await expect(told(eventWith('rest-token', { scope: 'orders' }))).resolves.toEqual(
      DENIED('rest-token', 'alice', {
        reason: 'authentication_insufficient',
        error: 'insufficient_user_authentication',
        acr_values: 'gold',
        max_age: 60,
      }),
    );
    const answer = await told(eventWith('rest-token', {}));
    expect(answer).toMatchObject({ context: { reason: 'scope_insufficient', error: 'insufficient_scope' } });
    expect(JSON.stringify(answer)).not.toContain('scope orders');
  });

  it('keeps what belongs to one of two issuers from the tokens of the other', async () => {
    const partner = await anIssuer();
    const authorize = (routes: unknown) =>
      aBundle<Record<string, unknown>>('authorizer', {
        issuers: [issuer.settings({ id: 'own' }), partner.settings({ id: 'partner' })],
        tableName: table.tableName,
        variables: { [ENVIRONMENT.routes]: JSON.stringify(routes) },
      });
    const own = authorize({
      rules: [{ route: 'GET /orders/{id}', pathClaims: { id: 'sub' }, issuers: ['own'] }],
    });
    const eventOf = ({ token }: TestIssuer) =>
      anAuthorizerEvent('rest-token', bearer(token({ claims: { sub: '1' } })));

    await expect(own(eventOf(issuer))).resolves.toMatchObject({
      principalId: 'own|1',
      context: { iss: issuer.url },
    });
    await expect(own(eventOf(partner))).resolves.toEqual(DENIED('rest-token', 'partner|1'));
    const open = authorize({ rules: [{ route: 'GET /orders/{id}', anyone: true }] });
    await expect(open(eventOf(partner))).resolves.toMatchObject({
      principalId: 'partner|1',
      context: { iss: partner.url },
    });
    expect(() => authorize({ rules: [{ route: 'GET /a', scopes: ['a'] }] })).toThrow(
      /^config_invalid: .*, rule GET \/a: it has to name its issuers/,
    );
    await partner.close();
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
  function aRestApi({ ttlSeconds = 0, resourcePolicy = {} } = {}) {
    const isCached = ttlSeconds > 0;
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
            Type: isCached ? 'REQUEST' : 'TOKEN',
            AuthorizerUri: uriOf('Authorize'),
            IdentitySource: identitySourceExpressions('rest', [HEADER], '', isCached)?.join(),
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
      Authorize: start({ groupsClaim: 'roles', rules }, { [ENVIRONMENT.denialDetail]: 'reason' }),
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
    const { body } = await aRestApi()('both', issuer.token({ claims: { exp: now() - 3 } }));

    expect(body).toEqual({ ...MESSAGE, error: 'invalid_token', reason: 'token_expired', ...noField });
  });

  const everybody = (Effect: 'Allow' | 'Deny') => ({
    Policy: {
      Statement: [{ Effect, Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' }],
    },
  });

  it('a body is JSON without a reason where a resource policy denies', async () => {
    const nothing = { ...MESSAGE, error: '', reason: '', ...noField };
    const closed = aRestApi({ resourcePolicy: everybody('Deny') });

    await expect(closed('open', issuer.token())).resolves.toMatchObject({ status: 403, body: nothing });
  });

  it('a denied client stays denied beside a resource policy that allows everybody', async () => {
    const open = aRestApi({ resourcePolicy: everybody('Allow') });

    await expect(open('open', issuer.token())).resolves.toMatchObject({ status: 200 });
    for (const { route } of rules.slice(1))
      await expect(open(route.slice('GET /'.length), issuer.token())).resolves.toMatchObject({ status: 403 });
  });

  it('a client gets the response of each route, with its reason, where responses are cached', async () => {
    const call = aRestApi({ ttlSeconds: 300 });
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

  it('says that a path is too long to be named', async () => {
    const routes = JSON.stringify({ rules: [{ route: 'GET /files/{name}', anyone: true }] });
    const logging = aLoggingFunction([issuer.settings()], table, { [ENVIRONMENT.routes]: routes });
    const { entry, line } = await logging.invoke(eventAt('rest-token', `GET/files/${'x'.repeat(500)}`));
    await logging.close();

    expect(entry).toMatchObject({
      reason: 'route_forbidden',
      rule: 'GET /files/{name}',
      missing: [expect.stringContaining('512 characters')],
    });
    expect(line).not.toContain('xxx');
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
