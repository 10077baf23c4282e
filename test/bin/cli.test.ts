import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from '@jest/globals';

const CLI = join(import.meta.dirname, '..', '..', 'tools', 'cli', 'revocable-authorizer.ts');
const SECONDS = 1_767_225_600; // 2026-01-01T00:00:00Z
const FOREVER = 253_402_300_799;

/** Has the shape of a token, made at run time; the admin function would verify nothing else either. */
const TOKEN = [{ alg: 'RS256' }, { jti: 'j-1' }, { sig: 'not one' }]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .join('.');

const TOKEN_RECORD = {
  dimension: 'token',
  issuer: 'main',
  value: 'j-1',
  kind: 'absolute',
  revokedBefore: FOREVER,
  expiresAt: SECONDS + 3600,
  reason: 'laptop lost',
  actor: 'ops@desk',
  changedAt: SECONDS,
};
const SUBJECT_RECORD = {
  ...TOKEN_RECORD,
  dimension: 'subject',
  value: 'alice',
  kind: 'cut-off',
  revokedBefore: SECONDS,
};
const BLOCK_RECORD = { ...SUBJECT_RECORD, kind: 'absolute', revokedBefore: FOREVER, expiresAt: null };

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Ends the connection without an answer. */
  readonly cut?: boolean;
}

interface Seen {
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly command: Readonly<Record<string, unknown>>;
}

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let server: Server;
let endpoint: string;
let home: string;
let answers: Answer[] = [];
let seen: Seen[] = [];

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'cli-test-'));
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push({ path: request.url, authorization: request.headers.authorization, command: JSON.parse(body) });
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer?.cut) request.socket.destroy();
    response.writeHead(answer?.status ?? 200, { 'content-type': 'application/json', ...answer?.headers });
    response.end(typeof answer?.body === 'string' ? answer.body : JSON.stringify(answer?.body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(home, { recursive: true });
});

beforeEach(() => {
  answers = [];
  seen = [];
});

/** An environment without any AWS configuration; the tests add what they are about. */
function run(
  args: readonly string[],
  { stdin = '', env = {} }: { stdin?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<Run> {
  const child = spawn(process.execPath, [CLI, ...args], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      AWS_EC2_METADATA_DISABLED: 'true',
      REVOCABLE_AUTHORIZER_FUNCTION: 'admin',
      AWS_ENDPOINT_URL_LAMBDA: endpoint,
      ...env,
    },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  child.stdin.on('error', () => {}); // a command that reads no stdin has ended before it is written
  child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      expect(stdout + stderr).not.toContain(TOKEN);
      resolve({ code, stdout, stderr });
    });
  });
}

/** Exactly one sentence on stderr, and nothing on stdout. */
function refusal(code: number, sentence: string): Run {
  return { code, stdout: '', stderr: `error: ${sentence}\n` };
}

const WHY = ['--reason', 'laptop lost', '--actor', 'ops@desk'];
const BY_ID = ['--jti', 'j-1', '--exp', '2026-01-01T01:00:00Z'];

