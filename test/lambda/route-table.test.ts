import { describe, expect, it, test } from '@jest/globals';
import { openRoutes } from '../../lambda/authorizer/grant-access.ts';
import type { RouteTable } from '../../lambda/route-table.ts';
import { conflicts, worstCasePolicyBytes } from '../../lambda/route-table.ts';

const tableOf = (...routes: string[]): RouteTable => ({
  rules: routes.map((route) => ({ route, anyone: true as const })),
});

/** Families of ten routes below a prefix, each with a scope of its own, or one for reading and one for writing. */
function families(prefixes: number, split: boolean): RouteTable {
  return {
    rules: Array.from({ length: prefixes }, (_, at) => at).flatMap((at) =>
      ['', '/{id}', '/{id}/items', '/{id}/items/{item}', '/{id}/notes'].flatMap((rest) =>
        ['GET', 'POST', 'PUT', 'DELETE'].map((method) => ({
          route: `${method} /things-${at}${rest}`,
          scopes: [`things-${at}${split && method === 'GET' ? ':read' : ''}`],
        })),
      ),
    ),
  };
}

describe('conflicts', () => {
  test.each([
    [['GET /orders/{id}', 'GET /orders/{order}'], /same route/],
    [['GET /orders', 'GET /orders'], /same route/],
    [['GET /a b'], /is no route/],
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

describe('worstCasePolicyBytes', () => {
  it('lets 200 routes of ten scopes pass, and refuses a scope for each of 200 routes', () => {
    const singly: RouteTable = {
      rules: Array.from({ length: 200 }, (_, at) => ({ route: `GET /route-${at}`, scopes: [`s${at}`] })),
    };

    expect(families(10, false).rules).toHaveLength(200);
    expect(worstCasePolicyBytes(families(10, false))).toBeLessThan(6000);
    expect(worstCasePolicyBytes(singly)).toBeGreaterThan(8192);
  });

  it.each([families(10, false), families(4, true), tableOf('ANY /a', '$default', 'GET /b/{x}')])(
    'is no less than what any token gets',
    (table) => {
      const scopes = [...new Set(table.rules.flatMap((rule) => rule.scopes ?? []))];
      const bound = worstCasePolicyBytes(table);
      const grant = openRoutes(table);
      for (let set = 0; set < 2 ** Math.min(scopes.length, 8); set += 1) {
        const scope = scopes.filter((_, at) => (set >> at) & 1).join(' ');
        const { grants } = grant(
          { subject: 'a', all: { scope }, issuer: { graceSeconds: 0 } },
          'rest',
          { method: 'GET', path: 'things-0' },
          1,
          96,
        );
        const resources = [...grants.allow, ...grants.deny];
        expect(resources.reduce((sum, each) => sum + each.length + 96 + 3, 220)).toBeLessThanOrEqual(bound);
      }
    },
  );
});
