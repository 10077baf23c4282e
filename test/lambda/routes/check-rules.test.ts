import { describe, expect, it, test } from '@jest/globals';
import type { RouteRule, RouteTable } from '../../../lambda/route-table.ts';
import type { RuleCheck } from '../../../lambda/routes/check-rules.ts';
import { openRules } from '../../../lambda/routes/check-rules.ts';
import type { RoutedApi } from '../../../lambda/routes/parse-route.ts';

const NOW = 1_800_000_000;

interface Asked {
  readonly table?: Partial<RouteTable>;
  readonly api?: RoutedApi;
  readonly claims?: Readonly<Record<string, unknown>>;
  /** The route that API Gateway chose. */
  readonly route?: string;
}

/** What the rules say of `GET /orders/1`, in this form. */
function check(
  rules: readonly RouteRule[],
  request: string,
  { table, api = 'rest', claims, route }: Asked = {},
) {
  const whole: RouteTable = { groupsClaim: 'roles', rules, ...table };
  const [method = '', path = ''] = request.split(' /');
  const issuer = { id: String(claims?.['iss'] ?? 'idp'), graceSeconds: 0 };
  const held = { all: claims ?? {}, subject: String(claims?.['sub'] ?? ''), issuer };
  return openRules(whole)(held, { api, method, path, route }, NOW);
}

const reasonOf = ({ denial }: RuleCheck) => denial?.reason;