describe('revocable-authorizer revoke token', () => {
  const revoked = { command: 'revoke', changed: true, record: TOKEN_RECORD, safeSignInFrom: null };

  test.each([
    ['a token', TOKEN],
    ['a header value with a line break', `  Bearer ${TOKEN}\r\n`],
  ])('sends %s from stdin to the admin function', async (_what, stdin) => {
    answers = [{ body: revoked }];

    await expect(run(['revoke', 'token', ...WHY], { stdin })).resolves.toEqual({
      code: 0,
      stdout:
        'Revoked token j-1 of main: refused from now on; the record is kept until 2026-01-01T01:00:00Z.\n',
      stderr: '',
    });
    expect(seen).toEqual([
      {
        path: '/2015-03-31/functions/admin/invocations',
        authorization: expect.stringContaining('Credential=local/'),
        command: {
          command: 'revoke',
          target: { dimension: 'token', token: TOKEN },
          reason: 'laptop lost',
          actor: 'ops@desk',
        },
      },
    ]);
  });

  it('takes a token as an option when it is given on purpose', async () => {
    answers = [{ body: revoked }];

    await expect(run(['revoke', 'token', '--token', TOKEN, ...WHY])).resolves.toMatchObject({ code: 0 });
    expect(seen[0]?.command['target']).toEqual({ dimension: 'token', token: TOKEN });
  });

  it('sends issuer, jti and expiry, without reading stdin', async () => {
    answers = [{ body: revoked }];

    await expect(
      run(['revoke', 'token', '--issuer', 'https://a.example/', ...BY_ID, ...WHY], { stdin: TOKEN }),
    ).resolves.toMatchObject({ code: 0 });
    expect(seen[0]?.command['target']).toEqual({
      dimension: 'token',
      issuer: 'https://a.example/',
      jti: 'j-1',
      exp: SECONDS + 3600,
    });
  });

  it('names the user of the operating system as the actor by default', async () => {
    answers = [{ body: revoked }];

    await run(['revoke', 'token', ...BY_ID, '--reason', 'why not']);
    expect(seen[0]?.command['actor']).toBe(`${userInfo().username}@${hostname()}`);
  });

  it('tells that the token was revoked before', async () => {
    answers = [{ body: { ...revoked, changed: false } }];

    await expect(run(['revoke', 'token', ...BY_ID, ...WHY])).resolves.toEqual({
      code: 0,
      stdout:
        'Nothing changed: token j-1 of main was already revoked by ops@desk at 2026-01-01T00:00:00Z (laptop lost); the record is kept until 2026-01-01T01:00:00Z.\n',
      stderr: '',
    });
  });

  it('tells that there is nothing left to revoke', async () => {
    answers = [{ body: { ...revoked, changed: false, record: null } }];

    await expect(run(['revoke', 'token', ...BY_ID, ...WHY])).resolves.toMatchObject({
      code: 0,
      stdout: 'Nothing changed: every token that this would cover has already expired.\n',
    });
  });
});

describe('revocable-authorizer revoke subject', () => {
  const revoked = { command: 'revoke', changed: true, record: SUBJECT_RECORD, safeSignInFrom: SECONDS + 1 };

  it('cuts off at the time of the call by default', async () => {
    answers = [{ body: revoked }];

    await expect(run(['revoke', 'subject', 'alice', ...WHY])).resolves.toEqual({
      code: 0,
      stdout:
        'Revoked subject alice of main: tokens issued up to 2026-01-01T00:00:00Z are refused from now on; a token issued from 2026-01-01T00:00:01Z on is live; the record is kept until 2026-01-01T01:00:00Z.\n',
      stderr: '',
    });
    expect(seen[0]?.command).toEqual({
      command: 'revoke',
      target: { dimension: 'subject', subject: 'alice' },
      reason: 'laptop lost',
      actor: 'ops@desk',
    });
  });

  it('cuts off at a given time', async () => {
    answers = [{ body: revoked }];

    await run([
      'revoke',
      'subject',
      'alice',
      '--issuer',
      'main',
      '--before',
      '2026-01-01T01:00:00+01:00',
      ...WHY,
    ]);
    expect(seen[0]?.command).toMatchObject({
      target: { dimension: 'subject', subject: 'alice', issuer: 'main' },
      before: SECONDS,
    });
  });

  it('blocks', async () => {
    answers = [{ body: { ...revoked, record: BLOCK_RECORD, safeSignInFrom: null } }];

    await expect(run(['revoke', 'subject', 'alice', '--block', ...WHY])).resolves.toMatchObject({
      code: 0,
      stdout:
        'Revoked subject alice of main: every token is refused from now on; the record is kept until it is reinstated.\n',
    });
    expect(seen[0]?.command).toMatchObject({ block: true });
  });
});

