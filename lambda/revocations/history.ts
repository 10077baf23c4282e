import { revocationKey } from '../revocation.ts';
import type { CommandContext } from './apply-command.ts';
import { formatCursor, parseCursor } from './cursor.ts';
import type { HistoryCommand } from './parse-command.ts';
import type { ResolvedTarget } from './resolve-target.ts';
import type { ChangeView } from './view-of.ts';
import { changeOf } from './view-of.ts';

export interface HistoryAnswer {
  readonly command: 'history';
  /** At most `limit` changes, newest first. */
  readonly changes: readonly ChangeView[];
  /** Gets the next page; null: this is the last one. */
  readonly cursor: string | null;
}

/**
 * Lists the changes of a target. They are kept for good: nothing deletes them, and the function may not.
 */
export async function history(
  { limit, cursor }: HistoryCommand,
  { target }: ResolvedTarget,
  { ledger }: CommandContext,
): Promise<HistoryAnswer> {
  const partition = revocationKey(target);
  const position = cursor === undefined ? undefined : parseCursor(cursor, [partition]).position;
  // Whoever made the last change may have died before it was in the history.
  const state = position === undefined ? await ledger.get(target) : undefined;
  if (state !== undefined) await ledger.recordChange(state);
  const { records, next } = await ledger.changes(target, limit, position);
  return {
    command: 'history',
    changes: records.map(changeOf),
    cursor: next === undefined ? null : formatCursor({ partition, position: next }),
  };
}
