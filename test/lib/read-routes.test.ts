import { describe, expect, it, test } from '@jest/globals';
import { Duration, Token } from 'aws-cdk-lib';
import { readConfig } from '../../lambda/config.ts';
import { ENVIRONMENT } from '../../lambda/environment.ts';
import type { RouteOptions } from '../../lib/read-routes.ts';
import { readAcknowledgedRoutes, readRoutes } from '../../lib/read-routes.ts';
import { renderRoutes } from '../../lib/render-routes.ts';

const read = (options: object, issuerIds?: readonly string[]) =>
  readRoutes('A', options as RouteOptions, issuerIds);
const readOne = (route: string, access: unknown) =>
  read({ routes: { [route]: access }, groupsClaim: 'cognito:groups' })?.rules[0];

describe('the option "routes"', () => {
  it('is no table when it is left out', () => {
    expect(read({})).toBeUndefined();
  });

  it('becomes rules in the order that they were written in', () => {
    expect(
      read({ routes: { 'GET /orders': { scopes: ['orders:read'] }, $connect: 'any', 'GET /': 'nobody' } }),
    ).toEqual({
      rules: [
        { route: 'GET /orders', scopes: ['orders:read'] },
        { route: '$connect', anyone: true },
        { route: 'GET /', nobody: true },
      ],
    });
  });

  it('renders every condition', () => {
    expect(
      readOne('PUT /users/{sub}/{doc}', {
        scopes: ['a'],
        anyScope: ['b', 'c'],
        groups: ['admins'],
        anyGroup: ['x'],
        claims: {
          tenant: { equals: 'acme' },
          level: { oneOf: [1, 2] },
          roles: { contains: 'r', present: true },
        },
        acr: ['urn:mfa'],
        amr: ['mfa'],
        maxAuthAge: Duration.minutes(5),
        notBefore: '2026-01-01T00:00:00Z',
        notAfter: '2026-01-01T02:00:00+01:00',
        subjects: ['alice'],
        pathClaims: { sub: 'sub' },
        issuers: ['corp', 'partner'],
        logOnly: true,
      }),
    ).toEqual({
      route: 'PUT /users/{sub}/{doc}',
      logOnly: true,
      scopes: ['a'],
      anyScope: ['b', 'c'],
      groups: ['admins'],
      anyGroup: ['x'],
      claims: {
        tenant: { equals: 'acme' },
        level: { oneOf: [1, 2] },
        roles: { contains: 'r', present: true },
      },
      acr: ['urn:mfa'],
      amr: ['mfa'],
      maxAuthAgeSeconds: 300,
      notBefore: 1_767_225_600,
      notAfter: 1_767_229_200,
      subjects: ['alice'],
      pathClaims: { sub: 'sub' },
      issuers: ['corp', 'partner'],
    });
  });

  test.each(['__proto__', 'constructor', 'prototype'])('refuses the reserved name %s', (name) => {
    const problem = `has the name "${name}", which is reserved`;
    const named = (value: unknown) => Object.fromEntries([[name, value]]);
    for (const access of [
      { claims: named({ equals: 'x' }) },
      { pathClaims: named('sub') },
      { pathClaims: { id: name } },
    ]) {
      expect(() => readOne(`GET /{id}/{${name}}`, access)).toThrow(problem);
    }
    expect(() => read({ routes: { 'GET /': 'any' }, groupsClaim: name })).toThrow(
      `A: option "groupsClaim" ${problem}`,
    );
  });

  it('refuses a condition that its name made the prototype of the others', () => {
    const claims = Object.setPrototypeOf({ tenant: { present: true } }, { equals: 'x' });
    expect(() => readOne('GET /', { claims })).toThrow('"claims" has the name "__proto__"');
    expect(() =>
      readOne('GET /', { claims: Object.assign(Object.create(null), { a: { equals: 1 } }) }),
    ).not.toThrow();
  });

  it('keeps a condition that is inherited, which JSON would lose', () => {
    const rule = readOne('GET /', { claims: { a: Object.create({ equals: 'x' }) } });
    expect(JSON.parse(JSON.stringify(rule)).claims).toEqual({ a: { equals: 'x' } });
  });

  it('takes texts that are known only at deployment, and nothing else that is', () => {
    const server = Token.asString({ Ref: 'OrdersServer' });
    const scopes = [`${server}/read`];
    expect(readOne('GET /', { scopes })).toEqual({ route: 'GET /', scopes });
    for (const access of [
      { scopes: Token.asList({ Ref: 'Scopes' }) },
      { claims: { level: { equals: Token.asNumber({ Ref: 'Level' }) } } },
      { claims: { [server]: { equals: 1 } } },
      { maxAuthAge: Duration.seconds(Token.asNumber({ Ref: 'Age' })) },
    ]) {
      expect(() => readOne('GET /', access)).toThrow('known only at deployment');
    }
  });

  it('carries the mode and the claim of the groups', () => {
    const routes = { 'GET /': { groups: ['a'] } };
    expect(read({ routes, routesMode: 'log-only', groupsClaim: 'roles' })).toEqual({
      mode: 'log-only',
      groupsClaim: 'roles',
      rules: [{ route: 'GET /', groups: ['a'] }],
    });
  });

  test.each<[string, string]>([
    ['get /orders', 'whose verb is "get"'],
    ['TRACE /orders', 'whose verb is "TRACE"'],
    ['GET orders', 'whose path does not begin with "/"'],
    ['GET  /orders', 'which is no route key'],
    ['/orders', 'which is no route key'],
    ['$disconnect', 'which is no route key'],
    ['GET /orders/', 'whose path ends with "/"'],
    ['GET /a//b', 'whose path has an empty part'],
    ['GET /orders/*', 'whose part "*" is neither a {variable} nor made of'],
    ['GET /orders/{id}s', 'whose part "{id}s" is neither'],
    ['GET /{proxy+}/x', 'whose {proxy+} is not at the end'],
    ['GET /{id}/{id}', 'which has the variable {id} twice'],
    [
      'GET /a/../b',
      'whose part ".." matches no request, because a server may read it as another path; give a verb',
    ],
    ['GET /.', 'whose part "." matches no request'],
    ['GET /a/..;x', 'whose part "..;x" matches no request'],
    [
      'GET /;x',
      'whose part ";x" matches no request, because a server may read it as another path; give a verb',
    ],
  ])('refuses the route %p', (route, problem) => {
    expect(() => readOne(route, 'any')).toThrow(
      `A: option "routes" has the route ${JSON.stringify(route)}, ${problem}`,
    );
  });

  test.each(['GET /...', 'GET /..a', 'GET /a;x', 'GET /a~b:c@d!$+,=-_', 'GET /{proxy+}', '$default'])(
    'takes the route %p',
    (route) => {
      expect(readOne(route, 'any')).toEqual({ route, anyone: true });
    },
  );

  test.each<[unknown, string]>([
    ['all', 'is "all"; give conditions'],
    [null, 'is null; give conditions'],
    [{}, 'asks for nothing; say who may call it'],
    [{ logOnly: true }, 'asks for nothing'],
    [{ scope: ['a'] }, 'there is no option "scope"'],
    [{ scopes: [] }, '"scopes" is []; give a list'],
    [{ scopes: 'a' }, '"scopes" is "a"; give a list'],
    [{ scopes: ['a b'] }, '"scopes" holds "a b", which has white space in it'],
    [{ acr: ['gold plus'] }, '"acr" holds "gold plus", which has white space in it'],
    [{ subjects: [' '] }, '"subjects" holds " "; give a list'],
    [{ amr: ['mfa', 'mfa'] }, '"amr" holds "mfa" twice'],
    [{ issuers: [] }, '"issuers" is []; give a list'],
    [{ issuers: 'corp' }, '"issuers" is "corp"; give a list'],
    [{ issuers: ['corp', 'corp'] }, '"issuers" holds "corp" twice'],
    [{ claims: {} }, '"claims" is {}; give claims'],
    [{ claims: { a: {} } }, '"claims": "a" asks for nothing'],
    [{ claims: { a: { is: 1 } } }, '"claims": "a": there is no option "is"'],
    [{ claims: { a: { oneOf: [] } } }, '"oneOf" is []; give a list'],
    [{ claims: { a: { equals: Number.NaN } } }, '"equals" is NaN; give a text, a finite number'],
    [{ claims: { a: { equals: Number.NEGATIVE_INFINITY } } }, '"equals" is -Infinity; give a text'],
    [{ claims: { a: { oneOf: [1, Number.POSITIVE_INFINITY] } } }, 'give a list of texts, finite numbers'],
    [{ claims: { a: { oneOf: new Array(1) } } }, 'give a list of texts, finite numbers'],
    [{ claims: { a: { equals: {} } } }, '"equals" is {}; give a text'],
    [{ claims: { a: { present: false } } }, '"present" is false; give true'],
    [{ maxAuthAge: 300 }, '"maxAuthAge" is 300; give a Duration'],
    [{ notBefore: '2026-02-30T00:00:00Z' }, '"notBefore" is "2026-02-30T00:00:00Z"; give a time in RFC 3339'],
    [{ notBefore: '1960-01-01T00:00:00Z' }, 'give a time after 1970-01-01T00:00:00Z'],
    [{ notAfter: '1970-01-01T01:00:00+01:00' }, 'give a time after 1970-01-01T00:00:00Z'],
    [{ notAfter: '2026-01-01' }, '"notAfter" is "2026-01-01"; give a time in RFC 3339'],
    [
      { notBefore: '2026-01-02T00:00:00Z', notAfter: '2026-01-01T00:00:00Z' },
      'which is not after "notBefore"',
    ],
    [{ pathClaims: { user: 'sub' } }, 'names "user", which is no variable of the path (it has id, rest)'],
    [{ pathClaims: { rest: 'sub' } }, 'names "rest", which stands for several parts of the path'],
    [{ pathClaims: { id: '' } }, '"id" is ""; give the name of a claim'],
    [{ pathClaims: {} }, '"pathClaims" is {}; give variables'],
    [{ scopes: ['a'], logOnly: 'yes' }, '"logOnly" is "yes"; give true or false'],
  ])('refuses the access %j', (access, problem) => {
    const read = () => readOne('GET /x/{id}/{rest+}', access);
    expect(read).toThrow('A: option "routes": "GET /x/{id}/{rest+}"');
    expect(read).toThrow(problem);
  });

  test.each<[object, string]>([
    [{ routes: {} }, 'option "routes" is {}; give routes'],
    [{ routes: ['GET /'] }, 'option "routes" is ["GET /"]; give routes'],
    [
      { routes: { 'GET /': 'any' }, routesMode: 'off' },
      'option "routesMode" is "off"; give "enforce" or "log-only"',
    ],
    [{ routes: { 'GET /': 'any' }, groupsClaim: 7 }, 'option "groupsClaim" is 7; give the name of a claim'],
    [
      { routes: { 'GET /': { anyGroup: ['a'] } } },
      '"GET /" asks for groups, and option "groupsClaim" is nothing',
    ],
    [{ routesMode: 'enforce' }, 'option "routesMode" does nothing without "routes"'],
    [{ groupsClaim: 'groups' }, 'option "groupsClaim" does nothing without "routes"'],
    [{ routesIssuers: ['corp'] }, 'option "routesIssuers" does nothing without "routes"'],
    [{ acknowledgedRoutes: {} }, 'option "acknowledgedRoutes" does nothing without "routes"'],
    [{ routes: { 'GET /': 'any' }, routesIssuers: [] }, 'A: option "routesIssuers" is []; give a list'],
    [
      { routes: { 'GET /': 'any' }, routesIssuers: 'corp' },
      'A: option "routesIssuers" is "corp"; give a list',
    ],
    [{ routes: { 'GET /o/{id}': 'any', 'GET /o/{name}': 'any' } }, 'GET /o/{name}'],
  ])('refuses %j', (options, problem) => {
    expect(() => read(options)).toThrow(problem);
  });
});

