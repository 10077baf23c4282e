import { describe, expect, it, test } from '@jest/globals';
import { openRoutes } from '../../../lambda/authorizer/grant-access.ts';
import type { RouteRule, RouteTable } from '../../../lambda/route-table.ts';
import { ALL_PATHS } from '../../../lambda/routes/join-grants.ts';
import { isAllowedByIam } from '../../corpus/read-rules.ts';

const NOW = 1_800_000_000;
const claims = (all: Record<string, unknown>) => ({ subject: 'alice', all, issuer: { graceSeconds: 0 } });
const RULES: RouteRule[] = [
  { route: 'GET /health', anyone: true },
  { route: 'GET /orders/{id}', scopes: ['orders'] },
  { route: 'GET /orders/{id}/items', scopes: ['items'] },
  { route: 'ANY /admin/{proxy+}', scopes: ['admin'], acr: ['gold'], maxAuthAgeSeconds: 300 },
  { route: 'GET /users/{sub}/profile', pathClaims: { sub: 'sub' } },
];
const ask = (table: RouteTable, all: Record<string, unknown>, request: string) => {
  const [method = '', path = ''] = request.split(' /');
  return openRoutes(table)(claims(all), 'rest', { method, path }, NOW);
};

describe('openRoutes', () => {
  it('grants the whole permission set, whatever route was asked for', () => {
    const grants = {
      allow: [
        'GET/health',
        'GET/health/',
        'GET/orders/?*',
        'GET/users/alice/profile',
        'GET/users/alice/profile/',
      ],
      deny: ['GET/orders/*/items', 'GET/orders/*/items/'],
    };

    for (const request of ['GET /health', 'GET /orders/1', 'GET /orders/1/items', 'POST /admin/x']) {
      expect(ask({ rules: RULES }, { scope: 'orders', sub: 'alice' }, request).grants).toEqual(grants);
    }
  });

  it('gives equal bytes for equal permissions, in whatever order the table has its rules', () => {
    const all = { scope: 'items admin orders', sub: 'alice', acr: 'gold', auth_time: NOW };

    expect(JSON.stringify(ask({ rules: RULES.toReversed() }, all, 'GET /health').grants)).toBe(
      JSON.stringify(ask({ rules: RULES }, all, 'GET /health').grants),
    );
  });

  test.each([
    ['GET /orders/1', { scope: 'items' }, 'scope_insufficient', ['scope orders']],
    ['GET /nowhere', { scope: 'orders' }, 'route_forbidden', ['a rule for the route']],
    ['GET /users/bob/profile', { sub: 'alice' }, 'route_forbidden', ['the value of {sub} in the claim sub']],
    ['PUT /admin/x', { scope: 'admin' }, 'authentication_insufficient', ['acr gold', 'max_age 300']],
    ['PUT /admin/x', {}, 'scope_insufficient', ['scope admin', 'acr gold', 'max_age 300']],
  ])('refuses %s to %j for %s', (request, all, reason, missing) => {
    expect(ask({ rules: RULES }, all, request).check.denial).toMatchObject({
      reason,
      missing,
      isLogOnly: false,
    });
  });

  it('tells how to sign in where nothing else is missing', () => {
    expect(ask({ rules: RULES }, { scope: 'admin' }, 'GET /admin/x').check.denial?.challenge).toEqual({
      acrValues: 'gold',
      maxAgeSeconds: 300,
    });
  });

  test.each([
    '*',
    '?',
    'a/b',
    'a*',
    '$x',
    'a:b',
    'a\u0000',
    'é',
    '..',
    '',
    'x'.repeat(129),
    7.5,
    null,
    ['alice'],
  ])('binds no path to the claim %j', (sub) => {
    const { check, grants } = ask({ rules: RULES }, { sub }, `GET /users/${String(sub)}/profile`);

    expect(check.denial?.reason).toBe('route_forbidden');
    expect(grants.allow).toEqual(['GET/health', 'GET/health/']);
  });

  it('denies explicitly where nothing is permitted', () => {
    expect(ask({ rules: RULES.slice(1) }, {}, 'GET /orders/1').grants).toEqual({ allow: [], deny: ['*'] });
  });

  it('denies a request that no rule is about although an Allow covers it', () => {
    const { grants } = ask({ rules: RULES }, { scope: 'orders' }, 'GET /orders/1/notes');

    expect(isAllowedByIam(grants, 'GET/orders/1/notes')).toBe(false);
    expect(isAllowedByIam(grants, 'GET/orders/1')).toBe(true);
    expect(ask({ rules: RULES }, { scope: 'orders' }, 'GET /orders/1/*').grants).toEqual({
      allow: [],
      deny: ['*'],
    });
  });

  it('denies a path whose other spelling is denied, although an Allow covers it', () => {
    const rules: RouteRule[] = [
      { route: 'GET /orders/{id}', scopes: ['orders'] },
      { route: 'GET /orders/export', scopes: ['export'] },
    ];

    expect(ask({ rules }, { scope: 'orders' }, 'GET /orders/%65xport').grants).toEqual({
      allow: ['GET/orders/?*'],
      deny: ['GET/orders/%65xport', 'GET/orders/export', 'GET/orders/export/'],
    });
  });

  it('denies a long path that no rule is about without quoting it', () => {
    expect(ask({ rules: RULES }, { scope: 'orders' }, `GET /orders/1/${'x'.repeat(600)}`).grants).toEqual({
      allow: [],
      deny: ['*'],
    });
  });

  it('says what is denied instead where that is shorter, in a large table', () => {
    const rules: RouteRule[] = Array.from({ length: 60 }, (_, index) => ({
      route: `GET /r${index}`,
      scopes: [index === 7 ? 'rare' : `s${index}`],
    }));
    const scope = rules.map((rule) => rule.scopes?.join()).join(' ');
    const { grants } = ask({ rules }, { scope: scope.replace('rare', '') }, 'GET /r1');

    expect(grants).toEqual({ allow: ALL_PATHS, deny: ['GET/r7', 'GET/r7/'] });
    expect(ask({ rules }, { scope: 's1' }, 'GET /r1').grants.allow).toEqual(['GET/r1', 'GET/r1/']);
  });

  it('narrows the grants to the request where no pattern tells a denied route from it', () => {
    const rules: RouteRule[] = [
      { route: 'GET /{proxy+}', scopes: ['a'] },
      { route: 'GET /a/{x}', scopes: ['b'] },
      { route: 'GET /a/{x}/b', scopes: ['a'] },
    ];

    expect(ask({ rules }, { scope: 'a' }, 'GET /a/1/b').grants).toEqual({ allow: ['GET/a/1/b'], deny: [] });
    expect(isAllowedByIam(ask({ rules }, { scope: 'a' }, 'GET /z').grants, 'GET/a/1')).toBe(false);
  });

  it('refuses instead where answers are cached, and says so, because a narrowed answer would refuse all other routes', () => {
    const rules: RouteRule[] = [
      { route: 'GET /{proxy+}', scopes: ['a'] },
      { route: 'GET /a/{x}', scopes: ['b'] },
      { route: 'GET /a/{x}/b', scopes: ['a'] },
    ];
    const { check, grants } = ask({ cached: true, rules }, { scope: 'a' }, 'GET /a/1/b');

    expect(check).toMatchObject({ route: 'GET /a/{x}/b', denial: { reason: 'route_forbidden' } });
    expect(isAllowedByIam(grants, 'GET/a/1/b')).toBe(false);
    expect(isAllowedByIam(grants, 'GET/elsewhere')).toBe(true);
  });

  it('denies as little as it can where patterns do not tell routes apart', () => {
    const rules: RouteRule[] = [
      { route: 'GET /health', anyone: true },
      { route: 'GET /orders/{id}', scopes: ['r'] },
      { route: 'GET /orders/{id}/items', scopes: ['r'] },
      { route: 'ANY /{proxy+}', nobody: true },
    ];
    const { grants } = ask({ cached: true, rules }, { scope: 'r' }, 'GET /health');

    expect(isAllowedByIam(grants, 'GET/health')).toBe(true);
    expect(isAllowedByIam(grants, 'GET/orders/1')).toBe(true);
    expect(isAllowedByIam(grants, 'GET/orders/1/notes')).toBe(false);
  });

  it('grants the request alone in a table that says exact', () => {
    expect(ask({ exact: true, rules: RULES }, { scope: 'orders' }, 'GET /orders/1').grants).toEqual({
      allow: ['GET/orders/1'],
      deny: [],
    });
    expect(ask({ exact: true, rules: RULES }, { scope: 'orders' }, 'GET /orders/*').grants).toEqual({
      allow: [],
      deny: ['*'],
    });
  });

  it('allows and tells what it would deny for a rule, or a table, that is only tried out', () => {
    const tried = RULES.map((rule) => ({ ...rule, ...(rule.anyone ? {} : { logOnly: true as const }) }));
    for (const table of [{ rules: tried }, { mode: 'log-only' as const, rules: RULES }]) {
      for (const request of ['GET /orders/1', 'GET /users/bob/profile']) {
        const { check, grants } = ask(table, {}, request);

        expect(check.denial?.isLogOnly).toBe(true);
        expect(isAllowedByIam(grants, request.replace(' ', ''))).toBe(true);
      }
    }
  });

  it('covers $connect, and by $default every path with a verb', () => {
    const table: RouteTable = {
      rules: [
        { route: '$connect', scopes: ['c'] },
        { route: '$default', anyone: true },
      ],
    };
    const connect = { method: '$connect', path: '' };

    expect(openRoutes(table)(claims({ scope: 'c' }), 'websocket', connect, NOW).grants.allow).toEqual([
      '$connect',
    ]);
    expect(openRoutes(table)(claims({}), 'websocket', connect, NOW).grants.deny).toEqual(['*']);
    const { grants } = openRoutes(table)(claims({}), 'http', { method: 'GET', path: 'x' }, NOW);
    for (const resource of ['GET/x', 'POST/a/b', 'GET/']) expect(isAllowedByIam(grants, resource)).toBe(true);
    for (const resource of ['$default', 'PROPFIND/x']) expect(isAllowedByIam(grants, resource)).toBe(false);
  });
});