describe('revocable-authorizer reinstate', () => {
  test.each([
    [['token', '--jti', 'j-1'], { dimension: 'token', jti: 'j-1' }, TOKEN_RECORD, 'token j-1 of main'],
    [
      ['subject', 'alice'],
      { dimension: 'subject', subject: 'alice' },
      SUBJECT_RECORD,
      'subject alice of main',
    ],
  ])('reinstates %j', async (args, target, record, what) => {
    answers = [{ body: { command: 'reinstate', changed: true, record } }];

    const result = await run(['reinstate', ...args, ...WHY]);

    expect(result).toMatchObject({ code: 0, stdout: expect.stringMatching(`^Reinstated ${what}; `) });
    expect(seen[0]?.command).toEqual({
      command: 'reinstate',
      target,
      reason: 'laptop lost',
      actor: 'ops@desk',
    });
  });

  it('tells that there was nothing to reinstate', async () => {
    answers = [{ body: { command: 'reinstate', changed: false, record: null } }];

    await expect(run(['reinstate', 'token', ...WHY], { stdin: TOKEN })).resolves.toEqual({
      code: 0,
      stdout: 'Nothing changed: no such revocation is in force.\n',
      stderr: '',
    });
    expect(seen[0]?.command['target']).toEqual({ dimension: 'token', token: TOKEN });
  });
});

describe('revocable-authorizer check', () => {
  it('exits 0 for a live token', async () => {
    answers = [{ body: { command: 'check', live: true, records: [] } }];

    await expect(run(['check', 'token'], { stdin: TOKEN })).resolves.toEqual({
      code: 0,
      stdout: 'live: no record refuses this token\n',
      stderr: '',
    });
    expect(seen[0]?.command).toEqual({ command: 'check', target: { dimension: 'token', token: TOKEN } });
  });

  it('exits 3 for a revoked token, and names the records', async () => {
    answers = [{ body: { command: 'check', live: false, records: [TOKEN_RECORD, SUBJECT_RECORD] } }];

    await expect(run(['check', 'token', '--jti', 'j-1'])).resolves.toEqual({
      code: 3,
      stdout: [
        'revoked: a record refuses this token',
        '  token j-1 of main: refused; revoked by ops@desk at 2026-01-01T00:00:00Z (laptop lost), kept until 2026-01-01T01:00:00Z',
        '  subject alice of main: tokens issued up to 2026-01-01T00:00:00Z are refused; revoked by ops@desk at 2026-01-01T00:00:00Z (laptop lost), kept until 2026-01-01T01:00:00Z',
        '',
      ].join('\n'),
      stderr: '',
    });
  });

  it('exits 3 for an expired token, and does not call it revoked', async () => {
    answers = [{ body: { command: 'check', live: false, expired: true, records: [] } }];

    await expect(run(['check', 'token'], { stdin: TOKEN })).resolves.toEqual({
      code: 3,
      stdout: 'expired: this token has expired, revoked or not\n',
      stderr: '',
    });
  });

  it('exits 3 with --json as well', async () => {
    answers = [{ body: { command: 'check', live: false, records: [BLOCK_RECORD] } }];

    const { code, stdout } = await run(['check', 'subject', 'alice', '--json']);
    expect([code, JSON.parse(stdout)]).toEqual([3, answers[0]?.body]);
  });

  it('names the records of a subject whose new tokens are live', async () => {
    answers = [{ body: { command: 'check', live: true, records: [SUBJECT_RECORD] } }];

    const { code, stdout } = await run(['check', 'subject', 'alice', '--issuer', 'main']);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^live: .* a token issued now\n {2}subject alice/),
    ]);
    expect(seen[0]?.command['target']).toEqual({ dimension: 'subject', subject: 'alice', issuer: 'main' });
  });
});