describe('the issuers of rules', () => {
  const BOTH = ['corp', 'https://partner.example'];
  const OPEN = { 'GET /health': 'any', 'DELETE /orders': 'nobody' };
  const of = (...issuers: string[]) => ({ scopes: ['a'], issuers });

  it('are carried by the rules that name them, and by the table for all others', () => {
    const routes = { ...OPEN, 'GET /a': of('https://partner.example'), 'GET /b': { scopes: ['b'] } };
    expect(read({ routes, routesIssuers: ['corp'] }, BOTH)).toEqual({
      issuers: ['corp'],
      rules: [
        { route: 'GET /health', anyone: true },
        { route: 'DELETE /orders', nobody: true },
        { route: 'GET /a', scopes: ['a'], issuers: ['https://partner.example'] },
        { route: 'GET /b', scopes: ['b'] },
      ],
    });
  });

  it('can be all that a rule asks for', () => {
    const routes = { 'GET /a': { issuers: BOTH } };
    expect(read({ routes }, BOTH)).toEqual({ rules: [{ route: 'GET /a', issuers: BOTH }] });
  });

  it('have to be named where there are several, by the rule or by the table', () => {
    const routes = { ...OPEN, 'GET /a': of('corp'), 'GET /b': { scopes: ['b'] } };
    expect(() => read({ routes }, BOTH)).toThrow(
      'A: option "routes": "GET /b" names no issuer, and there are several ("corp", "https://partner.example"), whose scopes, groups and subjects mean different things; give it some of these as "issuers", or give "routesIssuers" for all rules that name none.',
    );
    expect(() => read({ routes, routesIssuers: BOTH }, BOTH)).not.toThrow();
  });

  test.each<[string, object, readonly string[] | undefined]>([
    ['with one issuer', { 'GET /b': { scopes: ['b'] } }, ['corp']],
    ['where nobody knows the issuers', { 'GET /b': { scopes: ['b'] }, 'GET /c': of('elsewhere') }, undefined],
    ["for 'any' and 'nobody'", OPEN, BOTH],
  ])('need not be named %s', (_where, routes, issuerIds) => {
    expect(() => read({ routes }, issuerIds)).not.toThrow();
  });

  test.each<[string, object, readonly string[], string]>([
    [
      'of a rule',
      { routes: { 'GET /a': of('corp', 'https://partner.example/') } },
      BOTH,
      'A: option "routes": "GET /a": "issuers" holds "https://partner.example/", which is not the id of a trusted issuer; give one of "corp", "https://partner.example", or',
    ],
    [
      'of the table',
      { routes: OPEN, routesIssuers: ['corps'] },
      ['corp'],
      'A: option "routesIssuers" holds "corps", which is not the id of a trusted issuer; give one of "corp"',
    ],
  ])('are refused %s if they are none', (_whose, options, issuerIds, message) => {
    expect(() => read(options, issuerIds)).toThrow(message);
  });
});

