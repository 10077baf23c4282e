import { describe, expect, it, test } from '@jest/globals';
import type { RoutePattern } from '../../../lambda/routes/parse-route.ts';
import { bySpecificity, isMatch, parseRoute, withoutSlash } from '../../../lambda/routes/parse-route.ts';

const parse = (route: string): RoutePattern => {
  const pattern = parseRoute(route);
  if (pattern === undefined) throw new Error(`${route} is none`);
  return pattern;
};
const matches = (route: string, method: string, path: string, api: 'rest' | 'http' = 'http') =>
  isMatch(parse(route), method, withoutSlash(api, path.split('/')));

describe('parseRoute', () => {
  test.each([
    '',
    'GET',
    'get /orders',
    'TRACE /orders',
    'GET orders',
    'GET /orders/',
    'GET //orders',
    'GET /{proxy+}/items',
    'GET /a*b',
    'GET /a?b',
    'GET /a{b',
    'GET /{a}{b}',
    'GET  /orders',
    '$disconnect',
  ])('finds no route in %j', (route) => {
    expect(parseRoute(route)).toBeUndefined();
  });

  test.each(['GET /', 'ANY /{proxy+}', 'POST /orders/{id}/items', '$connect', '$default'])(
    'parses %j',
    (route) => {
      expect(parseRoute(route)).toBeDefined();
    },
  );
});

describe('isMatch', () => {
  test.each([
    ['GET /', 'GET', '', true],
    ['GET /orders/{id}', 'GET', 'orders/1', true],
    ['GET /orders/{id}', 'POST', 'orders/1', false],
    ['GET /orders/{id}', 'GET', 'orders/', false],
    ['GET /orders/{id}', 'GET', 'orders/1/2', false],
    ['GET /orders/{id}', 'GET', 'orders/*', true],
    ['ANY /{proxy+}', 'PATCH', 'a/b/c', true],
    ['ANY /{proxy+}', 'TRACE', 'a', false],
    ['ANY /{proxy+}', 'GET', '', false],
    ['$default', 'GET', '', true],
    // Nobody knows what path such a request has.
    ['$default', '$default', '', false],
    ['$connect', '$connect', '', true],
    ['$connect', 'GET', '', false],
  ])('of %s and %s %s is %s', (route, method, path, expected) => {
    expect(matches(route, method, path)).toBe(expected);
  });

  it('takes a slash at the end for nothing on REST APIs alone', () => {
    expect(matches('GET /orders', 'GET', 'orders/', 'rest')).toBe(true);
    expect(matches('GET /orders', 'GET', 'orders/', 'http')).toBe(false);
  });
});

describe('bySpecificity', () => {
  const sorted = (api: 'rest' | 'http', routes: readonly string[]) =>
    [...routes].sort((a, b) => bySpecificity(api)(parse(a), parse(b)));

  it('puts text before a variable before a greedy one, a verb before ANY, and $default last', () => {
    const order = ['GET /a/b', 'ANY /a/b', 'GET /a/{x}', 'ANY /a/{x+}', 'GET /{x+}', '$default'];

    expect(sorted('rest', order.toReversed())).toEqual(order);
    expect(sorted('http', order.toReversed())).toEqual(order);
  });

  it('prefers a full match on HTTP APIs, and the first text on REST APIs', () => {
    expect(sorted('http', ['GET /a/{x+}', 'GET /{y}/b'])[0]).toBe('GET /{y}/b');
    expect(sorted('rest', ['GET /{y}/b', 'GET /a/{x+}'])[0]).toBe('GET /a/{x+}');
  });
});
