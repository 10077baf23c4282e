import { describe, expect, it, test } from '@jest/globals';
import type { RoutedRequest } from '../../../lambda/routes/match-route.ts';
import { matchRoutes, sortRoutes } from '../../../lambda/routes/match-route.ts';
import { parseApiRoute } from '../../../lambda/routes/parse-route.ts';

const routesOf = (routes: readonly string[], api: RoutedRequest['api']) =>
  sortRoutes(
    routes.map((route) => ({ route, pattern: parseApiRoute(route) })),
    api,
  );
const decide = (
  routes: readonly string[],
  method: string,
  path: string,
  others: Partial<RoutedRequest> = {},
) => {
  const api = others.api ?? 'http';
  return matchRoutes(routesOf(routes, api), { api, method, path, ...others }).map(
    ({ route }) => route?.route,
  );
};

describe('matchRoutes', () => {
  test.each([
    ['GET /', 'GET', '', true],
    ['GET /orders/{id}', 'GET', 'orders/1', true],
    ['GET /orders/{id}', 'POST', 'orders/1', false],
    ['GET /orders/{id}', 'GET', 'orders/', false],
    ['GET /orders/{id}', 'GET', 'orders/1/2', false],
    ['GET /orders/{id}', 'GET', 'orders/*', true],
    ['ANY /{proxy+}', 'PATCH', 'a/b/c', true],
    ['ANY /{proxy+}', 'PATCH', 'a/', true],
    ['ANY /{proxy+}', 'TRACE', 'a', false],
    ['ANY /{proxy+}', 'GET', '', false],
    ['$default', 'GET', '', true],
    ['$default', '$default', '', false],
  ])('of %s and %s %s: %s', (route, method, path, isMatch) => {
    expect(decide([route], method, path)).toEqual([isMatch ? route : undefined]);
  });

  it('takes $connect on WebSocket APIs alone', () => {
    expect(decide(['$connect'], '$connect', '', { api: 'websocket' })).toEqual(['$connect']);
    expect(decide(['$connect'], '$connect', '')).toEqual([undefined]);
  });

  it('does not count a slash at the end on REST APIs alone', () => {
    expect(decide(['GET /orders'], 'GET', 'orders/', { api: 'rest' })).toEqual(['GET /orders']);
    expect(decide(['GET /orders'], 'GET', 'orders/')).toEqual([undefined]);
  });

  it('looks below every base path where one may stand before the path', () => {
    const routes = ['GET /orders', '$default'];
    const below = (path: string) => decide(routes, 'GET', path, { route: '$default', mayHaveBasePath: true });

    expect(below('v1/orders')).toEqual(['$default', 'GET /orders']);
    expect(below('v1/x')).toEqual(['$default', '$default']);
  });

  it('asks the rule about the chosen route, too, where the most specific rule is about other paths as well', () => {
    const routes = ['GET /files/{id}', 'GET /{tenant}/export', 'ANY /{proxy+}'];
    const chosen = (route: string) => decide(routes, 'GET', 'files/export', { api: 'rest', route });

    expect(chosen('GET /{tenant}/export')).toEqual(['GET /files/{id}', 'GET /{tenant}/export']);
    expect(chosen('GET /{tenant}/{name}')).toEqual(['GET /files/{id}']);
    expect(chosen('GET /files/export')).toEqual(['GET /files/{id}']);
    expect(decide(['GET /a/{id}'], 'GET', 'a/b', { api: 'rest', route: 'GET /{x}/b' })).toEqual([
      'GET /a/{id}',
      undefined,
    ]);
  });

  it('compares greedy routes with others by the paths that they take', () => {
    const routes = ['GET /a/{x+}', 'GET /{y}/b', '$default'];
    const chosen = (route: string) => decide(routes, 'GET', 'a/b', { route });

    expect(chosen('GET /a/{x+}')).toEqual(['GET /{y}/b', 'GET /a/{x+}']);
    expect(chosen('ANY /{x+}')).toEqual(['GET /{y}/b']);
    expect(chosen('$default')).toEqual(['GET /{y}/b']);
  });

  it('reads a path up to an encoded "?" or "#", too, on an HTTP API that names its route', () => {
    const routes = ['GET /admin', 'ANY /{proxy+}'];

    for (const path of ['admin?x', 'admin%3Fx', 'admin%23x', 'admin#'])
      expect(decide(routes, 'GET', path, { route: 'ANY /{proxy+}' })).toContain('GET /admin');
    expect(decide(routes, 'GET', 'admin%3Fx', { route: 'ANY /{proxy+}', api: 'rest' })).toEqual([
      'ANY /{proxy+}',
    ]);
  });

  it('decodes what is ASCII of a path that is not UTF-8 on HTTP APIs', () => {
    const routes = ['GET /{a}', 'GET /{a}/raw'];

    for (const path of ['%FF%2Fraw', '%E4%2Fraw'])
      expect(decide(routes, 'GET', path)).toContain('GET /{a}/raw');
  });

  test.each([
    '..',
    '.',
    'a/..',
    '%2e%2e/a',
    'a/%252E%252e/b',
    'a/..;v=1/b',
    'a\\..\\b',
    'a%5c..%5cb',
    'a//b',
    ';x/a',
  ])('takes no route for %s', (path) => {
    for (const api of ['rest', 'http'] as const) {
      expect(decide(['ANY /{proxy+}', '$default'], 'GET', path, { api })).toEqual([undefined]);
    }
  });
});

describe('sortRoutes', () => {
  const sorted = (api: 'rest' | 'http', routes: readonly string[]) =>
    routesOf(routes, api).map(({ route }) => route);

  it('puts text before a variable before a greedy one, a verb before ANY, and $default last', () => {
    const order = ['GET /a/b', 'ANY /a/b', 'GET /a/{x}', 'ANY /a/{x+}', 'GET /{x+}', '$default'];

    expect(sorted('http', order.toReversed())).toEqual(order);
    expect(sorted('rest', order.toReversed())).toEqual(order.slice(0, -1));
  });

  it('prefers a full match on HTTP APIs, and the first text on REST APIs', () => {
    expect(sorted('http', ['GET /a/{x+}', 'GET /{y}/b'])[0]).toBe('GET /{y}/b');
    expect(sorted('rest', ['GET /{y}/b', 'GET /a/{x+}'])[0]).toBe('GET /a/{x+}');
  });
});
