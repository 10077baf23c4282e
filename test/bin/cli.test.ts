import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from '@jest/globals';
import type { CliRun } from '../support/a-cli.ts';
import { startCli } from '../support/a-cli.ts';
import type { Invocation, InvokeAnswer, LambdaEndpoint } from '../support/a-lambda-endpoint.ts';
import { aLambdaEndpoint, thrown } from '../support/a-lambda-endpoint.ts';

const SECONDS = 1_767_225_600; // 2026-01-01T00:00:00Z
const FOREVER = 253_402_300_799;

/** Has the shape of a token, made at run time; the admin function would verify nothing else either. */
const TOKEN = [{ alg: 'RS256' }, { jti: 'j-1' }, { sig: 'not one' }]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .join('.');

const TOKEN_RECORD = {
  dimension: 'token',
  issuer: 'main',
  claim: null,
  value: 'j-1',
  kind: 'absolute',
  revokedBefore: FOREVER,
  expiresAt: SECONDS + 3600,
  reason: 'laptop lost',
  actor: 'ops@desk',
  ticket: null,
  changedAt: SECONDS,
};
const SUBJECT_RECORD = {
  ...TOKEN_RECORD,
  dimension: 'subject',
  value: 'alice',
  kind: 'cut-off',
  revokedBefore: SECONDS,
};
/** What an answer to `revoke` has, but for the record; it holds already. */
const REVOKED = {
  command: 'revoke',
  dryRun: false,
  changed: true,
  previous: null,
  effectiveFrom: SECONDS,
  notes: [],
};
const BLOCK_RECORD = { ...SUBJECT_RECORD, kind: 'absolute', revokedBefore: FOREVER, expiresAt: null };

let lambda: LambdaEndpoint;
let endpoint: string;
let home: string;
let answers: InvokeAnswer[] = [];
let seen: Invocation[] = [];

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'cli-test-'));
  lambda = await aLambdaEndpoint((invocation) => {
    seen.push(invocation);
    return answers.length > 1 ? answers.shift() : answers[0];
  });
  endpoint = lambda.url;
});

afterAll(() => {
  lambda.close();
  rmSync(home, { recursive: true });
});

beforeEach(() => {
  answers = [];
  seen = [];
});