describe('revocable-authorizer list', () => {
  it('aligns the records and names the next page', async () => {
    answers = [{ body: { command: 'list', records: [TOKEN_RECORD, BLOCK_RECORD], cursor: 'c-2' } }];

    await expect(run(['list', '--limit', '2', '--cursor', '-c1'])).resolves.toEqual({
      code: 0,
      stdout: [
        'REVOKED  VALUE  ISSUER  ISSUED UP TO  KEPT UNTIL            AT                    BY        REASON',
        'token    j-1    main    any time      2026-01-01T01:00:00Z  2026-01-01T00:00:00Z  ops@desk  laptop lost',
        'subject  alice  main    any time      reinstated            2026-01-01T00:00:00Z  ops@desk  laptop lost',
        'More: --cursor c-2',
        '',
      ].join('\n'),
      stderr: '',
    });
    expect(seen[0]?.command).toEqual({ command: 'list', limit: 2, cursor: '-c1' });
  });

  it('tells that there is nothing', async () => {
    answers = [{ body: { command: 'list', records: [], cursor: null } }];

    await expect(run(['list'])).resolves.toMatchObject({ code: 0, stdout: 'No revocation is in force.\n' });
    expect(seen[0]?.command).toEqual({ command: 'list' });
  });

  it('puts all pages together', async () => {
    answers = [
      { body: { command: 'list', records: [TOKEN_RECORD], cursor: 'c-2' } },
      { body: { command: 'list', records: [], cursor: 'c-3' } },
      { body: { command: 'list', records: [SUBJECT_RECORD], cursor: null } },
    ];

    const { code, stdout } = await run(['list', '--all', '--json', '--limit', '1']);
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      { command: 'list', records: [TOKEN_RECORD, SUBJECT_RECORD], cursor: null },
    ]);
    expect(seen.map(({ command }) => command['cursor'])).toEqual([undefined, 'c-2', 'c-3']);
  });

  it('does not go round in circles', async () => {
    answers = [{ body: { command: 'list', records: [], cursor: 'c-2' } }];

    await expect(run(['list', '--all'])).resolves.toMatchObject({ code: 5, stdout: '' });
  });

  it('lets no control character of a record reach the terminal', async () => {
    const record = { ...TOKEN_RECORD, value: 'j\u001b[2J', reason: 'a\u009bb\u202ec\nd' };
    answers = [{ body: { command: 'list', records: [record], cursor: null } }];

    const { stdout } = await run(['list'], { env: { FORCE_COLOR: '0' } });
    expect(stdout).toContain('j\\u001b[2J');
    expect(stdout).toContain('a\\u009bb\\u202ec\\u000ad');
  });
});

describe('revocable-authorizer --json', () => {
  it('prints the answer as it came', async () => {
    const body = '{ "command": "list",\n  "records": [], "cursor": null, "added": "later" }';
    answers = [{ body }];

    await expect(run(['list', '--json'])).resolves.toEqual({ code: 0, stdout: `${body}\n`, stderr: '' });
  });

  it('prints nothing but an error on stderr when the command fails', async () => {
    answers = [
      { status: 403, headers: { 'x-amzn-errortype': 'AccessDeniedException' }, body: { Message: 'no' } },
    ];

    await expect(run(['list', '--json'])).resolves.toMatchObject({ code: 4, stdout: '' });
  });
});

