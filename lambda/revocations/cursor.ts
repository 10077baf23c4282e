// Where a page ends, as a word that the caller hands back for the next one.
import * as v from 'valibot';
import type { Position } from '../revocation-ledger.ts';
import { CommandInvalid } from './command-invalid.ts';
import { CURSOR_FORM } from './parse-command.ts';

export interface Cursor {
  /** The partition that the page ends in. */
  readonly partition: string;
  /** Absent: the next page begins with the partition. */
  readonly position?: Position;
}

const CursorSchema = v.tuple([
  v.string(),
  v.optional(v.record(v.string(), v.union([v.string(), v.number()]))),
]);

export function formatCursor({ partition, position }: Cursor): string {
  return Buffer.from(JSON.stringify(position === undefined ? [partition] : [partition, position])).toString(
    'base64url',
  );
}

/**
 * Reads a cursor.
 *
 * @param partitions  those that the command pages through
 * @throws {CommandInvalid}  it is none, or of another command
 */
export function parseCursor(text: string, partitions: readonly string[]): Cursor {
  const json = Buffer.from(text, 'base64url').toString();
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), CursorSchema), json);
  const [partition, position] = parsed.success ? parsed.output : [];
  if (partition === undefined || !partitions.includes(partition)) {
    throw new CommandInvalid('cursor', text, CURSOR_FORM);
  }
  return { partition, ...(position !== undefined && { position }) };
}
