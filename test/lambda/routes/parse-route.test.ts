import { describe, expect, it, test } from '@jest/globals';
import { isRouteOf, parseApiRoute, parseRoute, shapeOf } from '../../../lambda/routes/parse-route.ts';

describe('parseRoute', () => {
  test.each([
    '',
    'GET',
    'get /orders',
    'TRACE /orders',
    'FETCH /orders',
    'GET orders',
    'GET /orders/',
    'GET //orders',
    'GET /{proxy+}/items',
    'GET /a*b',
    'GET /a?b',
    'GET /a{b',
    'GET /{a}{b}',
    'GET  /orders',
    'GET /.',
    'GET /a/../b',
    'GET /..;x',
    'GET /;x',
    '$disconnect',
  ])('finds no route in %j', (route) => {
    expect(parseRoute(route)).toBeUndefined();
  });

  test.each([
    'GET /',
    'ANY /{proxy+}',
    'POST /orders/{id}/items',
    'GET /.well-known/x',
    'GET /a~b;c',
    '$connect',
    '$default',
  ])('parses %j', (route) => {
    expect(parseRoute(route)).toBeDefined();
  });
});

describe('parseApiRoute', () => {
  it('parses what parseRoute does', () => {
    expect(parseApiRoute('ANY /orders/{id}')).toEqual(parseRoute('ANY /orders/{id}'));
  });

  it('takes any path, and any verb', () => {
    expect(parseApiRoute('TRACE /ä b/{x}')).toEqual({
      methods: ['TRACE'],
      isAny: false,
      segments: ['ä b', '{x}'],
      isDefault: false,
    });
    expect(parseApiRoute('ANY /*').isAny).toBe(true);
  });
});

describe('shapeOf', () => {
  it('is the same for routes that differ in the names of variables alone', () => {
    const shape = (route: string) => shapeOf(parseApiRoute(route));

    expect(shape('GET /a/{x}/{y+}')).toBe(shape('POST /a/{id}/{proxy+}'));
    expect(new Set(['GET /{x+}', 'GET /{x}', 'GET /x', 'GET /', '$default'].map(shape)).size).toBe(5);
  });
});

describe('isRouteOf', () => {
  test.each([
    ['$connect', ['websocket']],
    ['$default', ['http']],
    ['GET /', ['rest', 'http']],
  ])('knows the APIs that can have %s', (route, apis) => {
    const pattern = parseApiRoute(route);

    expect((['rest', 'http', 'websocket'] as const).filter((api) => isRouteOf(api, pattern))).toEqual(apis);
  });
});
