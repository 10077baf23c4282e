import { describe, expect, it, test } from '@jest/globals';
import type { RouteTable } from '../../lambda/route-table.ts';
import { conflicts, findRuleWithoutIssuers } from '../../lambda/route-table.ts';

const tableOf = (...routes: string[]): RouteTable => ({
  rules: routes.map((route) => ({ route, anyone: true as const })),
});

describe('conflicts', () => {
  test.each([
    [['GET /orders/{id}', 'GET /orders/{order}'], /same route/],
    [['GET /orders', 'GET /orders'], /same route/],
    [['GET /a b'], /is not a route/],
    [
      ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'ANY'].map((verb) => `${verb} /a`),
      /"ANY \/a" can never decide/,
    ],
  ])('finds one in %j', (routes, message) => {
    expect(conflicts(tableOf(...routes))).toEqual([expect.stringMatching(message)]);
  });

  it('finds none in a sound table', () => {
    const sound = ['GET /a', 'ANY /a', 'GET /{x}', 'GET /{x+}', 'GET /', '$default', '$connect'];

    expect(conflicts(tableOf(...sound))).toEqual([]);
  });
});

describe('findRuleWithoutIssuers', () => {
  const open: RouteTable['rules'] = [
    { route: 'GET /a', anyone: true },
    { route: 'GET /b', nobody: true },
    { route: 'GET /c', scopes: ['c'], issuers: ['own'] },
  ];
  const rule = { route: 'GET /d', scopes: ['d'] };

  it('finds a rule with conditions that names none', () => {
    expect(findRuleWithoutIssuers({ rules: [...open, rule] })).toBe(rule);
  });

  it('finds none where every rule names its own, or the table has a default', () => {
    expect(findRuleWithoutIssuers({ rules: open })).toBeUndefined();
    expect(findRuleWithoutIssuers({ rules: [...open, rule], issuers: ['own'] })).toBeUndefined();
  });
});