describe('revocable-authorizer refuses before it calls', () => {
  test.each<[string, string[], string]>([
    [
      'no reason',
      ['revoke', 'subject', 'a'],
      '--reason is missing; say why in 1 to 512 bytes, it is kept in the record.',
    ],
    [
      'an empty reason',
      ['reinstate', 'subject', 'a', '--reason', ' '],
      '--reason is missing; say why in 1 to 512 bytes, it is kept in the record.',
    ],
    [
      'a jti to revoke without its expiry',
      ['revoke', 'token', '--jti', 'j', ...WHY],
      '--exp is missing; with --jti it must say when the token expires, in NumericDate seconds or RFC 3339, because the revocation is kept until then.',
    ],
    [
      'milliseconds',
      ['revoke', 'token', '--jti', 'j', '--exp', '1767225600000', ...WHY],
      '--exp "1767225600000" looks like milliseconds; allowed are NumericDate seconds (1767225600) or RFC 3339 with an offset (2026-01-01T00:00:00Z).',
    ],
    [
      'nonsense for a time',
      ['revoke', 'subject', 'a', '--before', 'yesterday', ...WHY],
      '--before "yesterday" is not a point in time; allowed are NumericDate seconds (1767225600) or RFC 3339 with an offset (2026-01-01T00:00:00Z).',
    ],
    [
      'a cut-off and a block at once',
      ['revoke', 'subject', 'a', '--before', '1767225600', '--block', ...WHY],
      '--before and --block exclude each other; a block has no end.',
    ],
    [
      'two names of one token',
      ['check', 'token', '--token', TOKEN, '--jti', 'j'],
      '--token and --jti exclude each other; give one of them.',
    ],
    [
      'an issuer beside a token',
      ['check', 'token', '--issuer', 'i'],
      '--issuer belongs to --jti; a token names its issuer and its expiry itself.',
    ],
    [
      'an empty stdin',
      ['check', 'token'],
      'no token was given on stdin; pipe it in, type it at the prompt, or name it by --jti.',
    ],
    [
      'a limit of 0',
      ['list', '--limit', '0'],
      '--limit "0" is not allowed; give a whole number from 1 to 100.',
    ],
    [
      'a limit above 100',
      ['list', '--limit', '101'],
      '--limit "101" is not allowed; give a whole number from 1 to 100.',
    ],
    [
      'a token as an argument',
      ['revoke', 'token', TOKEN, ...WHY],
      'there are more arguments than this command takes (a token is read from stdin, not from an argument); see --help.',
    ],
    [
      'a token in an unknown option',
      ['list', `--tokn=${TOKEN}`],
      "unknown option '--tokn=[token]'; see --help.",
    ],
    [
      'a token for a time',
      ['check', 'token', '--jti', 'j', '--limit', TOKEN],
      "unknown option '--limit'; see --help.",
    ],
    ['a token as a command', [TOKEN], "unknown command '[token]'; see --help."],
    ['a mistyped option', ['list', '--jsn'], "unknown option '--jsn' (Did you mean --json?); see --help."],
    ['no subject', ['check', 'subject'], "missing required argument 'sub'; see --help."],
    [
      'plain http over a network',
      ['list', '--endpoint-url', 'http://lambda.example'],
      'the endpoint http://lambda.example is not safe to send a token to; allowed are https, and http to localhost, 127.0.0.1 or [::1].',
    ],
  ])('%s', async (_what, args, sentence) => {
    await expect(run(args)).resolves.toEqual(refusal(2, sentence));
    expect(seen).toEqual([]);
  });

  it('no name of a function', async () => {
    await expect(run(['list'], { env: { REVOCABLE_AUTHORIZER_FUNCTION: '' } })).resolves.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^error: no admin function is named; give --function .* the output RevocationsFunctionName of the stack .*\.\n$/,
      ),
    });
  });

  it('a missing command, after the help', async () => {
    await expect(run(['revoke'])).resolves.toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^Usage: (.|\n)*\nerror: a command is missing; see the help above\.\n$/),
    });
  });
});

