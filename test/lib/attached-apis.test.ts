import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, test } from '@jest/globals';
import type { CfnElement } from 'aws-cdk-lib';
import { App, Duration, Fn, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { IRestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  ApiDefinition,
  AuthorizationType,
  CfnAuthorizer,
  CfnMethod,
  CfnResource,
  CfnRestApi,
  RestApi,
  SpecRestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  CfnAuthorizer as CfnHttpAuthorizer,
  CfnRoute,
  HttpApi,
  WebSocketApi,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUrlIntegration, WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { AnyPrincipal, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Issuer } from '../../lib/issuer.ts';
import type { RevocableAuthorizerProps } from '../../lib/revocable-authorizer.ts';
import { RevocableAuthorizer } from '../../lib/revocable-authorizer.ts';
import { anAuthorizer, anIssuer } from './an-authorizer.ts';

type Routes = NonNullable<RevocableAuthorizerProps['routes']>;
type Options = Partial<RevocableAuthorizerProps>;

function aRestApi(routes: readonly string[], table: Routes, options: Options = {}) {
  const made = anAuthorizer({ routes: table, ...options });
  const api = new RestApi(made.stack, 'Api', { cloudWatchRole: false });
  for (const route of routes) {
    const [verb = '', path = ''] = route.split(' ');
    api.root.resourceForPath(path).addMethod(verb, undefined, { authorizer: made.authorizer.forRestApi() });
  }
  return { ...made, api };
}

function anHttpApi(routes: readonly string[], table: Routes, options: Options = {}) {
  const made = anAuthorizer({ routes: table, ...options });
  const api = new HttpApi(made.stack, 'Api', { defaultAuthorizer: made.authorizer.forHttpApi() });
  const integration = new HttpUrlIntegration('Backend', 'https://backend.example.com');
  for (const route of routes) {
    const [verb = '', path = ''] = route.split(' ');
    api.addRoutes({ path, methods: [verb as HttpMethod], integration });
  }
  return { ...made, api };
}

function messageOf(act: () => void): string {
  try {
    act();
  } catch (thrown) {
    return String(thrown);
  }
  return '';
}

const UNCOVERED = 'has no rule for the route';
const UNUSED = 'has a rule for';

describe('the check of the route table against the APIs', () => {
  test.each<[string, readonly string[], Routes]>([
    [
      'the same routes',
      ['GET /orders', 'GET /orders/{id}'],
      { 'GET /orders': 'any', 'GET /orders/{id}': 'any' },
    ],
    ['other names of variables', ['GET /orders/{id}'], { 'GET /orders/{order}': 'any' }],
    ['ANY over a verb', ['GET /orders', 'POST /orders'], { 'ANY /orders': 'any' }],
    ['a verb and ANY for the others', ['ANY /orders'], { 'GET /orders': 'any', 'ANY /orders': 'any' }],
    [
      'rules inside a proxy route',
      ['ANY /{proxy+}'],
      { 'GET /orders/{id}': 'any', 'ANY /admin/{proxy+}': 'any' },
    ],
    ['the root', ['GET /'], { 'GET /': 'any' }],
    ['a rule for one value of a variable', ['GET /o/{id}'], { 'GET /o/{id}': 'any', 'GET /o/latest': 'any' }],
  ])('accepts %s', (_what, routes, table) => {
    const { app } = aRestApi(routes, table);
    expect(() => app.synth()).not.toThrow();
  });

  test.each<[string, readonly string[], Routes, string]>([
    [
      'a route without a rule',
      ['GET /a', 'GET /b'],
      { 'GET /a': 'any' },
      `${UNCOVERED} "GET /b" of the API "Orders/Api"`,
    ],
    ['a verb without a rule', ['GET /a', 'POST /a'], { 'GET /a': 'any' }, `${UNCOVERED} "POST /a"`],
    ['the root without a rule', ['GET /', 'GET /a'], { 'GET /{proxy+}': 'any' }, `${UNCOVERED} "GET /"`],
    ['$default in a REST API', ['GET /a'], { $default: 'any' }, `${UNCOVERED} "GET /a"`],
    ['a rule without a route', ['GET /a'], { 'GET /a': 'any', 'GET /b': 'any' }, `${UNUSED} "GET /b"`],
    [
      'a rule that others leave nothing',
      ['GET /a'],
      { 'GET /a': 'any', 'ANY /a': 'any' },
      `${UNUSED} "ANY /a"`,
    ],
    ['a rule for $connect', ['GET /a'], { 'GET /a': 'any', $connect: 'any' }, `${UNUSED} "$connect"`],
    ['a rule for $default', ['GET /a'], { 'GET /a': 'any', $default: 'any' }, `${UNUSED} "$default"`],
    ['a proxy over the root', ['ANY /'], { 'ANY /{proxy+}': 'any' }, `${UNCOVERED} "ANY /"`],
  ])('refuses %s', (_what, routes, table, message) => {
    const { app } = aRestApi(routes, table);
    expect(() => app.synth()).toThrow(`RevocableAuthorizer "Authorizer": option "routes" ${message}`);
  });

  it('accepts what is acknowledged, route by route', () => {
    const table = { 'GET /a': 'any', 'GET /elsewhere': 'any' } as const;
    const acknowledgedRoutes = { 'GET /elsewhere': 'Of the reports application.' };
    expect(() => aRestApi(['GET /a'], table, { acknowledgedRoutes }).app.synth()).not.toThrow();
    expect(() => aRestApi(['GET /a', 'GET /c'], table, { acknowledgedRoutes }).app.synth()).toThrow(
      `${UNCOVERED} "GET /c"`,
    );
  });

  it('takes a rule for nobody for a route that nobody may call, and no acknowledgement', () => {
    const table = { 'GET /a': 'any', 'GET /b': 'nobody' } as const;
    expect(() => aRestApi(['GET /a', 'GET /b'], table).app.synth()).not.toThrow();

    const acknowledgedRoutes = { 'GET /b': 'Retired.' };
    const made = aRestApi(['GET /a', 'GET /b'], { 'GET /a': 'any' }, { acknowledgedRoutes });
    const message = messageOf(() => made.app.synth());
    expect(message).toContain(
      `for which "routes" has no rule; if nobody may call it, write 'GET /b': 'nobody'`,
    );
    expect(message).not.toContain(UNCOVERED);
  });

  it('refuses an acknowledgement of nothing, which could cover up a later difference', () => {
    const { app } = aRestApi(
      ['GET /a'],
      { 'GET /a': 'any' },
      { acknowledgedRoutes: { 'GET /b': 'Retired.' } },
    );
    expect(() => app.synth()).toThrow(
      'option "acknowledgedRoutes" names "GET /b", about which there is nothing',
    );
  });

  it('looks at the methods behind this authorizer, of both types, and at no others', () => {
    const { app, authorizer, api } = aRestApi(['GET /a'], { 'GET /a': 'any', 'GET /b': 'any' });
    api.root.addResource('b').addMethod('GET', undefined, { authorizer: authorizer.forRestApiRequest() });
    api.root.addResource('open').addMethod('GET', undefined, { authorizationType: AuthorizationType.NONE });
    expect(() => app.synth()).not.toThrow();
  });

  it('looks at HTTP APIs, whose $default takes the rest', () => {
    expect(() =>
      anHttpApi(['GET /a', 'POST /b'], { 'GET /a': 'any', $default: 'any' }).app.synth(),
    ).not.toThrow();
    expect(() => anHttpApi(['GET /a', 'POST /b'], { 'GET /a': 'any' }).app.synth()).toThrow(
      `${UNCOVERED} "POST /b" of the API "Orders/Api"`,
    );
  });

  it('says of a route that no rule can name what to do instead', () => {
    const { app, stack, api } = anHttpApi(['GET /a'], { 'GET /a': 'any' });
    new CfnRoute(stack, 'Slash', {
      apiId: api.apiId,
      routeKey: 'GET /a/',
      authorizationType: 'CUSTOM',
      authorizerId: api.node.findAll().find(CfnHttpAuthorizer.isCfnAuthorizer)?.ref ?? '',
    });
    expect(() => app.synth()).toThrow(
      `${UNCOVERED} "GET /a/" of the API "Orders/Api"; no key of a rule can name it, so give the API another route, or on an HTTP API add the rule "$default".`,
    );
  });

  it('finds the paths of methods that are made without an addMethod', () => {
    const made = aRestApi(['GET /a'], { 'GET /a': 'any' });
    const { stack, api } = made;
    const authorizer = api.node.findAll().find(CfnAuthorizer.isCfnAuthorizer);
    const add = (scope: Stack, id: string, resourceId: string, authorizerId = authorizer?.ref) =>
      new CfnMethod(scope, id, {
        restApiId: api.restApiId,
        resourceId,
        httpMethod: 'DELETE',
        authorizationType: 'CUSTOM',
        ...(authorizerId !== undefined && { authorizerId }),
      });
    const b = new CfnResource(stack, 'B', {
      restApiId: (api.node.defaultChild as CfnRestApi).attrRestApiId,
      parentId: api.restApiRootResourceId,
      pathPart: 'b',
    });
    const c = new CfnResource(stack, 'C', { restApiId: api.restApiId, parentId: b.ref, pathPart: '{c}' });
    add(stack, 'OfRoot', api.restApiRootResourceId);
    add(stack, 'OfA', api.root.getResource('a')?.resourceId ?? '');
    add(stack, 'OfB', b.ref);
    add(new Stack(made.app, 'Other'), 'OfC', c.attrResourceId, authorizer?.attrAuthorizerId);
    add(stack, 'Elsewhere', 'abc123', 'anotherAuthorizer');

    const message = messageOf(() => made.app.synth());
    for (const route of ['DELETE /', 'DELETE /a', 'DELETE /b', 'DELETE /b/{c}'])
      expect(message).toContain(`${UNCOVERED} "${route}" of the API "Orders/Api"`);
    expect(message).not.toContain('abc123');
    expect(message).not.toContain('cannot be compared');
  });

  it('refuses a method whose path it cannot find', () => {
    const made = aRestApi(['GET /a'], { 'GET /a': 'any' });
    const authorizer = made.api.node.findAll().find(CfnAuthorizer.isCfnAuthorizer);
    new CfnMethod(made.stack, 'Lost', {
      restApiId: made.api.restApiId,
      resourceId: Fn.importValue('OrdersResource'),
      httpMethod: 'GET',
      authorizationType: 'CUSTOM',
      authorizerId: Fn.ref(made.stack.getLogicalId(authorizer as CfnElement)),
    });
    expect(() => made.app.synth()).toThrow(
      'option "routes" cannot be compared with the method "Orders/Lost" of the API "Orders/Api", because its path is not in this application; make it with addResource() and addMethod()',
    );
  });

  it('finds the routes of an API whose id is written by hand', () => {
    const { app, stack, authorizer } = anAuthorizer({ routes: { 'GET /a': 'any' } });
    const restApiId = Fn.ref('OldApi');
    const api = RestApi.fromRestApiAttributes(stack, 'Api', { restApiId, rootResourceId: 'root' });
    api.root.addResource('b').addMethod('GET', undefined, { authorizer: authorizer.forRestApi() });
    expect(() => app.synth()).toThrow(`${UNCOVERED} "GET /b" of the API "Orders/Api"`);
  });

  it('does not take the API of another stack with the same ids for its own', () => {
    const { app, authorizer } = aRestApi(['GET /a'], { 'GET /a': 'any' });
    const stack = new Stack(app, 'Staging');
    const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
    api.root.addMethod('GET', undefined, { authorizationType: AuthorizationType.NONE });
    expect(authorizer.routeReport()).not.toContain('| GET / |');
  });

  test.each<[string, (authorizer: CfnHttpAuthorizer) => string]>([
    ['Ref', ({ ref }) => ref],
    ['GetAtt', ({ attrAuthorizerId }) => attrAuthorizerId],
    [
      'GetAtt by name',
      ({ stack, logicalId }) => Fn.getAtt(stack.resolve(logicalId), 'AuthorizerId').toString(),
    ],
  ])('looks at an HTTP route that names the authorizer by %s', (_what, idOf) => {
    const { app, stack, api } = anHttpApi(['GET /a'], { 'GET /a': 'any' });
    const authorizer = api.node.findAll().find(CfnHttpAuthorizer.isCfnAuthorizer);
    if (authorizer === undefined) throw new Error('there is no authorizer');
    new CfnRoute(stack, 'Route', {
      apiId: api.apiId,
      routeKey: 'DELETE /b',
      authorizationType: 'CUSTOM',
      authorizerId: idOf(authorizer),
    });
    expect(() => app.synth()).toThrow(`${UNCOVERED} "DELETE /b"`);
  });

  it('looks at $connect of WebSocket APIs', () => {
    const connect = (table: Routes) => {
      const { app, stack, authorizer } = anAuthorizer({ routes: table });
      const integration = new WebSocketMockIntegration('Mock');
      new WebSocketApi(stack, 'Sockets', {
        connectRouteOptions: { integration, authorizer: authorizer.forWebSocketApi() },
        defaultRouteOptions: { integration },
      });
      return app;
    };
    expect(() => connect({ $connect: { scopes: ['chat'] } }).synth()).not.toThrow();
    expect(() => connect({ 'GET /a': 'any' }).synth()).toThrow(`${UNCOVERED} "$connect"`);
    expect(() => connect({ $default: 'any' }).synth()).toThrow(`${UNCOVERED} "$connect"`);
    expect(() => connect({ $connect: 'any', 'GET /a': 'any' }).synth()).toThrow(`${UNUSED} "GET /a"`);
  });

  it('looks at APIs in other stacks, and judges no rule before an API is attached', () => {
    const { app, authorizer } = anAuthorizer({ routes: { 'GET /a': 'any' } });
    expect(() => Template.fromStack(Stack.of(authorizer))).not.toThrow();

    const other = anAuthorizer({ routes: { 'GET /a': 'any' } });
    const api = new RestApi(new Stack(other.app, 'Other'), 'Api', { cloudWatchRole: false });
    api.root.addMethod('GET', undefined, { authorizer: other.authorizer.forRestApi() });
    expect(() => other.app.synth()).toThrow(`${UNCOVERED} "GET /" of the API "Other/Api"`);
    expect(app).toBeDefined();
  });

  it('checks the APIs of an authorizer that is deployed already, and leaves its other rules alone', () => {
    const stack = new Stack(new App(), 'Api');
    const authorizer = RevocableAuthorizer.fromAttributes(stack, 'Authorizer', {
      authorizerFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:authorizer',
      routes: { 'GET /a': 'any', 'GET /elsewhere': 'any' },
    });
    const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
    const add = (part: string) =>
      api.root.addResource(part).addMethod('GET', undefined, { authorizer: authorizer.forRestApi() });
    add('a');
    expect(() => App.of(stack)?.synth({ force: true })).not.toThrow();
    add('b');
    expect(() => App.of(stack)?.synth({ force: true })).toThrow(/no rule for the route "GET \/b"/);
  });
});

describe('the check of resource policies', () => {
  const CACHED = { routes: { 'GET /a': 'any' }, resultsCacheTtl: Duration.minutes(5) } as const;
  const ALLOW = new PolicyStatement({
    principals: [new AnyPrincipal()],
    actions: ['execute-api:Invoke'],
    resources: ['execute-api:/*'],
  });
  const POLICY = new PolicyDocument({ statements: [ALLOW] });
  const REFUSAL =
    'RevocableAuthorizer "Authorizer": there are "routes" and "resultsCacheTtl", and the REST API "Orders/Api" has a resource policy, which can allow what a cached response does not name; leave "resultsCacheTtl" out, or remove the resource policy.';
  const definition = (more: object) =>
    ApiDefinition.fromInline({ openapi: '3.0.1', info: { title: 'Api', version: '1' }, paths: {}, ...more });

  function attach(makeApi: (stack: Stack) => IRestApi, options: Options = CACHED) {
    const made = anAuthorizer(options);
    const api = makeApi(made.stack);
    const authorizer = made.authorizer.forRestApiRequest();
    api.root.addResource('a').addMethod('GET', undefined, { authorizer });
    const findings = () => made.app.node.findAll().flatMap(({ node }) => node.validate());
    return { ...made, api, findings };
  }
  const withPolicy = (stack: Stack) => new RestApi(stack, 'Api', { cloudWatchRole: false, policy: POLICY });
  const without = (stack: Stack) => new RestApi(stack, 'Api', { cloudWatchRole: false });

  test.each<[string, (stack: Stack) => IRestApi]>([
    ['in the API', withPolicy],
    [
      'in the definition of the API',
      (stack) =>
        new SpecRestApi(stack, 'Api', {
          apiDefinition: definition({ 'x-amazon-apigateway-policy': POLICY.toJSON() }),
        }),
    ],
    [
      'beside the definition of the API',
      (stack) => new SpecRestApi(stack, 'Api', { apiDefinition: definition({}), policy: POLICY }),
    ],
    [
      'in an API that is known by its id',
      (stack) => {
        const { ref, attrRootResourceId } = new CfnRestApi(stack, 'Made', { name: 'Made', policy: POLICY });
        return RestApi.fromRestApiAttributes(stack, 'Api', {
          restApiId: ref,
          rootResourceId: attrRootResourceId,
        });
      },
    ],
  ])('refuses one %s beside a cache of routes', (_where, makeApi) => {
    expect(attach(makeApi).findings()).toContain(REFUSAL);
  });

  it('refuses one that an API gets after it was attached', () => {
    const { api, findings } = attach(without);
    (api as RestApi).addToResourcePolicy(ALLOW);
    expect(findings()).toContain(REFUSAL);
  });

  it('reads what overrides the properties of the API', () => {
    const policy = attach(without);
    const resource = policy.api.node.defaultChild as CfnRestApi;
    resource.addPropertyOverride('Policy', POLICY.toJSON());
    expect(policy.findings()).toContain(REFUSAL);
    const keySource = attach(without, { usageIdentifierKeyClaim: 'client_id' });
    expect(keySource.findings()).toHaveLength(1);
    (keySource.api.node.defaultChild as CfnRestApi).addPropertyOverride('ApiKeySourceType', 'AUTHORIZER');
    expect(keySource.findings()).toEqual([]);
  });

  it('accepts APIs without one', () => {
    expect(attach(without).findings()).toEqual([]);
    expect(
      attach((stack) => new SpecRestApi(stack, 'Api', { apiDefinition: definition({}) })).findings(),
    ).toEqual([]);
  });

  test.each<[string, Options]>([
    ['a cache', { ...CACHED, resultsCacheTtl: undefined }],
    ['routes', { ...CACHED, routes: undefined }],
  ])('accepts one without %s', (_what, options) => {
    expect(attach(withPolicy, options).findings()).toEqual([]);
  });

  it('accepts one of an API that has nothing to do with the authorizer', () => {
    const { stack, app, findings } = attach(without);
    for (const [scope, id] of [
      [stack, 'Other'],
      [new Stack(app, 'Elsewhere'), 'Api'],
    ] as const) {
      const other = new RestApi(scope, id, { cloudWatchRole: false, policy: POLICY });
      other.root.addMethod('GET', undefined, { authorizationType: AuthorizationType.NONE });
    }
    expect(findings()).toEqual([]);
  });

  it('accepts HTTP APIs, which have none', () => {
    const { app } = anHttpApi(['GET /a'], CACHED.routes, { ...CACHED, httpApiAnswer: 'iam' });
    expect(() => app.synth()).not.toThrow();
  });
});

describe('the size of a table', () => {
  const CACHED = { resultsCacheTtl: Duration.minutes(5) };
  const each = (count: number, rule: (at: number) => [string, Routes[string]]): Routes =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => rule(at)));
  const scope = (at: number | string) => ({ scopes: [`s${at}`] });
  const nested = (depth: number) => Array.from({ length: depth }, (_, at) => `/part${at}/{v${at}}`).join('');

  test.each<[string, Routes]>([
    ['200 rules, each with a scope of its own', each(200, (at) => [`GET /a${at}/{id}`, scope(at)])],
    [
      'nested variables with a rule for all that is below each',
      {
        ...each(6, (at) => [`GET ${nested(at + 1)}`, scope(at)]),
        ...each(6, (at) => [`GET ${nested(at + 1)}/{rest+}`, scope(at + 1)]),
      },
    ],
    [
      'alternating greedy rules',
      each(16, (at) => [
        `GET ${Array.from({ length: at }, (_, depth) => `/a/{x${depth}}`).join('')}/{rest+}`,
        scope(at % 2 === 0 ? 'even' : 'odd'),
      ]),
    ],
    ['variables before everything', each(40, (at) => [`GET /{tenant}/part${at}/{id}`, scope(at % 7)])],
    [
      'rules that patterns of IAM cannot tell apart',
      { 'GET /{proxy+}': scope('a'), 'GET /a/{x}': scope('b'), 'GET /a/{x}/b': scope('a') },
    ],
    ['a path that no policy holds', { [`GET /${'a'.repeat(480)}`]: 'any' }],
  ])('is no obstacle, cached or not: %s', (_what, table) => {
    expect(() => aRestApi(['ANY /{proxy+}'], table).app.synth()).not.toThrow();

    const { app, stack, authorizer } = anAuthorizer({ routes: table, ...CACHED });
    new RestApi(stack, 'Api', { cloudWatchRole: false }).root.addProxy({
      defaultMethodOptions: { authorizer: authorizer.forRestApiRequest() },
    });
    expect(() => app.synth()).not.toThrow();
  });

  it('is limited by what the environment of a function holds, before it is deployed', () => {
    const random = (index: number) => createHash('sha256').update(String(index)).digest('hex');
    expect(() => anAuthorizer({ routes: each(90, (at) => [`GET /${random(at)}`, 'any']) })).toThrow(
      /REVOCABLE_AUTHORIZER_ROUTES \d+.*write fewer and broader "routes"/,
    );
  });
});

