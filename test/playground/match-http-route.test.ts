import { describe, expect, it, test } from '@jest/globals';
import { matchHttpRoute } from '../../playground/match-http-route.ts';

const ROUTES = [
  'GET /pets/dog/1',
  'GET /pets/dog/{id}',
  'GET /pets/{proxy+}',
  'ANY /{proxy+}',
  'ANY /pets/dog/{id}',
  'GET /{kind}/cat',
  'POST /orders',
].map((routeKey) => ({ routeKey }));

function matched(method: string, path: string, routes = ROUTES): string | undefined {
  const match = matchHttpRoute(routes, method, path);
  return match && `${match.route.routeKey} ${JSON.stringify(match.pathParameters)}`;
}

describe('matchHttpRoute', () => {
  test.each([
    ['GET', '/pets/dog/1', 'GET /pets/dog/1 {}'],
    ['GET', '/pets/dog/2', 'GET /pets/dog/{id} {"id":"2"}'],
    ['PUT', '/pets/dog/1', 'ANY /pets/dog/{id} {"id":"1"}'],
    ['GET', '/pets/cat/1', 'GET /pets/{proxy+} {"proxy":"cat/1"}'],
    ['POST', '/test/5', 'ANY /{proxy+} {"proxy":"test/5"}'],
    ['GET', '/pets/cat', 'GET /{kind}/cat {"kind":"pets"}'],
    ['GET', '/orders', 'ANY /{proxy+} {"proxy":"orders"}'],
    ['GET', '/pets/a%2Fb', 'GET /pets/{proxy+} {"proxy":"a%2Fb"}'],
    ['GET', '/pets/dog/1/', 'GET /pets/{proxy+} {"proxy":"dog/1/"}'],
  ])('sends %s %s to %s', (method, path, route) => {
    expect(matched(method, path)).toBe(route);
  });

  test.each([
    ['an unknown path', 'GET', '/nowhere'],
    ['another verb', 'GET', '/orders'],
    ['a trailing slash', 'POST', '/orders/'],
    ['the root', 'POST', '/'],
  ])('finds nothing for %s, or $default', (_what, method, path) => {
    const routes = [{ routeKey: 'POST /orders' }];

    expect(matched(method, path, routes)).toBeUndefined();
    expect(matched(method, path, [...routes, { routeKey: '$default' }])).toBe('$default {}');
  });

  it('takes $default last', () => {
    expect(matched('GET', '/orders', [{ routeKey: '$default' }, { routeKey: 'ANY /{proxy+}' }])).toBe(
      'ANY /{proxy+} {"proxy":"orders"}',
    );
  });
});