describe('openRules', () => {
  const rules: readonly RouteRule[] = [
    { route: 'GET /orders/{id}', scopes: ['orders'] },
    { route: 'GET /orders/export', groups: ['clerks'] },
    { route: 'ANY /orders/{id}', anyone: true },
    { route: 'ANY /{proxy+}', subjects: ['root'] },
    { route: '$default', anyone: true },
    { route: '$connect', scopes: ['chat'] },
  ];

  test.each<[string, RoutedApi, string]>([
    ['GET /orders/1', 'rest', 'GET /orders/{id}'],
    ['GET /orders/1/', 'rest', 'GET /orders/{id}'],
    ['GET /orders/1/', 'http', 'ANY /{proxy+}'],
    ['GET /orders/export', 'rest', 'GET /orders/export'],
    ['PUT /orders/export', 'rest', 'ANY /orders/{id}'],
    ['GET /orders/1/lines', 'rest', 'ANY /{proxy+}'],
    ['GET /', 'http', '$default'],
    ['$connect', 'websocket', '$connect'],
  ])('lets one rule alone decide about %s on a %s API: %s', (request, api, route) => {
    expect(check(rules, request, { api }).rule).toBe(route);
  });

  test.each<[string, RoutedApi]>([
    ['GET /', 'rest'],
    ['$disconnect', 'websocket'],
    ['TRACE /orders/1', 'rest'],
  ])('denies %s on a %s API, which no rule is about', (request, api) => {
    expect(check(rules, request, { api })).toEqual({
      denial: { reason: 'route_forbidden', missing: ['a rule for the route'], isLogOnly: false },
    });
  });

  it('denies everybody what is for nobody, and says so', () => {
    const closed: RouteRule[] = [...rules, { route: 'GET /orders/{id}/export', nobody: true }];

    expect(check(closed, 'GET /orders/1/export', { claims: { sub: 'root', scope: 'orders' } })).toEqual({
      rule: 'GET /orders/{id}/export',
      denial: {
        rule: 'GET /orders/{id}/export',
        reason: 'route_forbidden',
        missing: ['nobody may call it'],
        isLogOnly: false,
      },
    });
  });

  it('permits without a denial what meets the rule', () => {
    expect(check(rules, 'GET /orders/1', { claims: { scope: 'orders' } })).toEqual({
      rule: 'GET /orders/{id}',
    });
  });

  test.each<[string, Partial<RouteRule>, string]>([
    ['a scope', { scopes: ['a'] }, 'scope_insufficient'],
    ['a scope and a sign-in', { scopes: ['a'], acr: ['gold'] }, 'scope_insufficient'],
    ['a scope and a group', { scopes: ['a'], groups: ['g'] }, 'route_forbidden'],
    ['a sign-in', { acr: ['gold'] }, 'authentication_insufficient'],
    ['a factor', { amr: ['mfa'] }, 'authentication_insufficient'],
    [
      'a recent sign-in and a claim',
      { maxAuthAgeSeconds: 9, claims: { n: { equals: 1 } } },
      'route_forbidden',
    ],
    ['a path value and a scope', { pathClaims: { id: 'sub' }, scopes: ['a'] }, 'route_forbidden'],
  ])('asks first for what helps least, without %s', (_what, conditions, reason) => {
    expect(reasonOf(check([{ route: 'GET /{id}', ...conditions }], 'GET /1'))).toBe(reason);
  });

  test.each<[Partial<RouteRule>, object | undefined]>([
    [{ acr: ['gold', 'silver'] }, { acrValues: 'gold silver' }],
    [{ maxAuthAgeSeconds: 0 }, { maxAgeSeconds: 0 }],
    [
      { acr: ['gold'], maxAuthAgeSeconds: 60 },
      { acrValues: 'gold', maxAgeSeconds: 60 },
    ],
    // Signing in so is only of use if the rest, which was met, is kept.
    [{ amr: ['mfa'], maxAuthAgeSeconds: 60 }, { maxAgeSeconds: 60 }],
    [{ amr: ['mfa'] }, undefined],
    [{ acr: ['gold'], scopes: ['a'] }, undefined],
  ])('says of %j how to sign in: %j', (conditions, challenge) => {
    const { denial } = check([{ route: 'GET /a', ...conditions }], 'GET /a');

    expect(denial?.challenge).toEqual(challenge);
    expect(Object.hasOwn(denial ?? {}, 'challenge')).toBe(challenge !== undefined);
  });

  it('names all that is missing, the path last', () => {
    const rule: RouteRule = {
      route: 'GET /{a}/{b}',
      scopes: ['x'],
      amr: ['mfa'],
      pathClaims: { a: 'sub', b: 'tid' },
    };

    expect(check([rule], 'GET /1/2').denial?.missing).toEqual([
      'scope x',
      'amr mfa',
      'the value of {a} in the claim sub',
      'the value of {b} in the claim tid',
    ]);
  });

  test.each<[string, Partial<RouteRule>, Partial<RouteTable>, boolean]>([
    ['nothing', {}, {}, false],
    ['the rule', { logOnly: true }, {}, true],
    ['the table', {}, { mode: 'log-only' }, true],
    ['enforce', {}, { mode: 'enforce' }, false],
  ])('only logs a refusal if %s says so', (_what, rule, table, isLogOnly) => {
    const { denial } = check([{ route: 'GET /a', scopes: ['x'], ...rule }], 'GET /a', { table });

    expect(denial).toMatchObject({ reason: 'scope_insufficient', isLogOnly });
  });

  it('only logs the refusal of a route without a rule if the table says so', () => {
    const isLogOnly = (table: Partial<RouteTable>) =>
      check([{ route: 'GET /a', anyone: true, logOnly: true }], 'GET /b', { table }).denial?.isLogOnly;

    expect([isLogOnly({}), isLogOnly({ mode: 'log-only' })]).toEqual([false, true]);
  });

  describe('with percent-encoded characters in the path', () => {
    const rules: readonly RouteRule[] = [
      { route: 'GET /orders/{id}', scopes: ['orders'] },
      { route: 'GET /orders/export', groups: ['clerks'] },
    ];

    test.each<[string, Record<string, unknown>, string | undefined, string]>([
      ['the scope', { scope: 'orders' }, 'route_forbidden', 'GET /orders/export'],
      ['the group', { roles: ['clerks'] }, 'scope_insufficient', 'GET /orders/{id}'],
      ['neither', {}, 'scope_insufficient', 'GET /orders/{id}'],
      ['both', { scope: 'orders', roles: ['clerks'] }, undefined, 'GET /orders/{id}'],
    ])('asks with %s of /orders/%%65xport what both readings ask', (_what, claims, reason, route) => {
      for (const path of ['%65xport', 'ex%70ort', '%65%78%70%6f%72%74', '%65%78%70%6F%72%74']) {
        const checked = check(rules, `GET /orders/${path}`, { claims });
        expect([reasonOf(checked), checked.rule]).toEqual([reason, route]);
      }
    });

    it('decodes what needs no encoding, in either case of its digits, and nothing else', () => {
      const decoded = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => {
        const spellings = [byte.toString(16), byte.toString(16).toUpperCase()];
        const isRead = spellings.map((hex) => {
          const path = `x%${hex.padStart(2, '0')}`;
          const literal = String.fromCharCode(byte);
          const pair: readonly RouteRule[] = [
            { route: 'GET /{id}', anyone: true },
            { route: `GET /x${literal}`, scopes: ['x'] },
          ];
          return check(pair, `GET /${path}`).denial !== undefined;
        });
        expect(isRead[0]).toBe(isRead[1]);
        return isRead[0];
      });
      expect(String.fromCharCode(...decoded)).toBe(
        '-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~',
      );
    });

    test.each([
      ['a percent sign that is encoded', '%2565xport'],
      ['what only looks encoded after that', '%%36%35xport'],
      ['an encoded slash', 'x%2Fexport'],
      ['a stray percent sign', '%xport'],
      ['half an encoding', 'export%6'],
      ['an encoding that is none', '%6gexport'],
    ])('leaves %s as it is', (_what, path) => {
      expect(check(rules, `GET /orders/${path}`, { claims: { scope: 'orders' } })).toEqual({
        rule: 'GET /orders/{id}',
      });
    });

    it('never takes an encoded slash for one', () => {
      const pair: readonly RouteRule[] = [
        { route: 'GET /{id}', anyone: true },
        { route: 'GET /a/b', scopes: ['x'] },
      ];
      for (const path of ['a%2Fb', 'a%2fb', '%61%2Fb']) {
        expect(check(pair, `GET /${path}`)).toEqual({ rule: 'GET /{id}' });
      }
    });

    it('denies where one of the readings has no rule', () => {
      const wide: readonly RouteRule[] = [{ route: 'GET /a/{id}', anyone: true }];
      expect(check(wide, 'GET /%61/1').denial).toMatchObject({ missing: ['a rule for the route'] });
    });

    test.each<[string, Partial<RouteRule>, Partial<RouteRule>, string, boolean]>([
      ['the sent path', { logOnly: true }, {}, 'GET /orders/export', false],
      ['the decoded path', {}, { logOnly: true }, 'GET /orders/{id}', false],
      ['both', { logOnly: true }, { logOnly: true }, 'GET /orders/{id}', true],
    ])(
      'lets what is refused win over what is only logged, for %s',
      (_what, sent, decoded, route, isLogOnly) => {
        const [order, report] = rules.map((rule, at) => ({ ...rule, ...[sent, decoded][at] })) as [
          RouteRule,
          RouteRule,
        ];
        const { denial, rule: decided } = check([order, report], 'GET /orders/%65xport');
        expect([decided, denial?.isLogOnly]).toEqual([route, isLogOnly]);
      },
    );

    it('logs what the decoded path alone would be refused', () => {
      const tried = rules.map((rule) => ({ ...rule, logOnly: true as const }));
      const checked = check(tried, 'GET /orders/%65xport', { claims: { scope: 'orders' } });
      expect(checked).toMatchObject({ rule: 'GET /orders/export', denial: { isLogOnly: true } });
    });
  });

  describe('on HTTP APIs', () => {
    const files: readonly RouteRule[] = [
      { route: 'GET /files/{id}', anyone: true },
      { route: 'GET /files/{id}/raw', scopes: ['admin'] },
      { route: 'ANY /{proxy+}', anyone: true },
    ];
    const ruleOf = (path: string, route?: string) =>
      check(files, `GET /${path}`, { api: 'http', ...(route && { route }) }).rule;

    it('reads an encoded path both ways where the chosen route is not known', () => {
      expect(ruleOf('files/x%2Fraw')).toBe('GET /files/{id}/raw');
      expect(reasonOf(check(files, 'GET /files/x%2Fraw', { api: 'http' }))).toBe('scope_insufficient');
    });

    test.each([
      ['files/x%2Fraw', 'GET /files/{id}/raw', 'GET /files/{id}/raw'],
      ['files/x%2Fraw', 'GET /files/{id}', 'GET /files/{id}'],
      ['files/x', 'GET /files/{id}', 'GET /files/{id}'],
      ['files/x', 'ANY /{proxy+}', 'GET /files/{id}'],
      ['files/x/raw', '$default', 'GET /files/{id}/raw'],
      ['files/ü b', 'GET /files/{id}', 'GET /files/{id}'],
      ['files/100%', 'GET /files/{id}', 'GET /files/{id}'],
    ])('reads %s as the route %s that API Gateway chose', (path, route, rule) => {
      expect(ruleOf(path, route)).toBe(rule);
    });

    test.each([
      ['files/x', 'GET /files/{id}/raw'],
      ['files/x', 'POST /files/{id}'],
      ['files/x', 'nonsense'],
      ['files', 'GET /files/{id}'],
    ])('has no rule for %s where API Gateway chose %s', (path, route) => {
      expect(check(files, `GET /${path}`, { api: 'http', route })).toEqual({
        rule: undefined,
        denial: { reason: 'route_forbidden', missing: ['a rule for the route'], isLogOnly: false },
      });
    });
  });

  it('keeps the encoding of a path on REST APIs, whatever route was chosen', () => {
    const files: readonly RouteRule[] = [
      { route: 'GET /files/{id}', anyone: true },
      { route: 'GET /files/{id}/raw', scopes: ['admin'] },
    ];

    expect(check(files, 'GET /files/x%2Fraw', { route: 'GET /files/{id}' })).toEqual({
      rule: 'GET /files/{id}',
    });
    expect(check(files, 'GET /files/x%2Fraw', { route: 'GET /files/{id}/raw' }).denial).toBeDefined();
  });

  describe('with rules for several issuers', () => {
    const both: readonly RouteRule[] = [
      { route: 'GET /own', scopes: ['a'], issuers: ['own'] },
      { route: 'GET /theirs', scopes: ['a'] },
      { route: 'GET /open', anyone: true },
    ];
    const reason = (path: string, iss: string) =>
      reasonOf(check(both, `GET /${path}`, { claims: { iss, scope: 'a' }, table: { issuers: ['partner'] } }));

    it('takes the scope of an issuer for its own rules alone', () => {
      expect([reason('own', 'own'), reason('own', 'partner')]).toEqual([undefined, 'route_forbidden']);
    });

    it('takes the default of the table for rules that name none, and not for anyone', () => {
      expect([reason('theirs', 'partner'), reason('theirs', 'own')]).toEqual([undefined, 'route_forbidden']);
      expect([reason('open', 'partner'), reason('open', 'own')]).toEqual([undefined, undefined]);
    });
  });

  describe('with a bound path', () => {
    const own: readonly RouteRule[] = [{ route: 'GET /users/{sub}/{part}', pathClaims: { sub: 'uid' } }];
    const isPermitted = (request: string, uid: unknown) =>
      check(own, request, { claims: { sub: 'mallory', uid } }).denial === undefined;

    test.each<[string, unknown]>([
      ['alice', 'alice'],
      ['alice@example.com', 'alice@example.com'],
      ['7', 7],
      ['a.b~c_d-e', 'a.b~c_d-e'],
      ['...', '...'],
      ['a'.repeat(300), 'a'.repeat(300)],
    ])('permits /users/%s/... to %j', (sent, uid) => {
      expect(isPermitted(`GET /users/${sent}/x`, uid)).toBe(true);
    });

    test.each<[string, unknown]>([
      ['bob', 'alice'],
      ['Alice', 'alice'],
      ['mallory', undefined],
      ['a%6Cice', 'alice'],
      ['a%6Cice', 'a%6Cice'],
      ['alice', ['alice']],
      ['null', null],
      ['true', true],
      ['7.5', 7.5],
      ['1e+21', 1e21],
      ['*', '*'],
      ['a?', 'a?'],
      ['$', '$'],
      ['a:b', 'a:b'],
      ['..', '..'],
      ['.', '.'],
      ['a b', 'a b'],
      ['a\u0000', 'a\u0000'],
      ['ä', 'ä'],
      ['%41', '%41'],
      ['', ''],
    ])('denies /users/%s/... to %j', (sent, uid) => {
      expect(isPermitted(`GET /users/${sent}/x`, uid)).toBe(false);
    });

    it('denies a value with a slash in it, wherever the path has one', () => {
      expect(isPermitted('GET /users/a/b', 'a/b')).toBe(false);
    });

    it('reads no claim that an object has by nature', () => {
      const rules: readonly RouteRule[] = [{ route: 'GET /{a}', pathClaims: { a: 'toString' } }];
      expect(reasonOf(check(rules, 'GET /x'))).toBe('route_forbidden');
    });

    test.each([
      ['is not there', 'GET /a/{b}', 'GET /a/x', 'c'],
      ['stands for several parts', 'GET /a/{b+}', 'GET /a/x', 'b'],
    ])('denies everybody when the variable %s', (_what, route, request, variable) => {
      const rules: readonly RouteRule[] = [{ route, pathClaims: { [variable]: 'sub' } }];
      expect(reasonOf(check(rules, request, { claims: { sub: 'x' } }))).toBe('route_forbidden');
    });
  });
});
