import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, test } from '@jest/globals';
import type { CfnElement } from 'aws-cdk-lib';
import { App, Duration, Fn, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { CfnRestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  AuthorizationType,
  CfnAuthorizer,
  CfnMethod,
  CfnResource,
  RestApi,
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
import type { PolicyAnswer } from '../../lambda/authorizer/build-response.ts';
import { buildResponse } from '../../lambda/authorizer/build-response.ts';
import { openRoutes } from '../../lambda/authorizer/grant-access.ts';
import type { Claims } from '../../lambda/authorizer/read-claims.ts';
import { readConfig } from '../../lambda/config.ts';
import { ENVIRONMENT } from '../../lambda/environment.ts';
import type { RouteTable } from '../../lambda/route-table.ts';
import { worstCasePolicyBytes } from '../../lambda/route-table.ts';
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

  it('refuses simple answers in a cache, which would hold for all routes', () => {
    const cached = { resultsCacheTtl: Duration.minutes(5) };
    expect(() => anHttpApi(['GET /a'], { 'GET /a': 'any' }, cached)).toThrow(
      'API Gateway would use the yes for one route on others',
    );
    const byPolicy = { ...cached, httpApiAnswer: 'iam' } as const;
    expect(() => anHttpApi(['GET /a'], { 'GET /a': 'any' }, byPolicy)).not.toThrow();
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

describe('the check of what a results cache makes of a table', () => {
  const CACHED = { resultsCacheTtl: Duration.minutes(5) };
  const A = { scopes: ['a'] };
  const B = { scopes: ['b'] };
  const TABLE: Routes = { 'GET /{proxy+}': A, 'GET /a/{x}': B, 'GET /a/{x}/b': A };
  const ROUTES = Object.keys(TABLE);

  it('refuses rules that patterns cannot tell apart, and says what would happen and what to do', () => {
    const message = messageOf(() => aRestApi(ROUTES, TABLE, CACHED).app.synth());
    expect(message).toContain('"GET /a/{x}/b" from "GET /a/{x}"');
    expect(message).toContain('is denied some requests to the first by cached answers');
    expect(message).toContain('exactRoutes: true, or say under "acknowledgedRoutes", for the first, why');
    expect(() => aRestApi(ROUTES, TABLE).app.synth()).not.toThrow();
    expect(messageOf(() => anAuthorizer({ routes: TABLE, ...CACHED }).app.synth())).toContain(
      'cannot tell apart',
    );
  });

  it('takes them acknowledged, by the rule that is denied too often', () => {
    const inseparable = aRestApi(ROUTES, TABLE, CACHED).authorizer.routeReport();
    const [, section = ''] = inseparable.split('## Rules that a cached answer may deny by mistake');
    const permitted = [...section.matchAll(/^\| (GET [^|]*?) \|/gm)].map(([, rule = '']) => rule);
    expect(permitted).toContain('GET /a/{x}/b');

    const acknowledgedRoutes = Object.fromEntries(permitted.map((rule) => [rule, 'Nobody has only one.']));
    const made = aRestApi(ROUTES, TABLE, { ...CACHED, acknowledgedRoutes });
    expect(() => made.app.synth()).not.toThrow();
    expect(made.authorizer.routeReport()).toContain('| GET /a/{x}/b | GET /a/{x} | Nobody has only one. |');
    expect(() => aRestApi(ROUTES, TABLE, { acknowledgedRoutes }).app.synth()).toThrow(
      'names "GET /a/{x}/b", about which there is nothing to acknowledge',
    );
  });

  it('writes a few of many out', () => {
    const table = Object.fromEntries(
      Array.from({ length: 7 }, (_, index) => [
        [`GET /n${index}/{proxy+}`, A],
        [`GET /n${index}/a/{x}`, B],
        [`GET /n${index}/a/{x}/b`, A],
      ]).flat(),
    );
    const message = messageOf(() => aRestApi(Object.keys(table), table, CACHED).app.synth());
    const [, rest] = /and (\d+) more\. A token/.exec(message) ?? [];
    expect(Number(rest)).toBeGreaterThanOrEqual(2);
    expect(message.match(/" from "/g)).toHaveLength(5);
  });

  it('minds neither WebSocket APIs, which have no cache, nor answers that are cached route by route', () => {
    const exact = anAuthorizer({ routes: TABLE, ...CACHED, exactRoutes: true });
    expect(() => exact.app.synth()).not.toThrow();

    const { app, stack, authorizer } = anAuthorizer({
      routes: { $connect: 'any', ...TABLE },
      ...CACHED,
      acknowledgedRoutes: Object.fromEntries(ROUTES.map((route) => [route, 'Of another application.'])),
    });
    const integration = new WebSocketMockIntegration('Mock');
    new WebSocketApi(stack, 'Sockets', {
      connectRouteOptions: { integration, authorizer: authorizer.forWebSocketApi() },
    });
    expect(() => app.synth()).not.toThrow();
    expect(authorizer.routeReport()).not.toContain('by mistake');
  });

  it('refuses a route with requests that no rule is about, because cached answers know nothing of them', () => {
    const table: Routes = { 'GET /orders/{id}': A };
    const synth = (routes: Routes, options: Options) => () =>
      aRestApi(['ANY /{proxy+}'], routes, options).app.synth();
    expect(synth(table, CACHED)).toThrow(
      'has no rule for some requests to the route "ANY /{proxy+}" of the API "Orders/Api", and a cached answer',
    );
    expect(synth({ ...table, 'ANY /{proxy+}': 'nobody' }, CACHED)).not.toThrow();
    expect(synth(table, {})).not.toThrow();
  });
});

describe('the size of the policies', () => {
  const wide = (count: number): Routes =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `GET /a${index}`,
        { scopes: [index % 2 === 0 ? 'even' : 'odd'] },
      ]),
    );
  const attach = (table: Routes, options: Partial<RevocableAuthorizerProps> = {}) =>
    aRestApi(Object.keys(table), table, options).app;

  it('refuses a table whose policies API Gateway would not take, and says which rules and what to do', () => {
    const synth = () => attach(wide(200)).synth();
    expect(synth).toThrow(
      /gives some tokens a policy of up to \d+ bytes, and API Gateway takes an answer of 8192/,
    );
    expect(synth).toThrow('of "GET /a0" and 99 with the same conditions; "GET /a1" and 99 with');
    expect(synth).toThrow('Put routes with equal conditions under one prefix');
  });

  it('refuses one that the environment of a function cannot hold, before it is deployed', () => {
    const random = (index: number) => createHash('sha256').update(String(index)).digest('hex');
    const table = Object.fromEntries(
      Array.from({ length: 90 }, (_, index) => [`GET /${random(index)}`, 'any']),
    );
    expect(() => anAuthorizer({ routes: table as Routes })).toThrow(
      /REVOCABLE_AUTHORIZER_ROUTES \d+.*write fewer and broader "routes"/,
    );
  });

  it('takes it with exact answers', () => {
    expect(() => attach(wide(200), { exactRoutes: true }).synth()).not.toThrow();
  });

  it('takes one for HTTP APIs with simple answers, which hold no policy', () => {
    const table = { ...wide(200), [`GET /${'a'.repeat(480)}`]: 'any' } as const;
    expect(() => anHttpApi(Object.keys(table), table).app.synth()).not.toThrow();
    const byPolicy = anHttpApi(Object.keys(table), table, { httpApiAnswer: 'iam' });
    expect(messageOf(() => byPolicy.app.synth())).toMatch(
      /API Gateway allows 512.*gives some tokens a policy/s,
    );
  });

  it('counts the values of bound variables, which may be as long as the function allows', () => {
    const synth = (length: number) => {
      const route = `GET /{a}/{b}/${'x'.repeat(length)}`;
      return () => attach({ [route]: { pathClaims: { a: 'a', b: 'b' } } }).synth();
    };
    expect(synth(200)).not.toThrow();
    expect(synth(360)).toThrow(/which takes 495 characters, 128 of them for its "pathClaims"; API Gateway/);
  });

  it('takes the worst of all types where no API is attached', () => {
    const { app } = anAuthorizer({ routes: wide(200) });
    expect(() => app.synth()).toThrow('gives some tokens a policy of up to');
  });

  it('counts the stage and the region of the API, where they are known', () => {
    const bytesWith = (stageName: string | undefined, region?: string) => {
      const { app, stack, authorizer } = anAuthorizer({ routes: wide(200) }, region ? { region } : undefined);
      const api = new RestApi(stack, 'Api', {
        cloudWatchRole: false,
        deploy: stageName !== undefined,
        ...(stageName !== undefined && { deployOptions: { stageName } }),
      });
      const options = { authorizer: authorizer.forRestApi() };
      api.root.addProxy({ defaultMethodOptions: options });
      const [, bytes] = /a policy of up to (\d+) bytes/.exec(messageOf(() => app.synth())) ?? [];
      return Number(bytes);
    };
    const shortest = bytesWith('b', 'eu-west-1');
    const perChar = bytesWith('bb', 'eu-west-1') - shortest;
    const more = (arn: string) =>
      (arn.length - 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/b/'.length) * perChar;
    // Each resource has the ARN of the stage in it; a mean of two policies does not grow by whole ones.
    const about = (bytes: number) => Math.round(bytes / 500);
    expect(perChar).toBeGreaterThanOrEqual(90);
    expect(about(bytesWith('b'.repeat(128), 'eu-west-1'))).toBe(about(shortest + 127 * perChar));
    expect(about(bytesWith('b'))).toBe(
      about(shortest + more('arn:aws-iso-f:execute-api:us-isof-south-1:123456789012:a1b2c3d4e5/b/')),
    );
    expect(about(bytesWith(undefined, 'eu-west-1'))).toBe(about(shortest + more('?'.repeat(96))));
  });

  it('refuses a route that no resource of a policy can hold', () => {
    expect(() => attach({ [`GET /${'a'.repeat(480)}`]: 'any' }).synth()).toThrow(
      'API Gateway allows 512 for it',
    );
  });
});

describe('a table of 200 routes', () => {
  const STAGE = {
    partition: 'aws',
    region: 'eu-west-1',
    accountId: '123456789012',
    apiId: 'a1b2c3d4e5',
    stage: 'prod',
  };
  const SERVICES = ['orders', 'customers', 'invoices', 'products', 'payments'];
  const PARTS = ['lines', 'notes', 'files', 'events'];
  /** Ten routes below each of 20 paths, and what each asks for. */
  const tableOf = (
    outer: readonly string[],
    inner: readonly string[],
    access: (verb: string, first: string) => Routes[string],
  ) =>
    Object.fromEntries(
      outer.flatMap((first) =>
        inner.flatMap((second) =>
          ['', '/{id}', '/{id}/items', '/{id}/items/{item}'].flatMap((rest) =>
            (rest.endsWith('}') ? ['GET', 'PUT', 'DELETE'] : ['GET', 'POST']).map((verb) => [
              `${verb} /${first}/${second}${rest}`,
              access(verb, first),
            ]),
          ),
        ),
      ),
    );
  const readOrWrite = (verb: string) => (verb === 'GET' ? 'read' : 'write');
  const FAMILIES: Routes = {
    public: 'any',
    partner: { anyScope: ['partner', 'internal'] },
    internal: { scopes: ['internal'] },
    admin: { groups: ['admins'], amr: ['mfa'] },
  };
  const TYPICAL: readonly [string, Routes][] = [
    [
      'one scope to read and one to write',
      tableOf(SERVICES, PARTS, (verb) => ({ scopes: [readOrWrite(verb)] })),
    ],
    [
      'a scope for each verb',
      tableOf(SERVICES, PARTS, (verb) => ({ scopes: [`api:${verb.toLowerCase()}`] })),
    ],
    ['a scope for each service', tableOf(SERVICES, PARTS, (_, service) => ({ scopes: [service] }))],
    [
      'scopes to read and to write each of five services',
      tableOf(SERVICES, PARTS, (verb, service) => ({ scopes: [`${service}:${readOrWrite(verb)}`] })),
    ],
    [
      'scopes to read and to write each of ten services',
      tableOf(
        [...SERVICES, 'shipments', 'returns', 'coupons', 'suppliers', 'reports'],
        ['lines', 'notes'],
        (verb, service) => ({ scopes: [`${service}:${readOrWrite(verb)}`] }),
      ),
    ],
    [
      'scopes to read and to write each of twenty resources',
      tableOf(
        [...SERVICES, 'shipments', 'returns', 'coupons', 'suppliers', 'reports'].flatMap((name) => [
          name,
          `old-${name}`,
        ]),
        ['lines'],
        (verb, service) => ({ scopes: [`${service}:${readOrWrite(verb)}`] }),
      ),
    ],
    ['four prefixes', tableOf(Object.keys(FAMILIES), SERVICES, (_, prefix) => FAMILIES[prefix] ?? 'any')],
    [
      'prefixes, scopes and paths of the caller',
      {
        'GET /health': 'any',
        'GET /users/{sub}': { pathClaims: { sub: 'sub' } },
        'GET /users/{sub}/orders': { pathClaims: { sub: 'sub' } },
        'ANY /admin/{proxy+}': { groups: ['admins'] },
        ...tableOf(SERVICES, PARTS, (verb, service) => ({ scopes: [`${service}:${readOrWrite(verb)}`] })),
      },
    ],
  ];
  const synth = (routes: Routes) => {
    const { app, stack, authorizer } = anAuthorizer(
      { routes, groupsClaim: 'groups' },
      { region: STAGE.region },
    );
    const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
    const options = { defaultMethodOptions: { authorizer: authorizer.forRestApi() } };
    api.root.addProxy(options);
    app.synth();
    return Template.fromStack(stack);
  };

  test.each(TYPICAL)('with %s fits, for tokens with no, one, some and all permissions', (_what, routes) => {
    const [environment] = Object.values(synth(routes).findResources('AWS::Lambda::Function'))
      .map(({ Properties }) => Properties.Environment.Variables)
      .filter((variables) => ENVIRONMENT.routes in variables);
    const table = readConfig({ ...environment, [ENVIRONMENT.tableName]: 'Revocations' }).routes as RouteTable;
    expect(table.rules.length).toBeGreaterThanOrEqual(200);
    const bound = worstCasePolicyBytes(
      table,
      ['rest'],
      'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/'.length,
    );
    const grantAccess = openRoutes(table);
    const scopes = [
      ...new Set(table.rules.flatMap((rule) => [...(rule.scopes ?? []), ...(rule.anyScope ?? [])])),
    ];
    const held = [[], ...scopes.map((scope) => [scope]), scopes.filter((_, at) => at % 2 === 0), scopes];

    const answerTo = (path: string, scope: readonly string[], groups: readonly string[]) => {
      const all = { sub: 's'.repeat(128), scope: scope.join(' '), groups, amr: ['mfa'] };
      const claims = { subject: all.sub, all, issuer: { graceSeconds: 0 } };
      const arn = { ...STAGE, method: 'GET', path };
      const { grants } = grantAccess(claims, 'rest', arn, 1_800_000_000);
      return buildResponse(
        {
          request: { kind: 'rest-token', arn, authorization: undefined },
          allow: true,
          claims: claims as unknown as Claims,
          caller: { context: { sub: all.sub, scope: all.scope } },
          route: { rule: undefined, grants },
        },
        'generic',
      ) as PolicyAnswer;
    };

    const [, template = ''] = table.rules.at(-1)?.route.split(' /') ?? [];
    const path = template.replaceAll(/\{\w+\}/g, '1');
    for (const scope of held) {
      for (const groups of [[], ['admins']]) {
        const { policyDocument } = answerTo(path, scope, groups);
        const resources = policyDocument.Statement.flatMap(({ Resource }) => Resource);
        expect(Math.max(...resources.map((resource) => resource.length))).toBeLessThanOrEqual(512);
        expect(JSON.stringify(policyDocument).length).toBeLessThanOrEqual(bound);
        // A request that no rule is about gets a Deny of its own on top.
        for (const each of [path, 'nowhere'])
          expect(JSON.stringify(answerTo(each, scope, groups)).length).toBeLessThanOrEqual(8192);
      }
    }
  });

  it('is refused where each route has a scope of its own', () => {
    const routes = Object.keys(TYPICAL[0]?.[1] ?? {});
    const table = Object.fromEntries(routes.map((route, index) => [route, { scopes: [`s${index}`] }]));
    expect(() => synth(table)).toThrow(
      /a policy of up to \d{5} bytes, .* The most of it is of "\w+ \/\w+.*; ".*; "[^;]*"\. Put routes with equal conditions under one prefix/,
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
