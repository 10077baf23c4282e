import type { Command } from 'commander';
import { Option } from 'commander';
import { DIMENSIONS } from '../../../lambda/environment.ts';
import { CliError } from '../../cli-error.ts';
import type { Finish } from '../../exit-codes.ts';
import type { AccountOptions } from '../account.ts';
import { addAccountOptions, defaultActor } from '../account.ts';
import type { ConnectionOptions } from '../connection-options.ts';
import { addConnectionOptions } from '../connection-options.ts';
import { TIME_FORM } from '../parse-time.ts';
import type { Connection } from '../resolve-connection.ts';
import { resolveConnection } from '../resolve-connection.ts';
import { formatSummary } from './format-summary.ts';
import { COLUMNS } from './parse-row.ts';
import type { Format } from './read-rows.ts';
import { FORMATS } from './read-rows.ts';
import type { BulkRun } from './run-bulk.ts';

interface BulkOptions extends ConnectionOptions, AccountOptions {
  readonly file: string;
  readonly format?: Format;
  readonly dimension?: string;
  readonly issuer?: string;
  readonly before?: string;
  readonly block?: boolean;
  readonly keepBefore?: string;
  readonly concurrency: number;
  readonly journal?: string;
  readonly failures?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

const MOST_AT_ONCE = 50;

const HELP = `
A CSV file names its columns in the first line, JSON lines hold one object on each:
  ${COLUMNS.join(', ')}
A row without one of them takes it from the option of the same name, if there is one.`;

/** Adds `bulk revoke` and `bulk reinstate`. */
export function addBulkCommand(program: Command, finish: Finish): void {
  const bulk = program
    .command('bulk')
    .helpCommand(false)
    .description(
      'revoke or reinstate what the rows of a file name; goes on where it stopped when given again',
    );
  for (const name of ['revoke', 'reinstate'] as const) {
    const command = bulk
      .command(name)
      .description(`${name} what each row names; nothing is sent while one row is wrong`)
      .requiredOption('--file <file>', 'the rows; - for stdin')
      .addOption(new Option('--format <format>', 'default: by the name of the file').choices(FORMATS))
      .addOption(new Option('--dimension <dimension>', 'of the rows without one').choices(DIMENSIONS))
      .option('--issuer <issuer>', 'of the rows without one');
    addReachOptions(command, name);
    addAccountOptions(command)
      .option('--concurrency <n>', `rows at once, 1 to ${MOST_AT_ONCE}`, parseConcurrency, 8)
      .option('--journal <file>', 'what is done already (default: <file>.journal; for stdin: none is kept)')
      .option('--failures <file>', 'the rows that failed (default: <file>.failures.jsonl)')
      .option('--dry-run', 'tell how many rows would change something, and change nothing')
      .addHelpText('after', HELP);
    addConnectionOptions(command).action(async (options: BulkOptions) => {
      const connection = resolveConnection(options, process.env);
      const run = toRun(name, options, connection);
      // Lazily, so that --help and wrong usage do not wait for the SDK.
      const [{ runBulk }, { openAdmin }] = await Promise.all([
        import('./run-bulk.ts'),
        import('../invoke-admin.ts'),
      ]);
      const isSilent = options.json && !process.stderr.isTTY;
      const { summary, exit } = await runBulk(
        run,
        () => openAdmin(connection),
        isSilent ? undefined : process.stderr,
      );
      finish(options.json ? JSON.stringify(summary) : formatSummary(summary), exit);
    });
  }
}

function addReachOptions(command: Command, name: 'revoke' | 'reinstate'): void {
  if (name === 'reinstate') {
    command.option('--keep-before <time>', `of the rows without one: ${TIME_FORM}`);
    return;
  }
  command
    .option('--before <time>', `of the rows without one: ${TIME_FORM} (default: when the run began)`)
    .option('--block', 'of the rows that say nothing else: until reinstated')
    .option('--yes', 'rows that revoke a whole issuer or a signing key are meant');
}

function parseConcurrency(text: string): number {
  const calls = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (calls >= 1 && calls <= MOST_AT_ONCE) return calls;
  throw new CliError(
    'refused',
    `--concurrency ${JSON.stringify(text.slice(0, 64))} is not allowed; give a whole number from 1 to ${MOST_AT_ONCE}`,
  );
}

function toRun(command: 'revoke' | 'reinstate', options: BulkOptions, connection: Connection): BulkRun {
  const { file, dimension, issuer, before, block, keepBefore, reason, ticket, actor } = options;
  if (before !== undefined && block) {
    throw new CliError('refused', '--before and --block exclude each other; a block has no end');
  }
  const isStdin = file === '-';
  const journalFile = options.journal ?? (isStdin ? null : `${file}.journal`);
  const failuresFile = options.failures ?? `${isStdin ? 'stdin' : file}.failures.jsonl`;
  if (new Set([file, journalFile, failuresFile]).size < 3) {
    throw new CliError('refused', '--file, --journal and --failures name the same file; give different ones');
  }
  return {
    command,
    file,
    format: options.format ?? formatOf(file),
    defaults: { dimension, issuer, before, block, keepBefore, reason, ticket },
    actor: actor ?? defaultActor(),
    concurrency: options.concurrency,
    dryRun: options.dryRun ?? false,
    isConfirmed: options.yes ?? false,
    to: nameOf(connection),
    journalFile,
    failuresFile,
  };
}

function formatOf(file: string): Format {
  const [, extension] = /\.([^./\\]+)$/.exec(file.toLowerCase()) ?? [];
  if (extension === 'csv') return 'csv';
  if (extension === 'jsonl' || extension === 'ndjson') return 'jsonl';
  const what = file === '-' ? 'stdin has no name that tells' : `the name ${file} does not tell`;
  throw new CliError('refused', `${what} the format; give --format, ${FORMATS.join(' or ')}`);
}

/** Functions of the same name in two accounts, Regions or local modes are not the same. */
function nameOf({ functionName, region, endpoint, profile }: Connection): string {
  const account = profile ?? process.env['AWS_PROFILE'];
  return [
    functionName,
    ...(region === undefined ? [] : [`in ${region}`]),
    ...(endpoint === undefined ? [] : [`at ${endpoint.origin}`]),
    ...(account === undefined ? [] : [`as ${account}`]),
  ].join(' ');
}
