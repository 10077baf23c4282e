import { describe, expect, it, test } from '@jest/globals';
import type { RouteConditions } from '../../../lambda/route-table.ts';
import { findInseparable } from '../../../lambda/routes/find-inseparable.ts';

const table = (rules: Readonly<Record<string, RouteConditions & { logOnly?: true; anyone?: true }>>) => ({
  rules: Object.entries(rules).map(([route, conditions]) => ({ route, ...conditions })),
});
const A = { scopes: ['a'] };
const B = { scopes: ['b'] };
const OWN = { pathClaims: { sub: 'sub' } };
const pairs = (rules: Parameters<typeof table>[0], api: 'rest' | 'http' = 'rest') =>
  findInseparable(table(rules), api).map(({ denied, permitted }) => `${denied} over ${permitted}`);

describe('findInseparable', () => {
  it('finds nothing in a table in which each resource has its routes', () => {
    expect(
      pairs({
        'GET /health': { anyone: true },
        'GET /orders': A,
        'POST /orders': B,
        'GET /orders/{id}': A,
        'DELETE /orders/{id}': B,
        'GET /orders/{id}/items': A,
        'GET /orders/export': B,
        'GET /users/{sub}/orders': { ...A, ...OWN },
        'ANY /admin/{proxy+}': { groups: ['admins'] },
      }),
    ).toEqual([]);
  });

  test.each<[string, Parameters<typeof table>[0], string[]]>([
    [
      'a denied route between two permitted ones',
      { 'GET /{proxy+}': A, 'GET /a/{x}': B, 'GET /a/{x}/b': A },
      ['GET /a/{x} over GET /a/{x}/b'],
    ],
    [
      'a value that is spelled like a denied route',
      { 'GET /orders/{id}': A, 'GET /orders/{id}/audit': B, 'GET /orders/{id}/items/{item}': A },
      ['GET /orders/{id}/audit over GET /orders/{id}/items/{item}'],
    ],
    [
      'a route of one subject below one of everybody',
      { 'GET /users/{id}/{thing}': A, 'GET /users/{sub}/orders': OWN },
      ['GET /users/{sub}/orders over GET /users/{sub}/orders'],
    ],
    [
      'a route of one subject that another one can spell',
      { 'GET /{shop}/{sub}/{proxy+}': OWN },
      ['GET /{shop}/{sub}/{proxy+} over GET /{shop}/{sub}/{proxy+}'],
    ],
  ])('finds %s', (_what, rules, expected) => {
    expect(pairs(rules)).toEqual(expect.arrayContaining(expected));
  });

  it('finds a denied $default beside routes that are permitted at two depths', () => {
    const rules = { $default: B, 'GET /a/{x}': A, 'GET /a/{x}/b': A };

    expect(pairs(rules, 'http')).toContain('$default over GET /a/{x}/b');
    expect(pairs(rules, 'rest')).toEqual([]);
  });

  test.each<[string, RouteConditions & { logOnly?: true; anyone?: true }]>([
    ['every token may call', { anyone: true }],
    ['is only tried out', { ...B, logOnly: true }],
    ['wants less than the others', { anyScope: ['a', 'b'] }],
  ])('finds nothing about a route that %s', (_what, conditions) => {
    const wide = { scopes: ['a'], anyScope: ['a'] };

    expect(pairs({ 'GET /{proxy+}': wide, 'GET /a/{x}': conditions, 'GET /a/{x}/b': wide })).toEqual([]);
  });

  it('takes a rule that wants more of a list for one that not every token satisfies', () => {
    const rules = { 'GET /{proxy+}': A, 'GET /a/{x}': { scopes: ['a', 'b'] }, 'GET /a/{x}/b': A };

    expect(pairs(rules)).toEqual(['GET /a/{x} over GET /a/{x}/b', 'GET /a/{x} over GET /{proxy+}']);
  });
});