/** The tests add to the environment what they are about. */
async function run(
  args: readonly string[],
  { stdin = '', env = {} }: { stdin?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<CliRun> {
  const ended = await startCli(args, {
    stdin,
    env: { HOME: home, AWS_ENDPOINT_URL_LAMBDA: endpoint, ...env },
  }).ended;
  expect(ended.stdout + ended.stderr).not.toContain(TOKEN);
  return ended;
}

/** Exactly one sentence on stderr, and nothing on stdout. */
function refusal(code: number, sentence: string): CliRun {
  return { code, stdout: '', stderr: `error: ${sentence}\n` };
}

const TIMES =
  'NumericDate seconds (1767225600), RFC 3339 with an offset (2026-01-01T00:00:00Z), or before now (-90s, -15m, -2h, -3d, now)';
const WHY = ['--reason', 'laptop lost', '--actor', 'ops@desk'];
const BY_ID = ['--jti', 'j-1', '--exp', '2026-01-01T01:00:00Z'];

describe('revocable-authorizer revoke token', () => {
  const revoked = { ...REVOKED, record: TOKEN_RECORD, safeSignInFrom: null };

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
  const revoked = { ...REVOKED, record: SUBJECT_RECORD, safeSignInFrom: SECONDS + 1 };

  it('cuts off at the time of the call by default', async () => {
    answers = [{ body: revoked }];

    await expect(run(['revoke', 'subject', 'alice', ...WHY])).resolves.toEqual({
      code: 0,
      stdout:
        'Revoked subject alice of main: tokens issued up to 2026-01-01T00:00:00Z are refused from now on; a new sign-in is safe from 2026-01-01T00:00:01Z on; the record is kept until 2026-01-01T01:00:00Z.\nA token issued before 2026-01-01T00:00:01Z stays refused, even after a new sign-in: get a new one after that second.\n',
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
        'Revoked subject alice of main: blocked, every token is refused from now on; signing in again does not help; the record is kept until it is reinstated.\n',
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
    answers = [{ body: { command: 'reinstate', dryRun: false, changed: true, record, remaining: null } }];

    const result = await run(['reinstate', ...args, ...WHY]);

    expect(result).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(`^Reinstated ${what} \\(it was: `),
    });
    expect(seen[0]?.command).toEqual({
      command: 'reinstate',
      target,
      reason: 'laptop lost',
      actor: 'ops@desk',
    });
  });

  const reinstated = {
    command: 'reinstate',
    dryRun: false,
    changed: true,
    record: TOKEN_RECORD,
    remaining: null,
  };
  const SUBJECT_LINE =
    '  subject alice of main: tokens issued up to 2026-01-01T00:00:00Z are refused; revoked by ops@desk at 2026-01-01T00:00:00Z (laptop lost), kept until 2026-01-01T01:00:00Z';

  test.each<[string, object, string[]]>([
    [
      'what still refuses it',
      { ...reinstated, refusedBy: [SUBJECT_RECORD] },
      ['Reinstated token j-1 of main (it was: refused), but the token is still refused, by:', SUBJECT_LINE],
    ],
    [
      'that nothing else does',
      { ...reinstated, refusedBy: [] },
      ['Reinstated token j-1 of main (it was: refused); no other revocation refuses the token.'],
    ],
    [
      'what would still refuse it',
      { ...reinstated, dryRun: true, refusedBy: [SUBJECT_RECORD] },
      [
        'Dry run: this would reinstate token j-1 of main (it was: refused), but the token is still refused, by:',
        SUBJECT_LINE,
      ],
    ],
    [
      'what refuses it instead',
      { ...reinstated, changed: false, record: null, refusedBy: [SUBJECT_RECORD] },
      ['Nothing changed: no such revocation is in force, but the token is refused by:', SUBJECT_LINE],
    ],
  ])('says of a whole token %s', async (_what, body, lines) => {
    answers = [{ body }];

    await expect(run(['reinstate', 'token', ...WHY], { stdin: TOKEN })).resolves.toEqual({
      code: 0,
      stdout: [...lines, ''].join('\n'),
      stderr: '',
    });
  });

  it('tells what may still be in force', async () => {
    const notes = ['The keys of "main" could not be fetched.'];
    answers = [
      { body: { command: 'reinstate', dryRun: false, changed: false, record: null, remaining: null, notes } },
    ];

    await expect(run(['reinstate', 'key', 'k-1', ...WHY])).resolves.toMatchObject({
      code: 0,
      stdout:
        'Nothing changed: no such revocation is in force.\nNote: The keys of "main" could not be fetched.\n',
    });
  });

  test.each([
    [
      'accepted',
      'API Gateway accepted to flush its results caches and does not say when it has; until then, it may repeat a refusal from a cache.',
    ],
    [
      'failed',
      'The results caches of API Gateway could not be flushed; repeat the command to try it again, and see the log of the admin function.',
    ],
    ['done', undefined],
    [null, undefined],
  ])('says what became of the flush: %s', async (flushed, note) => {
    answers = [{ body: { ...reinstated, flushed } }];
    const { stdout } = await run(['reinstate', 'subject', 'alice', ...WHY]);
    expect(stdout.split('\n').slice(1)).toEqual(note === undefined ? [''] : [`Note: ${note}`, '']);
  });

  it('tells that there was nothing to reinstate', async () => {
    answers = [
      { body: { command: 'reinstate', dryRun: false, changed: false, record: null, remaining: null } },
    ];

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

  it.each([true, false])(
    'exits 7 for a subject that is cut off, in the second of it (%s) and later',
    async (live) => {
      answers = [{ body: { command: 'check', live, records: [SUBJECT_RECORD] } }];

      const { code, stdout } = await run(['check', 'subject', 'alice', '--issuer', 'main']);
      expect([code, stdout]).toEqual([
        7,
        expect.stringMatching(
          /^cut off until 2026-01-01T00:00:00Z: older tokens are refused, newer tokens are live\n {2}subject alice/,
        ),
      ]);
      expect(seen[0]?.command['target']).toEqual({ dimension: 'subject', subject: 'alice', issuer: 'main' });
    },
  );

  it('exits 0 for a whole token that is newer than the cut-off of its subject', async () => {
    answers = [{ body: { command: 'check', live: true, records: [SUBJECT_RECORD] } }];

    await expect(run(['check', 'token'], { stdin: TOKEN })).resolves.toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^live: no record refuses this token\n {2}subject alice/),
    });
  });

  it.each([
    [
      ['token', '--jti', 'j-1'],
      'live: no record refuses this token by its jti; give the whole token to look for its session, subject, client, key, issuer and claims too\n',
    ],
    [['subject', 'alice'], 'live: no record of this subject refuses a token issued now\n'],
    [['key', 'k-1'], 'live: no record of this key refuses a token that it signed\n'],
  ])('says no more of %j than it looked for', async (args, stdout) => {
    answers = [{ body: { command: 'check', live: true, records: [] } }];

    await expect(run(['check', ...args])).resolves.toEqual({ code: 0, stdout, stderr: '' });
  });
});

describe('revocable-authorizer list', () => {
  it('aligns the records and names the next page', async () => {
    answers = [{ body: { command: 'list', records: [TOKEN_RECORD, BLOCK_RECORD], cursor: 'c-2' } }];

    await expect(run(['list', '--limit', '2', '--cursor', '-c1'])).resolves.toEqual({
      code: 0,
      stdout: [
        'REVOKED  VALUE  ISSUER  ISSUED UP TO  KEPT UNTIL            AT                    BY        TICKET  REASON',
        'token    j-1    main    any time      2026-01-01T01:00:00Z  2026-01-01T00:00:00Z  ops@desk  -       laptop lost',
        'subject  alice  main    any time      reinstated            2026-01-01T00:00:00Z  ops@desk  -       laptop lost',
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

describe('revocable-authorizer and the dimensions', () => {
  const THUMBPRINT = 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs';
  const targets: [string[], object][] = [
    [['session', 's-1', '--issuer', 'main'], { dimension: 'session', session: 's-1', issuer: 'main' }],
    [['session', '--', '-s1'], { dimension: 'session', session: '-s1' }],
    [['client', 'app'], { dimension: 'client', client: 'app' }],
    [['key', 'k-1'], { dimension: 'key', kid: 'k-1' }],
    [
      ['key', '--thumbprint', THUMBPRINT, '--issuer', 'main'],
      { dimension: 'key', thumbprint: THUMBPRINT, issuer: 'main' },
    ],
    [['issuer', '--issuer', 'main'], { dimension: 'issuer', issuer: 'main' }],
    [['issuer'], { dimension: 'issuer' }],
    [['claim', 'tenant=a=b'], { dimension: 'claim', claim: 'tenant', value: 'a=b' }],
  ];

  test.each(targets)('names %j', async ([dimension = '', ...args], target) => {
    answers = [{ body: { command: 'check', live: true, expired: false, records: [] } }];

    await expect(run(['check', dimension, ...args])).resolves.toMatchObject({ code: 0, stderr: '' });
    expect(seen[0]?.command).toEqual({ command: 'check', target });
  });

  test.each(targets)('revokes %j', async ([dimension = '', ...args], target) => {
    const record = { ...BLOCK_RECORD, dimension, value: 'v', claim: dimension === 'claim' ? 'tenant' : null };
    answers = [{ body: { ...REVOKED, record, safeSignInFrom: null } }];
    const options = dimension === 'key' || dimension === 'issuer' ? [...WHY, '--yes'] : WHY;

    await expect(run(['revoke', dimension, ...options, ...args])).resolves.toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(seen.map(({ command }) => command['target'])).toEqual([target]);
  });

  test.each([[['key']], [['key', 'k-1', '--thumbprint', THUMBPRINT]]])(
    'refuses %j: a key has one name',
    async (args) => {
      await expect(run(['check', ...args])).resolves.toEqual(
        refusal(2, 'a signing key is named by its kid or by --thumbprint; give one of them.'),
      );
    },
  );

  it('names a key by its thumbprint, as the option takes it', async () => {
    const record = { ...BLOCK_RECORD, dimension: 'key', claim: 'jkt', value: THUMBPRINT };
    answers = [{ body: { command: 'list', records: [record], cursor: null } }];

    await expect(run(['list'])).resolves.toMatchObject({
      stdout: expect.stringContaining(` jkt=${THUMBPRINT} `),
    });
  });

  it('names a claim with its value, and an issuer alone', async () => {
    const records = [
      { ...SUBJECT_RECORD, dimension: 'claim', claim: 'tenant', value: 'acme' },
      { ...BLOCK_RECORD, dimension: 'issuer', value: 'main', ticket: 'OPS-1' },
    ];
    answers = [{ body: { command: 'check', live: false, expired: false, records } }];

    const { stdout } = await run(['check', 'token'], { stdin: TOKEN });
    expect(stdout).toMatch(
      /^revoked: a record refuses this token; the issuer is blocked, and signing in again does not help\n {2}claim tenant=acme of main: tokens .*\n {2}issuer main: blocked, .* \(laptop lost; ticket OPS-1\), kept until it is reinstated\n$/,
    );
  });
});

describe('revocable-authorizer revoke, more of it', () => {
  const revoked = { ...REVOKED, record: SUBJECT_RECORD, safeSignInFrom: SECONDS + 1 };

  test.each([
    [['--before', '-15m'], 900],
    [['--before=-15m'], 900],
    [['--before', '-2h'], 7200],
    [['--before', 'now'], 0],
  ])('understands %j', async (args, secondsAgo) => {
    answers = [{ body: revoked }];
    const earliest = Math.floor(Date.now() / 1000) - secondsAgo;

    await expect(run(['revoke', 'subject', 'alice', ...args, ...WHY])).resolves.toMatchObject({ code: 0 });
    const before = Number(seen[0]?.command['before']);
    expect(before).toBeGreaterThanOrEqual(earliest);
    expect(before).toBeLessThanOrEqual(Math.floor(Date.now() / 1000) - secondsAgo);
  });

  it('names the ticket, what was revoked before, from when on it holds, and the notes', async () => {
    const record = { ...SUBJECT_RECORD, revokedBefore: SECONDS + 60 };
    const previous = { ...SUBJECT_RECORD, ticket: 'OPS-1' };
    const notes = ['A token need not name its session.\u001b[2J'];
    answers = [
      {
        body: {
          ...revoked,
          record,
          previous,
          notes,
          effectiveFrom: FOREVER,
          safeSignInFrom: SECONDS + 61,
        },
      },
    ];

    const { stdout } = await run(['revoke', 'subject', 'alice', '--ticket', 'OPS-2', ...WHY]);
    expect(stdout.split('\n')).toEqual([
      'Revoked subject alice of main: tokens issued up to 2026-01-01T00:01:00Z are refused from 9999-12-31T23:59:59Z on; a new sign-in is safe from 2026-01-01T00:01:01Z on; the record is kept until 2026-01-01T01:00:00Z.',
      'Before: tokens issued up to 2026-01-01T00:00:00Z are refused; revoked by ops@desk at 2026-01-01T00:00:00Z (laptop lost; ticket OPS-1).',
      'A token issued before 2026-01-01T00:01:01Z stays refused, even after a new sign-in: get a new one after that second.',
      'Note: A token need not name its session.\\u001b[2J',
      '',
    ]);
    expect(seen[0]?.command).toMatchObject({ ticket: 'OPS-2' });
  });

  test.each([
    ['accepted', 'API Gateway accepted to flush its results caches and does not say when it has; usually'],
    ['failed', 'The results caches of API Gateway could not be flushed; repeat the command'],
    ['done', undefined],
    [null, undefined],
  ])('says what became of the flush when the revocation does not hold yet: %s', async (flushed, note) => {
    answers = [{ body: { ...revoked, flushed, effectiveFrom: FOREVER } }];
    const { stdout } = await run(['revoke', 'subject', 'alice', ...WHY]);
    expect(stdout.includes('Note: ')).toBe(note !== undefined);
    expect(stdout).toContain(note ?? '');
  });

  it('tells of a subject that is blocked already', async () => {
    const answer = {
      ...revoked,
      changed: false,
      record: BLOCK_RECORD,
      previous: BLOCK_RECORD,
      safeSignInFrom: null,
    };
    answers = [{ body: answer }];

    await expect(run(['revoke', 'subject', 'alice', ...WHY])).resolves.toMatchObject({
      stdout:
        'Nothing changed: subject alice of main was already revoked by ops@desk at 2026-01-01T00:00:00Z (laptop lost); blocked, every token is refused from now on; signing in again does not help; the record is kept until it is reinstated.\n',
    });
  });

  it('rehearses', async () => {
    answers = [{ body: { ...revoked, dryRun: true, effectiveFrom: null } }];

    await expect(run(['revoke', 'subject', 'alice', '--dry-run', ...WHY])).resolves.toMatchObject({
      code: 0,
      stdout:
        'Dry run: this would revoke subject alice of main: tokens issued up to 2026-01-01T00:00:00Z are refused; the record is kept until 2026-01-01T01:00:00Z.\n',
    });
    expect(seen.map(({ command }) => command['dryRun'])).toEqual([true]);
  });

  it('rehearses the revocation of an issuer without asking', async () => {
    const record = { ...SUBJECT_RECORD, dimension: 'issuer', value: 'main' };
    answers = [{ body: { ...revoked, record, dryRun: true, effectiveFrom: null } }];

    const { code, stdout } = await run(['revoke', 'issuer', '--dry-run', ...WHY]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Dry run: this would revoke issuer main: /)]);
  });

  test.each(['issuer', 'key'])('refuses a whole %s where nobody can confirm it', async (dimension) => {
    const args = dimension === 'key' ? ['k-1'] : [];
    await expect(run(['revoke', dimension, ...args, ...WHY])).resolves.toEqual(
      refusal(
        2,
        `revoking a whole ${dimension} takes a confirmation, typed at a terminal; there is none here, so give --yes to say that you mean it, or --dry-run to see what it would change.`,
      ),
    );
    expect(seen).toEqual([]);
  });
});

describe('revocable-authorizer reinstate, more of it', () => {
  it('keeps a cut-off', async () => {
    const remaining = { ...SUBJECT_RECORD, revokedBefore: SECONDS - 60 };
    answers = [
      { body: { command: 'reinstate', dryRun: false, changed: true, record: BLOCK_RECORD, remaining } },
    ];

    const { code, stdout } = await run([
      'reinstate',
      'subject',
      'alice',
      '--keep-before',
      '2025-12-31T23:59:00Z',
      ...WHY,
    ]);
    expect([code, stdout.split('\n')]).toEqual([
      0,
      [
        'Reinstated subject alice of main (it was: blocked, every token is refused); a revocation of anything else that names the same tokens would still hold.',
        'Still in force: tokens issued up to 2025-12-31T23:59:00Z are refused; the record is kept until 2026-01-01T01:00:00Z.',
        '',
      ],
    ]);
    expect(seen[0]?.command).toMatchObject({ keepBefore: SECONDS - 60 });
  });

  it('rehearses', async () => {
    const answer = {
      command: 'reinstate',
      dryRun: true,
      changed: true,
      record: BLOCK_RECORD,
      remaining: null,
    };
    answers = [{ body: answer }];

    const { stdout } = await run(['reinstate', 'subject', 'alice', '--dry-run', ...WHY]);
    expect(stdout).toMatch(/^Dry run: this would reinstate subject alice of main /);
    expect(seen[0]?.command).toMatchObject({ dryRun: true });
  });
});

describe('revocable-authorizer list, filtered', () => {
  it('sends the filter with every page', async () => {
    answers = [
      { body: { command: 'list', records: [], cursor: 'c-2' } },
      { body: { command: 'list', records: [], cursor: null } },
    ];
    const filter = [
      '--dimension',
      'claim',
      '--claim',
      'tenant',
      '--issuer',
      'main',
      '--since',
      '2026-01-01T00:00:00Z',
    ];

    await expect(run(['list', '--all', ...filter])).resolves.toMatchObject({ code: 0, stderr: '' });
    const sent = { command: 'list', dimension: 'claim', claim: 'tenant', issuer: 'main', since: SECONDS };
    expect(seen.map(({ command }) => command)).toEqual([sent, { ...sent, cursor: 'c-2' }]);
  });

  it('looks one value up', async () => {
    answers = [{ body: { command: 'list', records: [BLOCK_RECORD], cursor: null } }];

    await run(['list', '--dimension', 'subject', '--value', 'alice']);
    expect(seen[0]?.command).toEqual({ command: 'list', dimension: 'subject', value: 'alice' });
  });
});

describe('revocable-authorizer history', () => {
  const change = {
    change: 'revoke',
    at: SECONDS,
    actor: 'ops@desk',
    actorSource: 'claimed',
    reason: 'laptop lost',
    ticket: null,
    requestId: 'r-1',
    before: null,
    after: { kind: 'cut-off', revokedBefore: SECONDS, expiresAt: SECONDS + 3600 },
  };
  const lifted = {
    ...change,
    change: 'reinstate',
    at: SECONDS + 60,
    actor: 'arn:aws:iam::1:role/ops',
    actorSource: 'aws',
    ticket: 'OPS-1',
    before: { kind: 'absolute', revokedBefore: FOREVER, expiresAt: null },
    after: { kind: 'none', revokedBefore: null, expiresAt: null },
  };

  it('aligns the changes, and marks whose word the actor is', async () => {
    answers = [{ body: { command: 'history', changes: [lifted, change], cursor: 'c-2' } }];

    await expect(run(['history', 'subject', 'alice', '--limit', '2'])).resolves.toEqual({
      code: 0,
      stdout: [
        'AT                    CHANGE     BY                       TICKET  BEFORE -> AFTER                             REASON',
        '2026-01-01T00:01:00Z  reinstate  arn:aws:iam::1:role/ops  OPS-1   all revoked -> live                         laptop lost',
        '2026-01-01T00:00:00Z  revoke     ops@desk (claimed)       -       live -> revoked up to 2026-01-01T00:00:00Z  laptop lost',
        'More: --cursor c-2',
        '',
      ].join('\n'),
      stderr: '',
    });
    expect(seen[0]?.command).toEqual({
      command: 'history',
      target: { dimension: 'subject', subject: 'alice' },
      limit: 2,
    });
  });

  it('puts all pages together', async () => {
    answers = [
      { body: { command: 'history', changes: [lifted], cursor: 'c-2' } },
      { body: { command: 'history', changes: [change], cursor: null } },
    ];

    const { stdout } = await run(['history', 'token', '--all', '--json'], { stdin: TOKEN });
    expect(JSON.parse(stdout)).toEqual({ command: 'history', changes: [lifted, change], cursor: null });
    expect(seen[1]?.command).toEqual({
      command: 'history',
      target: { dimension: 'token', token: TOKEN },
      cursor: 'c-2',
    });
  });

  it('tells that there is none', async () => {
    answers = [{ body: { command: 'history', changes: [], cursor: null } }];

    await expect(run(['history', 'issuer'])).resolves.toMatchObject({
      code: 0,
      stdout: 'It was never changed.\n',
    });
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
      `--exp is missing; with --jti it must say when the token expires, because the revocation is kept until then: ${TIMES}.`,
    ],
    [
      'milliseconds',
      ['revoke', 'token', '--jti', 'j', '--exp', '1767225600000', ...WHY],
      `--exp "1767225600000" looks like milliseconds; allowed are ${TIMES}.`,
    ],
    [
      'nonsense for a time',
      ['revoke', 'subject', 'a', '--before', 'yesterday', ...WHY],
      `--before "yesterday" is not a point in time; allowed are ${TIMES}.`,
    ],
    [
      'a cut-off and a block at once',
      ['revoke', 'subject', 'a', '--before', '1767225600', '--block', ...WHY],
      '--before and --block exclude each other; a block has no end.',
    ],
    [
      'a claim without a value',
      ['revoke', 'claim', 'tenant', ...WHY],
      'the claim is not written as <name>=<value>; write it like tenant=acme.',
    ],
    [
      'a value without a dimension',
      ['list', '--value', 'a'],
      '--value needs --dimension; allowed are token, session, subject, client, key, issuer, claim.',
    ],
    [
      'a claim of another dimension',
      ['list', '--dimension', 'subject', '--claim', 'tenant'],
      '--claim belongs to --dimension claim; give both, or leave it out.',
    ],
    [
      'a value of a claim without its name',
      ['list', '--dimension', 'claim', '--value', 'acme'],
      '--value with --dimension claim needs --claim, the name of the claim.',
    ],
    [
      'a value of an issuer',
      ['list', '--dimension', 'issuer', '--value', 'main'],
      '--value does not go with --dimension issuer; name the issuer by --issuer.',
    ],
    [
      'a cut-off of a session',
      ['revoke', 'session', 's', '--before', 'now', ...WHY],
      "unknown option '--before'; see --help.",
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
  function denied(status: number, name: string): InvokeAnswer {
    return {
      status,
      headers: { 'x-amzn-errortype': name },
      body: { Message: 'told so', message: 'told so' },
    };
  }

  test.each<[string, InvokeAnswer, number, string]>([
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
      'the admin function failed: revocation_store_unavailable: the table did not answer; it is safe to give the command again.',
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
      'history ',
      'bulk ',
      '0 ',
      '1 ',
      '2 ',
      '3 ',
      '4 ',
      '5 ',
      '6 ',
      '7 ',
      '130 ',
    ]) {
      expect(stdout).toMatch(new RegExp(`^  ${line}`, 'm'));
    }
  });

  it('says that a cut-off reaches past now by the grace', async () => {
    const { stdout } = await run(['revoke', 'subject', '--help']);
    expect(stdout.replace(/\s+/g, ' ')).toContain("(default: now, plus the issuer's grace)");
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

describe('docs/cli.md', () => {
  const lines = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'cli.md'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('npx revocable-authorizer '));

  test.each(lines)('names a command that works: %s', async (line) => {
    const [, typed = ''] = line.split('npx revocable-authorizer ');
    const args = [...typed.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
    const file = join(home, 'leaked.csv');
    writeFileSync(file, 'dimension,value\nsubject,alice\n');
    const bodies: Readonly<Record<string, object>> = {
      revoke: { ...REVOKED, record: SUBJECT_RECORD, safeSignInFrom: null },
      reinstate: { command: 'reinstate', dryRun: false, changed: false, record: null, remaining: null },
      check: { command: 'check', live: true, expired: false, records: [] },
      list: { command: 'list', records: [], cursor: null },
      history: { command: 'history', changes: [], cursor: null },
    };
    answers = [{ body: bodies[args[0] === 'bulk' ? 'revoke' : (args[0] ?? '')] }];

    const routes = join(home, 'routes.json');
    const rules = ['GET /orders/{id}', 'POST /orders', '$connect'].map((route) => ({ route, anyone: true }));
    writeFileSync(routes, JSON.stringify({ rules }));
    const claims = join(home, 'claims.json');
    writeFileSync(claims, '{"sub":"alice"}');

    const stdin = line.startsWith('echo "$TOKEN" |') || args.includes('<') ? TOKEN : '';
    const given = args
      .filter((arg, at) => arg !== '<' && args[at - 1] !== '<')
      .map((arg) => {
        if (arg.includes('routes.')) return routes;
        return arg === 'claims.json' ? claims : arg === 'leaked.csv' ? file : arg;
      });
    await expect(run(given, { stdin })).resolves.toMatchObject({ code: 0, stderr: '' });
    // Whether a token can is a matter of files alone.
    expect(seen.length === 0).toBe(args[0] === 'can');
  });
});
