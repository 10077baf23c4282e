import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from '@jest/globals';
import { explanationOf } from '../../lambda/explain/explanation.ts';
import type { CliRun } from '../support/a-cli.ts';
import { startCli } from '../support/a-cli.ts';
import type { TestIssuer } from '../support/an-issuer.ts';
import { anIssuer } from '../support/an-issuer.ts';

let issuer: TestIssuer;
let folder: string;
let jwks: string;
let server: Server;
let endpoint: string;
let answer: unknown;
let commands: unknown[];

beforeAll(async () => {
  issuer = await anIssuer();
  folder = mkdtempSync(join(tmpdir(), 'explain-test-'));
  jwks = join(folder, 'jwks.json');
  writeFileSync(jwks, issuer.answer.body);
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    commands.push(JSON.parse(body));
    response.end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
  await issuer.close();
});
beforeEach(() => {
  commands = [];
});

/** Runs `explain`, and sees to it that nothing of stdin's token comes back. */
async function explain(args: readonly string[], stdin = ''): Promise<CliRun> {
  const { code, ...output } = await startCli(['explain', ...args], {
    stdin,
    env: { HOME: folder, AWS_ENDPOINT_URL_LAMBDA: endpoint },
  }).ended;
  for (const part of stdin.startsWith('ey') ? stdin.split('.') : []) {
    expect(output.stdout + output.stderr).not.toContain(part);
  }
  return { code, ...output };
}

const offline = () => ['--jwks', jwks, '--issuer', issuer.url, '--audience', 'orders'];

describe('revocable-authorizer explain --jwks', () => {
  it('allows a good token, and says that revocations were not checked', async () => {
    const { code, stdout } = await explain(offline(), issuer.token());

    expect(code).toBe(0);
    expect(stdout).toMatch(/^allowed; not checked: revocations, scope\n {2}passed +format\n/);
    expect(stdout).toMatch(
      /\nThe scope is checked for one request, against the route table: "can" does that\.\n$/,
    );
    expect(commands).toEqual([]);
  });

  it('shows the check that fails, what the token has there, and what to do', async () => {
    const { code, stdout } = await explain(offline(), issuer.token({ claims: { aud: 'billing' } }));

    expect(code).toBe(3);
    expect(stdout).toMatch(/^refused: audience_mismatch\n/);
    expect(stdout).toMatch(/\n {2}failed +audience: expected "orders"; found: aud "billing"\n/);
    expect(stdout).toMatch(/\n {2}not reached +lifetime\n/);
    expect(stdout).toMatch(/\nMeaning: .+\nThe client: .+\nThe operator: .+\n$/);
  });

  it('explains what is no token at all', async () => {
    const { code, stdout } = await explain(offline(), 'garbage');

    expect(code).toBe(3);
    expect(stdout).toMatch(/^refused: token_malformed\n {2}failed +format: /);
  });

  it('prints JSON when told to', async () => {
    const { code, stdout } = await explain([...offline(), '--json'], issuer.token());

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ command: 'explain', decision: 'allow', reason: null });
  });

  test.each<[string, () => readonly string[], string]>([
    ['no issuer', () => ['--jwks', jwks], '--issuer is missing'],
    [
      'no such file',
      () => ['--jwks', join(folder, 'none'), '--issuer', issuer.url],
      'could not be read (ENOENT)',
    ],
    ['a kind that does not exist', () => [...offline(), '--kind', 'saml'], 'allowed are cognito and oidc'],
    ['a symmetric algorithm', () => [...offline(), '--algorithm', 'HS256'], 'allowed are RS256, RS384'],
    ['an issuer without keys', () => ['--issuer', issuer.url], '--issuer belongs to --jwks'],
    ['two things to explain', () => [...offline(), '--log-line'], '--jwks and --log-line exclude each other'],
  ])('refuses %s', async (_what, args, message) => {
    const { code, stderr, stdout } = await explain(args(), issuer.token());

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('refuses a file without a usable key', async () => {
    const empty = join(folder, 'empty.json');
    writeFileSync(empty, '{"keys":[]}');

    const { code, stderr } = await explain(['--jwks', empty, '--issuer', issuer.url], issuer.token());

    expect(code).toBe(2);
    expect(stderr).toContain('holds no key that is fit for use');
  });
});

describe('revocable-authorizer explain', () => {
  it('sends the token to the admin function and shows its explanation', async () => {
    answer = { command: 'explain', ...explanationOf({ decision: 'denial', reason: 'token_revoked' }) };
    const token = issuer.token();

    const { code, stdout } = await explain([], `Bearer ${token}\n`);

    expect(commands).toEqual([{ command: 'explain', token }]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/^refused: token_revoked\n/);
  });

  it('escapes what the admin function found', async () => {
    const { checks, ...rest } = explanationOf({ decision: 'denial', reason: 'issuer_not_trusted' });
    answer = {
      command: 'explain',
      ...rest,
      checks: checks.map((check) => ({ ...check, found: '\u001b[2J\u202e' })),
    };

    expect((await explain([], issuer.token())).stdout).toContain('; found: \\u001b[2J\\u202e\n');
  });

  it('asks the admin function for a request id', async () => {
    answer = { command: 'explain', ...explanationOf({ decision: 'fault', reason: 'jwks_unavailable' }) };

    const { code, stdout } = await explain(['--request-id', 'r-1', '--since', '2026-01-01T00:00:00Z']);

    expect(commands).toEqual([{ command: 'explain', requestId: 'r-1', since: 1_767_225_600 }]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/^could not be decided: jwks_unavailable\n/);
  });

  it('explains a line of the log without asking anybody', async () => {
    const line = '2026-01-01T00:00:00Z {"decision":"denial","reason":"token_expired"}';

    const { code, stdout } = await explain(['--log-line'], line);

    expect(code).toBe(3);
    expect(stdout).toMatch(/^refused: token_expired\n/);
    expect(commands).toEqual([]);
  });

  it('explains a line of a rule that is only tried out', async () => {
    const line = `{"decision":"allow","wouldDeny":true,"reason":"scope_insufficient","rule":"GET /a","missing":["scope a"]}`;

    const { code, stdout } = await explain(['--log-line'], line);

    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^allowed\n.*\n {2}only logged +scope: expected scope a, by the rule "GET \/a"\n$/s,
    );
  });

  it('explains a reason', async () => {
    const { code, stdout } = await explain(['--reason', 'signing_key_unknown']);

    expect(code).toBe(3);
    expect(stdout).toMatch(/\n {2}failed +key: expected the one usable key/);
  });

  test.each<[string, readonly string[], string, string]>([
    [
      'a reason that does not exist',
      ['--reason', 'nope'],
      '',
      '--reason is "nope", which is no denial reason',
    ],
    ['a line that is no decision', ['--log-line'], 'REPORT', 'is no decision of the authorizer'],
    ['no token', [], '', 'no token was given on stdin'],
    [
      'a time without a request id',
      ['--since', '2026-01-01T00:00:00Z'],
      '',
      '--since belongs to --request-id',
    ],
  ])('refuses %s', async (_what, args, stdin, message) => {
    const { code, stderr } = await explain(args, stdin);

    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
