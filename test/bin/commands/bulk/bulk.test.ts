import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from '@jest/globals';
import type { CliRun } from '../../../support/a-cli.ts';
import { startCli } from '../../../support/a-cli.ts';
import type { Invocation, InvokeAnswer, LambdaEndpoint } from '../../../support/a-lambda-endpoint.ts';
import { aLambdaEndpoint, thrown } from '../../../support/a-lambda-endpoint.ts';

const SECONDS = 1_767_225_600; // 2026-01-01T00:00:00Z
type Command = Readonly<Record<string, unknown>> & { readonly target: Readonly<Record<string, unknown>> };

let lambda: LambdaEndpoint;
let home: string;
let file: string;
let rehearsals: Command[] = [];
let sent: Command[] = [];
let answer: (command: Command) => InvokeAnswer | Promise<InvokeAnswer>;

/** As the admin function answers, with a clock that stands still and a grace of five seconds. */
function confirmed(command: Command): InvokeAnswer {
  const record = {
    dimension: command.target['dimension'],
    issuer: 'main',
    claim: null,
    value: 'v',
    kind: 'cut-off',
    revokedBefore: command['before'] ?? SECONDS + 5,
    expiresAt: null,
    reason: command['reason'],
    actor: command['actor'],
    ticket: null,
    changedAt: SECONDS,
  };
  const dryRun = command['dryRun'] === true;
  if (command['command'] === 'reinstate') {
    return { body: { command: 'reinstate', dryRun, changed: true, record, remaining: null } };
  }
  const rest = { previous: null, safeSignInFrom: null, effectiveFrom: dryRun ? null : SECONDS, notes: [] };
  return { body: { command: 'revoke', dryRun, changed: true, record, ...rest } };
}

beforeAll(async () => {
  lambda = await aLambdaEndpoint(({ command }: Invocation) => {
    const { reason } = command;
    (reason === 'rehearsal of a bulk run' ? rehearsals : sent).push(command as Command);
    return answer(command as Command);
  });
});
afterAll(() => {
  lambda.close();
  if (home) rmSync(home, { recursive: true });
});
beforeEach(() => {
  if (home) rmSync(home, { recursive: true });
  home = mkdtempSync(join(tmpdir(), 'bulk-command-test-'));
  file = join(home, 'rows.csv');
  rehearsals = [];
  sent = [];
  answer = confirmed;
});

const env = () => ({ HOME: home, AWS_ENDPOINT_URL_LAMBDA: lambda.url });
const run = (args: readonly string[], stdin = ''): Promise<CliRun> =>
  startCli(args, { stdin, env: env() }).ended;
const bulk = (...args: string[]): Promise<CliRun> =>
  run(['bulk', 'revoke', '--file', file, '--reason', 'leaked', '--actor', 'ops', ...args]);
const subjects = (...names: string[]) =>
  ['dimension,value', ...names.map((name) => `subject,${name}`)].join('\n');
const sentSubjects = () => sent.map(({ target }) => target['subject']).sort();

