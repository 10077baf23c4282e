import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import type { Finish } from '../exit-codes.ts';
import { askAdmin } from './ask-admin.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { addConnectionOptions } from './connection-options.ts';
import { escapeControls, escapeJsonControls } from './escape-controls.ts';
import { formatTime, paint } from './format-record.ts';
import { formatTable } from './format-table.ts';
import type { RecordView } from './parse-answer.ts';
import { ListAnswer } from './parse-answer.ts';
import type { Connection } from './resolve-connection.ts';
import { resolveConnection } from './resolve-connection.ts';

type Page = { readonly limit?: number; readonly cursor?: string };
type Options = ConnectionOptions & Page & { readonly all?: boolean };

const LONGEST_PAGE = 100;

/** Adds `list`. */
export function addListCommand(program: Command, finish: Finish): void {
  const list = program
    .command('list')
    .description('list the revocations in force, page by page')
    .option('--limit <n>', `records per page, 1 to ${LONGEST_PAGE} (default: 50)`, parseLimit)
    .option('--cursor <cursor>', 'go on where the last page ended')
    .option('--all', 'get all pages; with --json they are put together into one answer');
  addConnectionOptions(list).action(async (options: Options) => {
    const connection = resolveConnection(options, process.env);
    const { answer, json } = options.all
      ? await askAllPages(connection, options)
      : await askPage(connection, options);
    finish(options.json ? json : describe(answer));
  });
}

function parseLimit(text: string): number {
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= LONGEST_PAGE) return limit;
  throw new CliError(
    'refused',
    `--limit ${JSON.stringify(text.slice(0, 64))} is not allowed; give a whole number from 1 to ${LONGEST_PAGE}`,
  );
}

function askPage(
  connection: Connection,
  { limit, cursor }: Page,
): Promise<{ answer: ListAnswer; json: string }> {
  const page = { ...(limit !== undefined && { limit }), ...(cursor !== undefined && { cursor }) };
  return askAdmin(connection, { command: 'list', ...page }, ListAnswer);
}

async function askAllPages(
  connection: Connection,
  { limit, cursor: start }: Page,
): Promise<{ answer: ListAnswer; json: string }> {
  const records: RecordView[] = [];
  let cursor = start ?? null;
  do {
    const page = { ...(limit !== undefined && { limit }), ...(cursor !== null && { cursor }) };
    const { answer } = await askPage(connection, page);
    records.push(...answer.records);
    if (answer.cursor !== null && answer.cursor === cursor) {
      throw new CliError(
        'adminFailed',
        'the admin function gave the same page twice; list page by page with --cursor',
      );
    }
    cursor = answer.cursor;
  } while (cursor !== null);
  const answer: ListAnswer = { command: 'list', records, cursor };
  return { answer, json: escapeJsonControls(JSON.stringify(answer)) };
}

function describe({ records, cursor }: ListAnswer): string {
  const more = cursor === null ? [] : [`More: --cursor ${escapeControls(cursor)}`];
  if (records.length === 0) {
    return [cursor === null ? 'No revocation is in force.' : 'No revocation on this page.', ...more].join(
      '\n',
    );
  }
  const [headings = '', ...rows] = formatTable(
    ['REVOKED', 'VALUE', 'ISSUER', 'ISSUED UP TO', 'KEPT UNTIL', 'AT', 'BY', 'REASON'],
    records.map((record) => [
      record.dimension,
      escapeControls(record.value),
      escapeControls(record.issuer),
      record.kind === 'absolute' ? 'any time' : formatTime(record.revokedBefore),
      record.expiresAt === null ? 'reinstated' : formatTime(record.expiresAt),
      formatTime(record.changedAt),
      escapeControls(record.actor),
      escapeControls(record.reason),
    ]),
  );
  return [paint('bold', headings), ...rows, ...more].join('\n');
}
