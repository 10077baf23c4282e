import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { startCli } from '../support/a-cli.ts';

let folder: string;
const file = (name: string) => join(folder, name);

/** As synthesis writes what is known only at deployment. */
const LATER = `\${Server135248C2}`;
const TABLE = {
  groupsClaim: 'roles',
  rules: [
    { route: 'GET /orders/{id}', scopes: ['orders:read'] },
    { route: 'POST /orders', scopes: ['orders:write'], amr: ['mfa'] },
    { route: 'GET /users/{sub}', pathClaims: { sub: 'sub' } },
    { route: 'GET /beta', groups: ['testers'], logOnly: true },
    { route: 'GET /grant', notAfter: 1_767_225_600, scopes: ['orders:read'] },
    { route: '$connect', scopes: ['orders:read'] },
    { route: 'DELETE /orders', nobody: true },
    { route: 'PUT /orders', scopes: [`${LATER}/write`] },
    { route: 'PUT /beta', anyGroup: ['testers'] },
  ],
};
const ANYONE = { route: 'GET /a', anyone: true };
const KINDS = {
  rules: [
    { route: 'GET /orders/{id}', scopes: ['orders:read'] },
    { route: 'ANY /', anyone: true },
    { route: '$default', anyone: true },
    { route: '$connect', anyone: true },
  ],
};
const PARTNER = 'https://partner.example';
const ISSUERS = {
  issuers: ['corp'],
  rules: [
    { route: 'GET /orders/{id}', scopes: ['orders:read'] },
    { route: 'GET /deliveries', scopes: ['orders:read'], issuers: [PARTNER, 'carrier'] },
    { route: 'GET /health', anyone: true },
    { route: 'GET /retired', nobody: true },
  ],
};
const CLAIMS = { sub: 'alice', scope: 'orders:read profile' };

/** Of the form of a token, made at run time, signed by nobody. */
const TOKEN = [{ alg: 'RS256' }, CLAIMS, { sig: 'none' }]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .join('.');

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'can-'));
  writeFileSync(file('routes.json'), JSON.stringify(TABLE));
  writeFileSync(file('claims.json'), JSON.stringify(CLAIMS));
  writeFileSync(file('list.json'), '[]');
  writeFileSync(file('text.json'), 'rules:');
  writeFileSync(file('wrong.json'), JSON.stringify({ rules: [{ route: 'GET /a', scopes: 'orders' }] }));
  writeFileSync(file('later.json'), JSON.stringify({ ...TABLE, groupsClaim: LATER }));
  writeFileSync(file('kinds.json'), JSON.stringify(KINDS));
  writeFileSync(file('issuers.json'), JSON.stringify(ISSUERS));
  writeFileSync(file('pool.json'), JSON.stringify({ ...ISSUERS, issuers: [LATER] }));
  writeFileSync(file('partner.json'), JSON.stringify({ ...CLAIMS, iss: PARTNER }));
  writeFileSync(file('twice.json'), JSON.stringify({ rules: [ANYONE, ANYONE] }));
});

afterAll(() => rmSync(folder, { recursive: true }));

const can = (args: readonly string[], { stdin = '', routes = 'routes.json' } = {}) =>
  startCli(['can', ...args, '--routes', file(routes)], { stdin, env: { NO_COLOR: '1' } }).ended;
const withClaims = (...args: string[]) => can([...args, '--claims', file('claims.json')]);

