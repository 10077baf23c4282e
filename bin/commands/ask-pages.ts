import type { Command } from 'commander';
import type * as v from 'valibot';
import { CliError } from '../cli-error.ts';
import type { AdminCommand } from './ask-admin.ts';
import { askAdmin } from './ask-admin.ts';
import { escapeControls, escapeJsonControls } from './escape-controls.ts';
import type { Connection } from './resolve-connection.ts';

/** Which part of a long answer is wanted, as typed. */
export interface PageOptions {
  readonly limit?: number;
  readonly cursor?: string;
  readonly all?: boolean;
}

const LONGEST_PAGE = 100;

/** Adds the options of a command that answers page by page. */
export function addPageOptions(command: Command, what: string): Command {
  return command
    .option('--limit <n>', `${what} per page, 1 to ${LONGEST_PAGE} (default: 50)`, parseLimit)
    .option('--cursor <cursor>', 'go on where the last page ended; give the other options again')
    .option('--all', 'get all pages; with --json they are put together into one answer');
}

function parseLimit(text: string): number {
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= LONGEST_PAGE) return limit;
  throw new CliError(
    'refused',
    `--limit ${JSON.stringify(text.slice(0, 64))} is not allowed; give a whole number from 1 to ${LONGEST_PAGE}`,
  );
}

/** The answer to a command that is answered page by page: rows under a name of their own. */
type Page<Name extends string> = { readonly cursor: string | null } & Readonly<
  Record<Name, readonly unknown[]>
>;

/**
 * Asks for one page, or with `--all` for all of them, put together into one answer.
 *
 * @param rows  the name that the answer has for its rows
 * @throws {CliError} as `askAdmin`; `adminFailed`  the pages go round in circles
 */
export async function askPages<Name extends string, Answer extends Page<Name>>(
  connection: Connection,
  command: AdminCommand,
  schema: v.GenericSchema<unknown, Answer>,
  rows: Name,
  { limit, cursor: start, all }: PageOptions,
): Promise<{ answer: Answer; json: string }> {
  const ask = (cursor: string | null) =>
    askAdmin(
      connection,
      { ...command, ...(limit !== undefined && { limit }), ...(cursor !== null && { cursor }) },
      schema,
    );
  if (!all) return ask(start ?? null);
  const found: unknown[] = [];
  let cursor = start ?? null;
  for (;;) {
    const { answer } = await ask(cursor);
    for (const row of answer[rows]) found.push(row);
    if (answer.cursor === null) {
      const whole = { ...answer, [rows]: found };
      return { answer: whole, json: escapeJsonControls(JSON.stringify(whole)) };
    }
    if (answer.cursor === cursor) {
      throw new CliError(
        'adminFailed',
        'the admin function gave the same page twice; ask page by page with --cursor',
      );
    }
    cursor = answer.cursor;
  }
}

/** Says how to get the next page, if there is one. */
export function formatNextPage(cursor: string | null): string[] {
  return cursor === null ? [] : [`More: --cursor ${escapeControls(cursor)}`];
}
