import { styleText } from 'node:util';
import { escapeControls } from './escape-controls.ts';
import type { Reach, RecordView } from './parse-answer.ts';

/** `2026-01-01T00:00:00Z` of a NumericDate, seconds since the epoch. */
export function formatTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Colors text on a terminal, unless NO_COLOR is set. */
export function paint(style: 'green' | 'red' | 'yellow' | 'bold', text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/** The value of a record; of a claim, or the thumbprint of a key, with its name: `tenant=acme`, `jkt=NzbL...`. */
export function formatValue({ claim, value }: RecordView): string {
  return escapeControls(claim === null ? value : `${claim}=${value}`);
}

/** What the record is about: `token j-1 of https://issuer.example/`. */
export function formatTarget(record: RecordView): string {
  const what = `${record.dimension} ${formatValue(record)}`;
  return record.dimension === 'issuer' ? what : `${what} of ${escapeControls(record.issuer)}`;
}

/** Tells whether it holds for tokens that are yet to be issued, until somebody reinstates what was blocked. */
export function isBlock({ dimension, kind }: RecordView): boolean {
  return kind === 'absolute' && dimension !== 'token' && dimension !== 'session' && dimension !== 'key';
}

/** Which tokens the record refuses. */
export function formatReach(record: RecordView): string {
  if (record.dimension === 'token') return 'refused';
  if (isBlock(record)) return 'blocked, every token is refused';
  return record.kind === 'absolute'
    ? 'every token is refused'
    : `tokens issued up to ${formatTime(record.revokedBefore)} are refused`;
}

/** The reach of a change, short enough for a table. */
export function formatShortReach(reach: Reach | null): string {
  if (reach === null || reach.kind === 'none') return 'live';
  if (reach.kind === 'absolute' || reach.revokedBefore === null) return 'all revoked';
  return `revoked up to ${formatTime(reach.revokedBefore)}`;
}

/** How long the record stays. */
export function formatRetention({ expiresAt }: RecordView): string {
  return expiresAt === null ? 'until it is reinstated' : `until ${formatTime(expiresAt)}`;
}

/** All of a record, on one line. */
export function formatRecord(record: RecordView): string {
  return `${formatTarget(record)}: ${formatReach(record)}; revoked ${formatAccount(record)}, kept ${formatRetention(record)}`;
}

/** Who made the record, when, why, and on which ticket. */
export function formatAccount({ actor, changedAt, reason, ticket }: RecordView): string {
  const why = ticket === null ? reason : `${reason}; ticket ${ticket}`;
  return `by ${escapeControls(actor)} at ${formatTime(changedAt)} (${escapeControls(why)})`;
}