describe('can', () => {
  test.each<[string[], number, string]>([
    [['GET', '/orders/1'], 0, 'yes: GET /orders/1, by the rule "GET /orders/{id}"'],
    [['GET', '/users/alice'], 0, 'yes: GET /users/alice, by the rule "GET /users/{sub}"'],
    [['$connect'], 0, 'yes: $connect, by the rule "$connect"'],
    [['GET', '/users/bob'], 3, 'no: GET /users/bob, by the rule "GET /users/{sub}" (route_forbidden)'],
    [
      ['DELETE', '/orders'],
      3,
      'no: DELETE /orders, by the rule "DELETE /orders" (route_forbidden)\n  missing: nobody may call it',
    ],
    [['DELETE', '/orders/1'], 3, 'no: DELETE /orders/1, no rule is about it (route_forbidden)'],
    [['GET', '/grant', '--at', '2025-12-31T00:00:00Z'], 0, 'yes: GET /grant'],
    [['GET', '/grant', '--at', '2026-01-02T00:00:00Z'], 3, 'no: GET /grant'],
    [
      ['GET', '/beta'],
      0,
      'yes: GET /beta, by the rule "GET /beta", which only logs that it would refuse (route_forbidden)\n  missing: group testers',
    ],
  ])('answers %j', async (args, code, text) => {
    const run = await withClaims(...args);
    expect(run).toMatchObject({ code, stderr: '' });
    expect(run.stdout).toContain(text);
    expect(run.stdout).toContain('nothing of the token was verified');
  });

  it('names all that is missing', async () => {
    const { code, stdout } = await withClaims('POST', '/orders');
    expect(code).toBe(3);
    expect(stdout).toContain('no: POST /orders, by the rule "POST /orders" (scope_insufficient)');
    expect(stdout).toContain('  missing: scope orders:write\n  missing: amr mfa\n');
  });

  it('reads the claims of a token on stdin, and never shows it', async () => {
    const { code, stdout, stderr } = await can(['GET', '/orders/1'], { stdin: `Bearer ${TOKEN}\n` });
    expect(code).toBe(0);
    expect(stdout + stderr).not.toContain(TOKEN.slice(0, 20));
    expect(stdout + stderr).not.toContain('alice');
  });

  it('prints JSON', async () => {
    const { stdout } = await withClaims('POST', '/orders', '--json');
    expect(JSON.parse(stdout)).toEqual({
      command: 'can',
      allowed: false,
      verified: false,
      rule: 'POST /orders',
      reason: 'scope_insufficient',
      missing: ['scope orders:write', 'amr mfa'],
      logOnly: false,
    });
  });

  test.each<[string[], number, string]>([
    [['GET', '/orders/1/'], 0, 'yes: GET /orders/1/, by the rule "GET /orders/{id}"'],
    [['GET', '/orders/1/', '--api', 'http'], 0, 'yes: GET /orders/1/, by the rule "$default"'],
    [['GET', '/elsewhere', '--api', 'http'], 0, 'yes: GET /elsewhere, by the rule "$default"'],
    [['GET', '/elsewhere'], 3, 'no: GET /elsewhere, no rule is about it (route_forbidden)'],
    [['PUT'], 0, 'yes: PUT /, by the rule "ANY /"'],
  ])('goes by the kind of the API: %j', async (args, code, text) => {
    const run = await can([...args, '--claims', file('claims.json')], { routes: 'kinds.json' });
    expect(run).toMatchObject({ code, stderr: '' });
    expect(run.stdout).toContain(text);
  });

  test.each<[string[], number, string]>([
    [['GET', '/deliveries'], 0, 'yes: GET /deliveries, by the rule "GET /deliveries"'],
    [
      ['GET', '/orders/1'],
      3,
      'no: GET /orders/1, by the rule "GET /orders/{id}" (route_forbidden)\n  missing: issuer corp\n',
    ],
    [['GET', '/orders/1', '--issuer', 'corp'], 0, 'yes: GET /orders/1, by the rule "GET /orders/{id}"'],
    [
      ['GET', '/deliveries', '--issuer', 'corp'],
      3,
      `no: GET /deliveries, by the rule "GET /deliveries" (route_forbidden)\n  missing: issuer ${PARTNER} or carrier\n`,
    ],
    [['GET', '/health'], 0, 'yes: GET /health, by the rule "GET /health"'],
  ])('goes by the issuer, which is "iss" unless it is given: %j', async (args, code, text) => {
    const run = await can([...args, '--claims', file('partner.json')], { routes: 'issuers.json' });
    expect(run).toMatchObject({ code, stderr: '' });
    expect(run.stdout).toContain(text);
  });

  it('asks for the issuer if rules name issuers and "iss" is none of them', async () => {
    const run = await can(['GET', '/orders/1', '--claims', file('claims.json')], { routes: 'issuers.json' });
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain(
      `the table has rules for the issuers "corp", "${PARTNER}", "carrier", and the claim "iss" is none of these ids; give the id of the token's issuer as --issuer`,
    );
  });

  it('asks for an issuer that is known only at deployment where a rule goes by it, and nowhere else', async () => {
    const ask = (path: string) =>
      can(['GET', path, '--issuer', 'carrier', '--claims', file('claims.json')], { routes: 'pool.json' });
    const byDefault = await ask('/orders/1');
    expect(byDefault).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`the rule "GET /orders/{id}" has ${LATER} for a value`),
    });
    for (const path of ['/deliveries', '/health']) expect(await ask(path)).toMatchObject({ code: 0 });
    expect(await ask('/retired')).toMatchObject({ code: 3, stdout: expect.stringMatching(/^no: /) });
  });

  test.each<[string[], string, string]>([
    [
      ['get', '/orders'],
      'routes.json',
      'the method is "get"; give one that a client sends, in capitals: GET,',
    ],
    [['ANY', '/orders'], 'routes.json', 'the method is "ANY"; give one that a client sends'],
    [['GET', 'orders'], 'routes.json', 'the path is "orders"; give it as a client sends it'],
    [['GET', '/a?b=1'], 'routes.json', 'the path is "/a" and a query; give it'],
    [['GET', 'https://api.example.com/a'], 'routes.json', 'such as /orders/1, without host, stage, query'],
    [['GET', '/orders/{id}'], 'routes.json', 'the path is "/orders/{id}"; give it as a client sends it'],
    [['$connect', '/a'], 'routes.json', '$connect has no path; leave it out'],
    [['$connect', '--api', 'http'], 'routes.json', 'the method is "$connect", and --api is http'],
    [['GET', '/a', '--api', 'websocket'], 'routes.json', 'the method is "GET", and --api is websocket'],
    [['GET', '/a'], 'nowhere.json', 'could not be read (ENOENT)'],
    [['GET', '/a'], 'text.json', 'could not be read (it is not JSON)'],
    [['GET', '/a'], 'list.json', 'holds no route table (field '],
    [['GET', '/a'], 'wrong.json', 'holds no route table (field rules.0.scopes: '],
    [
      ['PUT', '/orders'],
      'routes.json',
      `the rule "PUT /orders" has ${LATER} for a value that is known only at deployment; write that value`,
    ],
    [['PUT', '/beta'], 'later.json', `the rule "PUT /beta" has ${LATER} for a value`],
    [['GET', '/a'], 'twice.json', '"GET /a" and "GET /a" are the same route'],
    [['GET', '/a', '--api', 'soap'], 'routes.json', 'Allowed choices are rest, http, websocket'],
  ])('refuses %j with %s', async (args, routes, message) => {
    const { code, stdout, stderr } = await can(args, { stdin: TOKEN, routes });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('refuses claims that are no object, and what is no token', async () => {
    const list = await can(['GET', '/a', '--claims', file('list.json')]);
    expect(list).toMatchObject({ code: 2, stderr: expect.stringContaining('holds a list, and not a JSON') });
    const none = await can(['GET', '/a', '--claims', file('nowhere.json')]);
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('could not be read (ENOENT)') });
    for (const stdin of ['a.b.c', 'opaque', `${TOKEN}.${TOKEN}`]) {
      const broken = await can(['GET', '/a'], { stdin });
      expect(broken).toMatchObject({ code: 2, stderr: expect.stringContaining('is no JWT') });
      expect(broken.stderr).not.toContain(stdin);
    }
    const empty = await can(['GET', '/a']);
    expect(empty).toMatchObject({ code: 2, stderr: expect.stringContaining('no token was given on stdin') });
  });
});
