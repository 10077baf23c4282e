import { escapeControls } from '../escape-controls.ts';
import { formatTime, paint } from '../format-record.ts';
import { oneSentence } from '../one-sentence.ts';
import { nowSeconds } from '../parse-time.ts';
import type { BulkSummary } from './run-bulk.ts';

/** Says what came of a run, and what is left to do. */
export function formatSummary(summary: BulkSummary): string {
  return [
    counts(summary),
    ...origin(summary),
    ...effect(summary),
    ...summary.notes.map((note) => `Note: ${escapeControls(note)}`),
    ...leftovers(summary),
  ].join('\n');
}

function counts({ command, dryRun, changed, unchanged, failed, skipped, notSent }: BulkSummary): string {
  const failures = `${failed} failed`;
  const parts = [
    dryRun ? `${changed} would change` : `${changed} changed`,
    `${unchanged} unchanged`,
    failed > 0 ? paint('red', failures) : failures,
    `${skipped} skipped`,
    ...(notSent > 0 ? [`${notSent} not sent`] : []),
  ];
  return `${dryRun ? `Dry run of ${command}` : command}: ${parts.join(', ')}.`;
}

function origin({ isResumed, startedAt, edited }: BulkSummary): string[] {
  if (!isResumed) return [];
  const went = `It went on with the run that began at ${formatTime(startedAt)}, whose time its cut-offs keep; rows done by then were skipped.`;
  if (edited === 0) return [went];
  const rows = edited === 1 ? 'One row' : `${edited} rows`;
  return [
    went,
    `${rows} that it had done before ${edited === 1 ? 'is' : 'are'} not in the input any more: it was edited; what they did stays done.`,
  ];
}

function effect({ effectiveFrom }: BulkSummary): string[] {
  if (effectiveFrom === null) return [];
  const since = effectiveFrom > nowSeconds() ? `from ${formatTime(effectiveFrom)} on` : 'from now on';
  return [`All that was revoked is refused ${since}.`];
}

function leftovers({ stopped, failed, notSent, failuresFile, journalFile }: BulkSummary): string[] {
  return [
    ...(stopped === null ? [] : [`Stopped: ${oneSentence(stopped)}`]),
    ...(failuresFile === null
      ? []
      : [`The rows that failed, and why, are in ${failuresFile}, which can be given to --file.`]),
    ...(failed + notSent > 0 && journalFile !== null
      ? [`Give the same command again for the rows that are not done; ${journalFile} knows the others.`]
      : []),
  ];
}
