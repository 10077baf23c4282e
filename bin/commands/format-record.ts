import { styleText } from 'node:util';
import { escapeControls } from './escape-controls.ts';
import type { RecordView } from './parse-answer.ts';

/** `2026-01-01T00:00:00Z` of a NumericDate, seconds since the epoch. */
export function formatTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Colors text on a terminal, unless NO_COLOR is set. */
export function paint(style: 'green' | 'red' | 'yellow' | 'bold', text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/** What the record is about: `token j-1 of https://issuer.example/`. */
export function formatTarget({ dimension, value, issuer }: RecordView): string {
  return `${dimension} ${escapeControls(value)} of ${escapeControls(issuer)}`;
}

/** Which tokens the record refuses. */
export function formatReach({ dimension, kind, revokedBefore }: RecordView): string {
  if (dimension === 'token') return 'refused';
  return kind === 'absolute'
    ? 'every token is refused'
    : `tokens issued up to ${formatTime(revokedBefore)} are refused`;
}

/** How long the record stays. */
export function formatRetention({ expiresAt }: RecordView): string {
  return expiresAt === null ? 'until it is reinstated' : `until ${formatTime(expiresAt)}`;
}

/** Who made the record, when and why. */
export function formatAccount({ actor, changedAt, reason }: RecordView): string {
  return `by ${escapeControls(actor)} at ${formatTime(changedAt)} (${escapeControls(reason)})`;
}