describe('revocable-authorizer bulk', () => {
  it('sends every row of a CSV file, with the cut-off that the function names', async () => {
    writeFileSync(
      file,
      [
        '\uFEFFdimension,issuer,value,claim,exp,before,block,reason,ticket',
        'subject,main,alice,,,,,"said ""so"", twice",OPS-1',
        'subject,,bob,,,2025-12-31T00:00:00Z,,,',
        'client,,app,,,,true,,',
        'claim,,acme,tenant,,,,,',
        'token,,j-1,,1767229200,,,,',
        '',
      ].join('\r\n'),
    );

    await expect(bulk()).resolves.toEqual({
      code: 0,
      stdout:
        'bulk revoke: 5 changed, 0 unchanged, 0 failed, 0 skipped.\nAll that was revoked is refused from now on.\n',
      stderr: '',
    });
    const by = { command: 'revoke', reason: 'leaked', actor: 'ops' };
    const before = SECONDS + 5;
    expect(sent).toHaveLength(5);
    expect(sent).toEqual(
      expect.arrayContaining([
        {
          ...by,
          target: { dimension: 'subject', subject: 'alice', issuer: 'main' },
          before,
          reason: 'said "so", twice',
          ticket: 'OPS-1',
        },
        { ...by, target: { dimension: 'subject', subject: 'bob' }, before: SECONDS - 86_400 },
        { ...by, target: { dimension: 'client', client: 'app' }, block: true },
        { ...by, target: { dimension: 'claim', claim: 'tenant', value: 'acme' }, before },
        { ...by, target: { dimension: 'token', jti: 'j-1', exp: SECONDS + 3600 } },
      ]),
    );
    expect(rehearsals.map(({ dryRun, target }) => [dryRun, target['issuer'], target['claim']])).toEqual([
      [true, 'main', undefined],
      [true, undefined, undefined],
      [true, undefined, 'tenant'],
    ]);
    expect(existsSync(`${file}.journal`)).toBe(false);
    expect(existsSync(`${file}.failures.jsonl`)).toBe(false);
  });

  it('reads JSON lines from stdin, and reinstates', async () => {
    const args = [
      'bulk',
      'reinstate',
      '--file',
      '-',
      '--format',
      'jsonl',
      '--dimension',
      'subject',
      '--reason',
      'r',
    ];
    const rows =
      '{"value":"alice","keepBefore":1767225600}\n{"dimension":"key","kid":"k-1","reason":"own"}\n';

    await expect(run(args, rows)).resolves.toMatchObject({
      code: 0,
      stdout: 'bulk reinstate: 2 changed, 0 unchanged, 0 failed, 0 skipped.\n',
    });
    expect(sent).toEqual([
      expect.objectContaining({ target: { dimension: 'subject', subject: 'alice' }, keepBefore: SECONDS }),
      expect.objectContaining({ target: { dimension: 'key', kid: 'k-1' }, reason: 'own' }),
    ]);
  });

  it('lists what is wrong, at most 20 lines of it, and sends nothing', async () => {
    writeFileSync(file, subjects('alice', ...Array.from({ length: 25 }, () => '')));

    const { code, stdout, stderr } = await bulk();
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.split('\n')).toEqual([
      `error: 25 lines of ${file} cannot be used, and no row was sent.`,
      ...Array.from(
        { length: 20 },
        (_, index) => `  line ${index + 3}: there is no subject, which names the subject.`,
      ),
      '  and 5 more.',
      '',
    ]);
    expect([...rehearsals, ...sent]).toEqual([]);
    expect(existsSync(`${file}.journal`)).toBe(false);
  });

  it('finds out before it sends anything what the function does not know', async () => {
    writeFileSync(file, 'dimension,issuer,value\nsubject,main,a\nsubject,other,b\nsubject,other,c\n');
    answer = (command) =>
      command.target['issuer'] === 'other' ? thrown('CommandInvalid', 'no such issuer') : confirmed(command);

    await expect(bulk()).resolves.toEqual({
      code: 2,
      stdout: '',
      stderr: `error: one line of ${file} cannot be used, and no row was sent.\n  line 3: no such issuer.\n`,
    });
    expect(sent).toEqual([]);
  });

  it('keeps what failed for another run, and shows no token', async () => {
    file = join(home, 'rows.jsonl');
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'RS256' })}.${part({ iss: 'main', jti: 'j', exp: SECONDS })}.${part({})}`;
    writeFileSync(
      file,
      ['a', 'b']
        .map((subject) => JSON.stringify({ dimension: 'subject', subject }))
        .concat(JSON.stringify({ dimension: 'token', token }))
        .join('\n'),
    );
    answer = (command) =>
      command['dryRun'] || command.target['subject'] === 'a'
        ? confirmed(command)
        : thrown('CommandInvalid', 'not now');

    const first = await bulk();
    const failures = `${file}.failures.jsonl`;
    expect(first).toEqual({
      code: 6,
      stdout: [
        'bulk revoke: 1 changed, 0 unchanged, 2 failed, 0 skipped.',
        'All that was revoked is refused from now on.',
        `The rows that failed, and why, are in ${failures}, which can be given to --file.`,
        `Give the same command again for the rows that are not done; ${file}.journal knows the others.`,
        '',
      ].join('\n'),
      stderr: '',
    });
    const kept = readFileSync(failures, 'utf8');
    expect(kept).not.toContain(token);
    expect(
      kept
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      {
        dimension: 'subject',
        subject: 'b',
        before: SECONDS + 5,
        reason: 'leaked',
        actor: 'ops',
        line: 2,
        error: 'not now.',
      },
      {
        dimension: 'token',
        issuer: 'main',
        jti: 'j',
        exp: SECONDS,
        reason: 'leaked',
        actor: 'ops',
        line: 3,
        error: 'not now.',
      },
    ]);

    answer = confirmed;
    sent = [];
    const second = await run(['bulk', 'revoke', '--file', failures]);
    expect(second).toMatchObject({ code: 0, stdout: expect.stringMatching(/^bulk revoke: 2 changed, /) });
    expect(sent.map(({ before }) => before).sort()).toEqual([SECONDS + 5, undefined]);
  });

  it('goes on where it was interrupted, with the cut-off of the beginning, and notices an edited input', async () => {
    writeFileSync(file, subjects('a', 'b', 'c', 'd'));
    const args = ['bulk', 'revoke', '--file', file, '--reason', 'leaked', '--concurrency', '1'];
    const first = startCli(args, { env: env() });
    answer = async (command) => {
      if (command.target['subject'] === 'b') {
        first.child.kill('SIGINT');
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      return confirmed(command);
    };

    const interrupted = await first.ended;
    expect([interrupted.code, interrupted.stdout.split('\n')]).toEqual([
      130,
      [
        'bulk revoke: 2 changed, 0 unchanged, 0 failed, 0 skipped, 2 not sent.',
        'All that was revoked is refused from now on.',
        'Stopped: interrupted.',
        `Give the same command again for the rows that are not done; ${file}.journal knows the others.`,
        '',
      ],
    ]);
    writeFileSync(file, subjects('a', 'd', 'e'));
    sent = [];
    answer = confirmed;

    const { code, stdout } = await bulk();
    expect([code, sentSubjects()]).toEqual([0, ['d', 'e']]);
    expect(sent.map(({ before }) => before)).toEqual([SECONDS + 5, SECONDS + 5]);
    expect(rehearsals).toHaveLength(1);
    expect(stdout).toMatch(
      /^bulk revoke: 2 changed, 0 unchanged, 0 failed, 1 skipped\.\nIt went on with the run that began at .*\nOne row that it had done before is not in the input any more/,
    );
    expect(existsSync(`${file}.journal`)).toBe(false);
  });

  it('sends a row that is there twice once', async () => {
    writeFileSync(file, subjects('a', 'b', 'a'));

    await expect(bulk()).resolves.toMatchObject({
      stdout: expect.stringContaining('2 changed, 0 unchanged, 0 failed, 1 skipped'),
    });
    expect(sentSubjects()).toEqual(['a', 'b']);
  });

  test.each(['revoke', 'reinstate'])('says once when no results cache was flushed: %s', async (command) => {
    writeFileSync(file, subjects('alice', 'bob'));
    answer = (sent) => {
      const { body } = confirmed(sent);
      return { body: { ...Object(body), flushed: 'failed', effectiveFrom: 253_402_300_799 } };
    };
    const { stdout } = await run(['bulk', command, '--file', file, '--reason', 'leaked', '--actor', 'ops']);
    expect(stdout.match(/Note: The results caches of API Gateway could not be flushed/g)).toHaveLength(1);
  });

  it('rehearses every row, and keeps no journal', async () => {
    writeFileSync(file, subjects('a', 'b'));

    await expect(bulk('--dry-run')).resolves.toMatchObject({
      code: 0,
      stdout: 'Dry run of bulk revoke: 2 would change, 0 unchanged, 0 failed, 0 skipped.\n',
    });
    expect(sent.map(({ dryRun }) => dryRun)).toEqual([true, true]);
    expect(existsSync(`${file}.journal`)).toBe(false);
  });

  it('prints its summary as JSON', async () => {
    writeFileSync(file, subjects('a'));

    const { code, stdout, stderr } = await bulk('--json');
    expect([code, stderr, JSON.parse(stdout)]).toEqual([
      0,
      '',
      expect.objectContaining({
        command: 'bulk revoke',
        changed: 1,
        failed: 0,
        failuresFile: null,
        stopped: null,
      }),
    ]);
  });

  it('stops when the function cannot be reached, and blames no row', async () => {
    writeFileSync(file, subjects('a', 'b', 'c'));
    answer = (command) =>
      command['dryRun']
        ? confirmed(command)
        : {
            status: 403,
            headers: { 'x-amzn-errortype': 'ExpiredTokenException' },
            body: { message: 'expired' },
          };

    const { code, stdout } = await bulk('--concurrency', '1');
    expect([code, stdout.split('\n')]).toEqual([
      4,
      [
        'bulk revoke: 0 changed, 0 unchanged, 0 failed, 0 skipped, 3 not sent.',
        'Stopped: the AWS credentials have expired; sign in again, or name another profile with --profile.',
        `Give the same command again for the rows that are not done; ${file}.journal knows the others.`,
        '',
      ],
    ]);
  });

  it('revokes a whole issuer or signing key only when that is said', async () => {
    writeFileSync(file, 'dimension,value\nsubject,a\nkey,k-1\n');

    await expect(bulk()).resolves.toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        '  line 3: this revokes a whole key; give --yes to say that you mean it.\n',
      ),
    });
    expect(sent).toEqual([]);
    await expect(bulk('--yes')).resolves.toMatchObject({ code: 0 });
  });

  it('refuses the journal of another function', async () => {
    writeFileSync(file, subjects('a', 'b'));
    answer = (command) => (command['dryRun'] ? confirmed(command) : thrown('CommandInvalid', 'not now'));
    await bulk();

    await expect(bulk('--function', 'staging')).resolves.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /is that of bulk revoke against admin in .*, not of bulk revoke against staging in /,
      ),
    });
  });

  test.each<[string, string[], string]>([
    ['no file', ['bulk', 'revoke'], "required option '--file <file>' not specified; see --help."],
    [
      'a file that is not there',
      ['bulk', 'revoke', '--file', '/nowhere/a.csv'],
      'the input /nowhere/a.csv cannot be read (ENOENT).',
    ],
    [
      'a format that nobody names',
      ['bulk', 'revoke', '--file', '-'],
      'stdin has no name that tells the format; give --format, csv or jsonl.',
    ],
    [
      'a name that does not tell',
      ['bulk', 'revoke', '--file', 'a.txt'],
      'the name a.txt does not tell the format; give --format, csv or jsonl.',
    ],
    [
      'nothing at all',
      ['bulk', 'revoke', '--file', '-', '--format', 'csv'],
      'there is no row in stdin; nothing was sent.',
    ],
    [
      'no concurrency',
      ['bulk', 'revoke', '--file', 'a.csv', '--concurrency', '0'],
      '--concurrency "0" is not allowed; give a whole number from 1 to 50.',
    ],
    [
      'one file for two things',
      ['bulk', 'revoke', '--file', 'a.csv', '--journal', 'a.csv'],
      '--file, --journal and --failures name the same file; give different ones.',
    ],
    [
      'a cut-off and a block',
      ['bulk', 'revoke', '--file', 'a.csv', '--before', 'now', '--block'],
      '--before and --block exclude each other; a block has no end.',
    ],
  ])('refuses %s', async (_what, args, sentence) => {
    await expect(run(args)).resolves.toEqual({ code: 2, stdout: '', stderr: `error: ${sentence}\n` });
    expect([...rehearsals, ...sent]).toEqual([]);
  });
});