describe('the option "acknowledgedRoutes"', () => {
  it('takes a reason for each route', () => {
    expect(readAcknowledgedRoutes('A', undefined)).toEqual({});
    expect(readAcknowledgedRoutes('A', { 'GET /x': 'Retired.' })).toEqual({ 'GET /x': 'Retired.' });
    expect(() => readAcknowledgedRoutes('A', ['GET /x'])).toThrow('give routes and reasons');
    expect(() => readAcknowledgedRoutes('A', { 'GET /x': '' })).toThrow('give the reason in a sentence');
  });
});

describe('renderRoutes', () => {
  const aTable = (count: number, scope = 'read') => ({
    rules: Array.from({ length: count }, (_, index) => ({
      route: `GET /service-${Math.floor(index / 4)}/items-${index % 4}/{id}`,
      scopes: [`service-${Math.floor(index / 4)}:${scope}`],
    })),
  });
  const readBack = (routes: string) =>
    readConfig({
      [ENVIRONMENT.tableName]: 'Revocations',
      [ENVIRONMENT.issuers]: '[{"kind":"oidc","id":"a","issuers":["https://a.example"],"audience":null}]',
      [ENVIRONMENT.routes]: routes,
    }).routes;

  it('renders a small table as JSON', () => {
    expect(renderRoutes('A', aTable(3))).toBe(JSON.stringify(aTable(3)));
    expect(readBack(renderRoutes('A', aTable(3)))).toEqual(aTable(3));
  });

  it('deflates a table of 200 routes into what an environment holds, and the function reads it', () => {
    const text = renderRoutes('A', aTable(200));
    expect(text.length).toBeLessThan(2500);
    expect(text).not.toMatch(/^{/);
    expect(readBack(text)).toEqual(aTable(200));
  });

  it('leaves a value alone that is known only at deployment', () => {
    const client = Token.asString({ Ref: 'Client' });
    expect(renderRoutes('A', aTable(200, client))).toContain(client);
  });

  it('refuses a table that the function would not read, however small it is when it is deflated', () => {
    expect(() => renderRoutes('A', aTable(4000))).toThrow(
      /^A has 4000 rules, which take \d+ bytes of JSON, and the function reads 262144; write fewer/,
    );
  });
});
