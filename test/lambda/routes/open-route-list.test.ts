import { describe, expect, it, test } from '@jest/globals';
import { openRouteList } from '../../../lambda/routes/open-route-list.ts';

const LISTED = ['GET /', 'GET /orders', 'GET /orders/{id}', 'ANY /files/{proxy+}', '$connect'];
const isListed = (request: string, rules: readonly string[] = [], api: 'rest' | 'http' = 'rest') => {
  const [method = '', path = ''] = request.split(' /');
  const isOnList = openRouteList(
    LISTED,
    rules.map((route) => ({ route })),
  );
  return isOnList({ api: method === '$connect' ? 'websocket' : api, method, path });
};

describe('openRouteList', () => {
  test.each([
    'GET /',
    'GET /orders',
    'GET /orders/',
    'GET /orders/42',
    'PUT /files/a',
    'GET /files/a/b/c',
    '$connect',
  ])('finds %s', (request) => {
    expect(isListed(request)).toBe(true);
  });

  test.each([
    ['another method', 'POST /orders'],
    ['another path', 'GET /invoices'],
    ['a deeper path', 'GET /orders/42/items'],
    ['nothing where the rest of the path belongs', 'GET /files/'],
    ['the parent of a greedy route', 'GET /files'],
    ['a dot segment', 'GET /files/%2e%2e/admin'],
  ])('does not find %s', (_what, request) => {
    expect(isListed(request)).toBe(false);
  });

  it('counts a slash at the end on HTTP APIs, as rules do', () => {
    expect(isListed('GET /orders/', [], 'http')).toBe(false);
  });

  it('does not find a request whose most specific route is a rule that is not listed', () => {
    const rules = ['GET /orders/export', 'GET /orders/{order}', 'GET /files/{id}'];

    expect(isListed('GET /orders/export', rules)).toBe(false);
    expect(isListed('GET /orders/1', rules)).toBe(true);
    expect(isListed('GET /files/1', rules)).toBe(false);
    expect(isListed('GET /files/1/2', rules)).toBe(true);
    expect(isListed('GET /orders/%65xport', rules)).toBe(false);
  });
});