describe('revocable-authorizer explains', () => {
  function thrown(errorType: string, errorMessage: string): Answer {
    return { headers: { 'x-amz-function-error': 'Unhandled' }, body: { errorType, errorMessage, trace: [] } };
  }
  function denied(status: number, name: string): Answer {
    return {
      status,
      headers: { 'x-amzn-errortype': name },
      body: { Message: 'told so', message: 'told so' },
    };
  }

  test.each<[string, Answer, number, string]>([
    [
      'a refused command',
      thrown('CommandInvalid', 'target.exp is 1, which is in the past.'),
      2,
      'target.exp is 1, which is in the past.',
    ],
    [
      'a refused command that holds the token',
      thrown('CommandInvalid', `target.token is ${TOKEN}`),
      2,
      'target.token is [token].',
    ],
    [
      'a fault that passes',
      thrown('Fault', 'revocation_store_unavailable: the table did not answer'),
      5,
      'the admin function failed: revocation_store_unavailable: the table did not answer; whether the command was carried out is not known, and it is safe to give the command again.',
    ],
    [
      'a fault that stays',
      thrown('Fault', 'config_invalid: no issuers'),
      5,
      'the admin function failed: config_invalid: no issuers; trying again does not help before it is deployed correctly.',
    ],
    [
      'an answer of another function',
      { body: { statusCode: 200 } },
      5,
      'the answer is not one of a revocation admin function (field command); check --function, and that this tool and the deployed stack have the same version.',
    ],
    [
      'an empty answer',
      { body: '' },
      5,
      'the answer is not one of a revocation admin function (it is not an object); check --function, and that this tool and the deployed stack have the same version.',
    ],
    [
      'a missing permission',
      denied(403, 'AccessDeniedException'),
      4,
      'these credentials may not call admin: they need lambda:InvokeFunction on it (told so).',
    ],
    [
      'throttling',
      denied(429, 'TooManyRequestsException'),
      4,
      'AWS throttles calls of the admin function at the moment; wait a little and give the command again.',
    ],
    [
      'expired credentials',
      denied(403, 'ExpiredTokenException'),
      4,
      'the AWS credentials have expired; sign in again, or name another profile with --profile.',
    ],
  ])('%s', async (_what, answer, code, sentence) => {
    answers = [answer];
    await expect(run(['check', 'token'], { stdin: TOKEN })).resolves.toEqual(refusal(code, sentence));
  });

  it('a function that does not exist', async () => {
    answers = [denied(404, 'ResourceNotFoundException')];
    await expect(run(['list', '--function', 'gone'])).resolves.toEqual(
      refusal(
        4,
        `there is no function gone at ${endpoint}; compare --function with the output RevocationsFunctionName of the stack, and --region with where it is.`,
      ),
    );
    expect(seen[0]?.path).toBe('/2015-03-31/functions/gone/invocations');
  });

  it('a port where nothing listens', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));

    await expect(run(['list', '--endpoint-url', `http://127.0.0.1:${port}`])).resolves.toEqual(
      refusal(
        4,
        `nothing listens at http://127.0.0.1:${port}; start the local mode (npm start), or correct --endpoint-url.`,
      ),
    );
  });

  it('a connection that is cut', async () => {
    answers = [{ body: '', cut: true }];
    await expect(run(['list'])).resolves.toEqual(
      refusal(
        4,
        `the connection was cut at ${endpoint} before an answer came; it is safe to give the command again.`,
      ),
    );
    expect(seen).toHaveLength(2);
  });

  it('missing credentials', async () => {
    const { code, stderr } = await run([
      'list',
      '--endpoint-url',
      'https://lambda.invalid',
      '--region',
      'eu-west-1',
    ]);
    expect([code, stderr]).toEqual([
      4,
      expect.stringMatching(/^error: no AWS credentials were found \(.*\.\n$/),
    ]);
  });

  it('a profile that does not exist', async () => {
    const { code, stderr } = await run(['list', '--profile', 'nobody', '--region', 'eu-west-1'], {
      env: { AWS_ENDPOINT_URL_LAMBDA: 'https://lambda.invalid' },
    });
    expect([code, stderr]).toEqual([
      4,
      expect.stringMatching(/^error: no AWS credentials were found for the profile nobody \(.*\.\n$/),
    ]);
  });

  it('a missing region', async () => {
    const env = {
      AWS_ENDPOINT_URL_LAMBDA: 'https://lambda.invalid',
      AWS_ACCESS_KEY_ID: 'real',
      AWS_SECRET_ACCESS_KEY: 'real',
    };
    await expect(run(['list'], { env })).resolves.toEqual(
      refusal(2, 'no AWS region is known; give --region, or set AWS_REGION.'),
    );
  });

  it('where it was thrown, without the token, when debugging', async () => {
    answers = [thrown('CommandInvalid', `no ${TOKEN}`)];
    const env = { REVOCABLE_AUTHORIZER_DEBUG: '1' };

    const { code, stderr } = await run(['check', 'token'], { stdin: TOKEN, env });
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^error: no \[token\]\.\nCliError: (.|\n)* at /),
    ]);
  });
});