describe('the report of who may call what', () => {
  const TABLE: Routes = {
    'GET /orders/{id}': { scopes: ['orders:read', 'basic'] },
    'ANY /orders': { anyScope: ['orders:write', 'orders:admin'], amr: ['mfa'], logOnly: true },
    'GET /health': 'any',
    'GET /elsewhere': { subjects: ['ci|bot'] },
    'DELETE /orders/{id}': 'nobody',
  };
  const ACKNOWLEDGED = { 'GET /elsewhere': 'Of the reports application.' };
  const ROUTES = ['POST /orders', 'GET /orders/{id}', 'DELETE /orders/{id}', 'GET /health', 'GET /orders'];
  const report = (routes: readonly string[]) => {
    const { authorizer, api } = aRestApi(routes, TABLE, { acknowledgedRoutes: ACKNOWLEDGED });
    api.root.addMethod('GET', undefined, { authorizationType: AuthorizationType.NONE });
    return authorizer.routeReport();
  };

  it('lists each route with who may call it, and by which rule', () => {
    expect(report(ROUTES)).toBe(`# Who may call what: Orders/Authorizer

What no rule is about is denied.

## REST API Orders/Api

| Route | Who may call it | By the rule |
| --- | --- | --- |
| GET / | whoever this API lets: the authorizer is not asked |  |
| GET /health | every live token | GET /health |
| GET /orders | every live token, and the log says who is not: scope orders:admin or orders:write; amr mfa | ANY /orders |
| POST /orders | every live token, and the log says who is not: scope orders:admin or orders:write; amr mfa | ANY /orders |
| GET /orders/{id} | scope basic and orders:read | GET /orders/{id} |
| DELETE /orders/{id} | nobody | DELETE /orders/{id} |

## Rules that no route here needs

| Rule | Who may call it | What it is for |
| --- | --- | --- |
| GET /elsewhere | subject ci\\|bot | Of the reports application. |
`);
  });

  it('is the same whatever order the routes are written in', () => {
    expect(report([...ROUTES].reverse())).toBe(report(ROUTES));
  });

  it('shows the requests of a proxy route that no rule is about', () => {
    const { authorizer } = aRestApi(['ANY /{proxy+}'], { 'GET /orders': 'any' });
    expect(authorizer.routeReport()).toMatch(
      /ANY \/\{proxy\+\} \| nobody \(all that no rule is about\) +\| none/,
    );
  });

  it('names the issuers of each rule, its own or those of all others', () => {
    const issuers = [
      anIssuer(),
      Issuer.oidc('https://partner.example.com/', { id: 'partner', audience: 'orders' }),
    ];
    const table: Routes = {
      'GET /a': { scopes: ['a'] },
      'GET /b': { scopes: ['b'], issuers: ['partner', 'https://idp.example.com/'] },
      'GET /c': 'any',
      'GET /d': 'nobody',
    };
    const options = { issuers, routesIssuers: ['https://idp.example.com/'] };
    expect(aRestApi(Object.keys(table), table, options).authorizer.routeReport()).toContain(
      [
        '| GET /a | issuer https://idp.example.com/; scope a | GET /a |',
        '| GET /b | issuer https://idp.example.com/ or partner; scope b | GET /b |',
        '| GET /c | every live token | GET /c |',
        '| GET /d | nobody | GET /d |',
      ].join('\n'),
    );
  });

  it('goes by the kind of the API, where two rules are about one route', () => {
    const table: Routes = { 'GET /a/{proxy+}': 'any', 'GET /{x}/b': 'any' };
    const rest = aRestApi(['GET /a/b'], table).authorizer.routeReport();
    expect(rest).toContain('| GET /a/b | every live token | GET /a/{proxy+} |');
    const http = anHttpApi(['GET /a/b'], table).authorizer.routeReport();
    expect(http).toContain('| GET /a/b | every live token | GET /{x}/b |');
  });

  it('shows all rules that the route $default of an HTTP API needs', () => {
    const report = (table: Routes) => {
      const { stack, authorizer } = anAuthorizer({ routes: table });
      new HttpApi(stack, 'Api', {
        defaultIntegration: new HttpUrlIntegration('Backend', 'https://backend.example.com'),
        defaultAuthorizer: authorizer.forHttpApi(),
      });
      return authorizer.routeReport();
    };
    const table: Routes = { 'GET /{proxy+}': 'any', 'GET /a/{id}': { scopes: ['a'] } };
    const rows =
      '| $default | scope a | GET /a/{id} |\n| $default | every live token | GET /{proxy+} |\n| $default |';
    expect(report(table)).toContain(`${rows} nobody (all that no rule is about) | none |`);
    expect(report({ $default: 'nobody', ...table })).toContain(`${rows} nobody | $default |`);
  });

  it('says that a table that is only logged lets everybody in', () => {
    const { authorizer } = aRestApi(['GET /a', 'GET /b'], { 'GET /a': 'nobody' }, { routesMode: 'log-only' });
    expect(authorizer.routeReport()).toContain('| GET /a | every live token, and the log says so | GET /a |');
    expect(authorizer.routeReport()).toContain('| GET /b | every live token, and the log says so | none |');
  });

  it('says that there is no table', () => {
    const { authorizer } = anAuthorizer();
    expect(authorizer.routeReport()).toContain('every live token may call every route');
  });

  it('stands beside the templates after synthesis, with names for what is known only at deployment', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'routes-'));
    const app = new App({ outdir });
    try {
      const stack = new Stack(app, 'Orders');
      const pool = new UserPool(stack, 'Pool');
      const server = pool.addResourceServer('Server', { identifier: 'orders' });
      const authorizer = new RevocableAuthorizer(stack, 'Authorizer', {
        issuers: [anIssuer()],
        routes: { 'GET /': { scopes: [`${server.userPoolResourceServerId}/read`, 'profile'] } },
      });
      new RestApi(stack, 'Api', { cloudWatchRole: false }).root.addMethod('GET', undefined, {
        authorizer: authorizer.forRestApi(),
      });
      app.synth();
      const read = (type: string) => readFileSync(join(outdir, `routes.Orders.Authorizer.${type}`), 'utf8');
      expect(read('md')).toBe(authorizer.routeReport());
      const scope = `\${${stack.getLogicalId(server.node.defaultChild as CfnElement)}}/read`;
      expect(JSON.parse(read('json'))).toEqual({ rules: [{ route: 'GET /', scopes: [scope, 'profile'] }] });
      expect(read('md')).toContain(`| GET / | scope ${scope} and profile | GET / |`);
    } finally {
      rmSync(outdir, { recursive: true });
    }
  });
});
