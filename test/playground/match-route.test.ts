import { describe, expect, it, test } from '@jest/globals';
import { matchRoute } from '../../playground/match-route.ts';

const ROUTES = [
  'GET /',
  'GET /orders',
  'POST /orders',
  'ANY /orders/{id}',
  'GET /orders/latest',
  'DELETE /orders/{id}',
  'GET /orders/{id}/items/{item}',
  'ANY /files/{path+}',
  'GET /files/index',
].map((key) => {
  const [httpMethod = '', resourcePath = ''] = key.split(' ');
  return { httpMethod, resourcePath };
});

function matched(method: string, path: string): string | undefined {
  const match = matchRoute(ROUTES, method, path);
  return (
    match && `${match.route.httpMethod} ${match.route.resourcePath} ${JSON.stringify(match.pathParameters)}`
  );
}

describe('matchRoute', () => {
  test.each([
    ['GET', '/', 'GET / {}'],
    ['GET', '/orders', 'GET /orders {}'],
    ['GET', '/orders/', 'GET /orders {}'],
    ['POST', '/orders', 'POST /orders {}'],
    ['GET', '/orders/42', 'ANY /orders/{id} {"id":"42"}'],
    ['DELETE', '/orders/42', 'DELETE /orders/{id} {"id":"42"}'],
    ['GET', '/orders/latest', 'GET /orders/latest {}'],
    ['GET', '/orders/a%2Fb', 'ANY /orders/{id} {"id":"a%2Fb"}'],
    ['GET', '/orders/1/items/2', 'GET /orders/{id}/items/{item} {"id":"1","item":"2"}'],
    ['PUT', '/files/a/b/c', 'ANY /files/{path+} {"path":"a/b/c"}'],
    ['GET', '/files/index', 'GET /files/index {}'],
    ['DELETE', '/orders/latest', 'DELETE /orders/{id} {"id":"latest"}'],
    ['PUT', '/orders/latest', 'ANY /orders/{id} {"id":"latest"}'],
    ['PUT', '/files/index', 'ANY /files/{path+} {"path":"index"}'],
  ])('sends %s %s to %s', (method, path, route) => {
    expect(matched(method, path)).toBe(route);
  });

  test.each([
    ['an unknown path', 'GET', '/nowhere'],
    ['an unknown verb', 'PUT', '/orders'],
    ['a path below a resource', 'GET', '/orders/1/items'],
    ['a greedy parameter without a value', 'GET', '/files'],
    ['another letter case', 'GET', '/Orders'],
    ['an empty segment', 'GET', '/orders//items/2'],
  ])('finds nothing for %s', (_what, method, path) => {
    expect(matched(method, path)).toBeUndefined();
  });

  it('finds nothing without routes', () => {
    expect(matchRoute([], 'GET', '/')).toBeUndefined();
  });
});