describe('revocable-authorizer and real credentials', () => {
  const env = { AWS_ACCESS_KEY_ID: 'REAL', AWS_SECRET_ACCESS_KEY: 'real', AWS_SESSION_TOKEN: 'real' };

  it('never signs a request to a local port with them', async () => {
    answers = [{ body: { command: 'list', records: [], cursor: null } }];

    await expect(run(['list', '--profile', 'nobody'], { env })).resolves.toMatchObject({ code: 0 });
    expect(seen[0]?.authorization).toContain('Credential=local/');
  });

  it('refuses a local port that comes from the AWS configuration file', async () => {
    const file = join(home, 'config');
    writeFileSync(file, `[default]\nregion = eu-west-1\nendpoint_url = ${endpoint}\n`);
    const configured = { ...env, AWS_CONFIG_FILE: file, AWS_ENDPOINT_URL_LAMBDA: '' };

    await expect(run(['list'], { env: configured })).resolves.toEqual(
      refusal(
        2,
        `the AWS configuration file leads to ${endpoint}, a local port that real credentials must not sign for; give --endpoint-url ${endpoint} as well.`,
      ),
    );
    expect(seen).toEqual([]);
  });
});

describe('revocable-authorizer --help', () => {
  it('names the commands and the exit codes', async () => {
    const { code, stdout, stderr } = await run(['--help']);

    expect([code, stderr]).toEqual([0, '']);
    for (const line of [
      'revoke ',
      'reinstate ',
      'check ',
      'list ',
      '0 ',
      '1 ',
      '2 ',
      '3 ',
      '4 ',
      '5 ',
      '130 ',
    ]) {
      expect(stdout).toMatch(new RegExp(`^  ${line}`, 'm'));
    }
  });

  it('warns that a token given as an option stays in the shell history, and that the actor is a claim', async () => {
    const { code, stdout } = await run(['revoke', 'token', '-h']);

    expect(code).toBe(0);
    const text = stdout.replace(/\s+/g, ' ');
    expect(text).toContain('--token <jwt> the token itself; it stays in the shell history');
    expect(text).toContain('a claim that nobody checks');
    for (const option of ['--function', '--region', '--profile', '--endpoint-url', '--json', '--reason']) {
      expect(stdout).toContain(`  ${option}`);
    }
  });

  it('does not load the AWS SDK', async () => {
    const withoutSdk = join(home, 'no-sdk.mjs');
    writeFileSync(
      withoutSdk,
      `import { registerHooks } from 'node:module';
       registerHooks({ resolve(name, context, next) {
         if (name.startsWith('@aws-sdk/')) throw new Error('loads ' + name);
         return next(name, context);
       } });`,
    );
    const env = { NODE_OPTIONS: `--import=${withoutSdk}` };

    await expect(run(['--help'], { env })).resolves.toMatchObject({ code: 0, stderr: '' });
    await expect(run(['list'], { env })).resolves.toEqual(
      refusal(
        1,
        'this was not expected: loads @aws-sdk/client-lambda; REVOCABLE_AUTHORIZER_DEBUG=1 shows where.',
      ),
    );
  });

  it('prints the version', async () => {
    await expect(run(['--version'])).resolves.toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });
});
