import type { Command } from 'commander';
import { Option } from 'commander';
import type { Dimension } from '../../lambda/environment.ts';
import { DIMENSIONS } from '../../lambda/environment.ts';
import { CliError } from '../cli-error.ts';
import type { Finish } from '../exit-codes.ts';
import type { PageOptions } from './ask-pages.ts';
import { addPageOptions, askPages, formatNextPage } from './ask-pages.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { addConnectionOptions } from './connection-options.ts';
import { escapeControls } from './escape-controls.ts';
import { formatTime, formatValue, paint } from './format-record.ts';
import { formatTable } from './format-table.ts';
import { ListAnswer } from './parse-answer.ts';
import { parseTime, TIME_FORM } from './parse-time.ts';
import { resolveConnection } from './resolve-connection.ts';

interface Filter {
  readonly dimension?: Dimension;
  readonly issuer?: string;
  readonly claim?: string;
  readonly value?: string;
  /** NumericDate, seconds since the epoch. */
  readonly since?: number;
}
type Options = ConnectionOptions & PageOptions & Filter;

/** Adds `list`. */
export function addListCommand(program: Command, finish: Finish): void {
  const list = program
    .command('list')
    .description('list the revocations in force, page by page')
    .addOption(new Option('--dimension <dimension>', 'only those of this dimension').choices(DIMENSIONS))
    .option('--issuer <issuer>', 'only those of this issuer: an iss or the id')
    .option('--claim <name>', 'with --dimension claim: only those of the claim of this name')
    .option('--value <value>', 'with --dimension: only the one of this jti, sid, sub, client, kid or value')
    .option('--since <time>', `only those changed at or after it: ${TIME_FORM}`, (text: string) =>
      parseTime(text, '--since'),
    );
  addConnectionOptions(addPageOptions(list, 'records')).action(async (options: Options) => {
    const connection = resolveConnection(options, process.env);
    const command = { command: 'list' as const, ...filterOf(options) };
    const { answer, json } = await askPages(connection, command, ListAnswer, 'records', options);
    finish(options.json ? json : describe(answer));
  });
}

/** @throws {CliError} `refused`  an option lacks the one that it belongs to */
function filterOf({ dimension, issuer, claim, value, since }: Options): Filter {
  if (claim !== undefined && dimension !== 'claim') {
    throw new CliError('refused', '--claim belongs to --dimension claim; give both, or leave it out');
  }
  if (value !== undefined && dimension === undefined) {
    throw new CliError('refused', `--value needs --dimension; allowed are ${DIMENSIONS.join(', ')}`);
  }
  if (value !== undefined && dimension === 'issuer') {
    throw new CliError('refused', '--value does not go with --dimension issuer; name the issuer by --issuer');
  }
  if (value !== undefined && dimension === 'claim' && claim === undefined) {
    throw new CliError('refused', '--value with --dimension claim needs --claim, the name of the claim');
  }
  return {
    ...(dimension !== undefined && { dimension }),
    ...(issuer !== undefined && { issuer }),
    ...(claim !== undefined && { claim }),
    ...(value !== undefined && { value }),
    ...(since !== undefined && { since }),
  };
}

function describe({ records, cursor }: ListAnswer): string {
  const more = formatNextPage(cursor);
  if (records.length === 0) {
    return [cursor === null ? 'No revocation is in force.' : 'No revocation on this page.', ...more].join(
      '\n',
    );
  }
  const [headings = '', ...rows] = formatTable(
    ['REVOKED', 'VALUE', 'ISSUER', 'ISSUED UP TO', 'KEPT UNTIL', 'AT', 'BY', 'TICKET', 'REASON'],
    records.map((record) => [
      record.dimension,
      formatValue(record),
      escapeControls(record.issuer),
      record.kind === 'absolute' ? 'any time' : formatTime(record.revokedBefore),
      record.expiresAt === null ? 'reinstated' : formatTime(record.expiresAt),
      formatTime(record.changedAt),
      escapeControls(record.actor),
      escapeControls(record.ticket ?? '-'),
      escapeControls(record.reason),
    ]),
  );
  return [paint('bold', headings), ...rows, ...more].join('\n');
}
