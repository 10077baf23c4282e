import { createReadStream } from 'node:fs';
import { CliError } from '../../cli-error.ts';
import type { ExitName } from '../../exit-codes.ts';
import type { AdminClient } from '../invoke-admin.ts';
import { notesOnFlush } from '../notes-on-flush.ts';
import { parseAnswer, ReinstateAnswer, RevokeAnswer } from '../parse-answer.ts';
import { nowSeconds } from '../parse-time.ts';
import { CONFIRMED_DIMENSIONS } from '../revoke.ts';
import { FailuresFile } from './failures-file.ts';
import { Journal } from './journal.ts';
import type { BulkCommand, BulkRow } from './parse-row.ts';
import { parseRow } from './parse-row.ts';
import type { ProgressOutput } from './progress.ts';
import { Progress } from './progress.ts';
import type { Format } from './read-rows.ts';
import { readRows } from './read-rows.ts';
import type { LineProblem } from './resolve-cut-offs.ts';
import { resolveCutOffs } from './resolve-cut-offs.ts';
import { sendRows } from './send-rows.ts';

/** More would scroll the first ones away. */
const SHOWN_PROBLEMS = 20;

/** What a bulk run is to do. */
export interface BulkRun {
  readonly command: 'revoke' | 'reinstate';
  /** `-`: stdin. */
  readonly file: string;
  readonly format: Format;
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly actor: string;
  readonly concurrency: number;
  readonly dryRun: boolean;
  /** Rows that revoke an issuer or a key are meant. */
  readonly isConfirmed: boolean;
  /** Names the function in the journal. */
  readonly to: string;
  /** `null`: none is kept. */
  readonly journalFile: string | null;
  readonly failuresFile: string;
}

/** What came of it; counts are rows. */
export interface BulkSummary {
  readonly command: 'bulk revoke' | 'bulk reinstate';
  readonly dryRun: boolean;
  readonly changed: number;
  readonly unchanged: number;
  readonly failed: number;
  /** Done by an earlier run, or twice in the input. */
  readonly skipped: number;
  /** Left over by an interruption. */
  readonly notSent: number;
  /** NumericDate at which the run began, the first time. */
  readonly startedAt: number;
  readonly isResumed: boolean;
  /** Rows in the journal that the input does not have: it was edited. */
  readonly edited: number;
  /** NumericDate from which all that was revoked is refused; `null`: nothing was. */
  readonly effectiveFrom: number | null;
  readonly notes: readonly string[];
  readonly failuresFile: string | null;
  /** The journal, if there is something left to do. */
  readonly journalFile: string | null;
  /** Why it stopped early. */
  readonly stopped: string | null;
}

/**
 * Checks all rows, then sends those that no earlier run has done.
 *
 * @throws {CliError} `refused`  something is wrong with the input, and no row was sent
 */
export async function runBulk(
  run: BulkRun,
  openAdmin: () => AdminClient,
  output: ProgressOutput | undefined,
): Promise<{ summary: BulkSummary; exit: ExitName }> {
  const journal = new Journal(run.dryRun ? null : run.journalFile, run, nowSeconds());
  const rows = await readAll(run, journal);
  const admin = openAdmin();
  try {
    const { problems, todo } = await prepare(run, rows, admin, journal);
    requireNone(problems, run.file);
    return await send(run, rows, todo, admin, journal, output);
  } finally {
    admin.close();
  }
}

async function readAll(run: BulkRun, { startedAt }: Journal): Promise<BulkRow[]> {
  const context = { command: run.command, defaults: run.defaults, startedAt, now: nowSeconds() };
  const rows: BulkRow[] = [];
  const problems: LineProblem[] = [];
  for await (const row of readRows(openInput(run.file), run.format)) {
    try {
      if ('problem' in row) throw new CliError('refused', row.problem);
      const parsed = parseRow(row.line, row.fields, context);
      requireConfirmed(parsed, run);
      rows.push(parsed);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      problems.push({ line: row.line, message: error.message });
    }
  }
  requireNone(problems, run.file);
  if (rows.length === 0)
    throw new CliError('refused', `there is no row in ${nameOf(run.file)}; nothing was sent`);
  return rows;
}

async function* openInput(file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* file === '-' ? process.stdin : createReadStream(file);
  } catch (error) {
    const { code } = Object(error);
    if (code === undefined) throw error;
    throw new CliError('refused', `the input ${file} cannot be read (${code})`, { cause: error });
  }
}

function requireConfirmed({ command: { command, target } }: BulkRow, { isConfirmed, dryRun }: BulkRun): void {
  if (isConfirmed || dryRun || command !== 'revoke' || !CONFIRMED_DIMENSIONS.includes(target.dimension))
    return;
  throw new CliError(
    'refused',
    `this revokes a whole ${target.dimension}; give --yes to say that you mean it`,
  );
}

function requireNone(problems: readonly LineProblem[], file: string): void {
  if (problems.length === 0) return;
  const shown = problems.slice(0, SHOWN_PROBLEMS).map(({ line, message }) => `line ${line}: ${message}`);
  const more = problems.length - shown.length;
  throw new CliError(
    'refused',
    `${problems.length === 1 ? 'one line' : `${problems.length} lines`} of ${nameOf(file)} cannot be used, and no row was sent`,
    { details: more === 0 ? shown : [...shown, `and ${more} more`] },
  );
}

function nameOf(file: string): string {
  return file === '-' ? 'stdin' : file;
}

async function prepare(
  run: BulkRun,
  rows: readonly BulkRow[],
  admin: AdminClient,
  journal: Journal,
): Promise<{ problems: LineProblem[]; todo: BulkRow[] }> {
  const seen = new Set(journal.acknowledged);
  const todo = rows.filter(({ digest }) => !seen.has(digest) && seen.add(digest));
  return { problems: await resolveCutOffs(admin, todo, run.actor, journal), todo };
}

async function send(
  run: BulkRun,
  rows: readonly BulkRow[],
  todo: readonly BulkRow[],
  admin: AdminClient,
  journal: Journal,
  output: ProgressOutput | undefined,
): Promise<{ summary: BulkSummary; exit: ExitName }> {
  const failures = new FailuresFile(run.failuresFile);
  const inputDigests = new Set(rows.map(({ digest }) => digest));
  const edited = [...journal.acknowledged].filter((digest) => !inputDigests.has(digest)).length;
  const counts = { changed: 0, unchanged: 0, failed: 0 };
  const notes = new Set<string>();
  let effectiveFrom: number | null = null;
  const progress = new Progress(output, todo.length);
  const interruption = interruptible();

  const givenUp = await sendRows({
    rows: todo,
    concurrency: run.concurrency,
    signal: interruption.signal,
    send: async (row) => askOne(admin, commandOf(row, run, journal)),
    onAnswer: ({ digest }, answer) => {
      if (!run.dryRun) journal.acknowledge(digest);
      counts[answer.changed ? 'changed' : 'unchanged'] += 1;
      for (const note of answer.notes) notes.add(note);
      if (answer.effectiveFrom !== null) effectiveFrom = Math.max(effectiveFrom ?? 0, answer.effectiveFrom);
      progress.advance({ failed: false });
    },
    onFailure: (row, error) => {
      failures.add(row, commandOf(row, { ...run, dryRun: false }, journal), error);
      counts.failed += 1;
      progress.advance({ failed: true });
    },
  }).finally(() => {
    interruption.end();
    progress.end();
  });

  const notSent = todo.length - counts.changed - counts.unchanged - counts.failed;
  const isComplete = notSent === 0 && counts.failed === 0;
  journal.close({ isComplete });
  failures.close({ isComplete: notSent === 0 && !run.dryRun });
  const isInterrupted = notSent > 0 && interruption.signal.aborted;
  const summary: BulkSummary = {
    command: `bulk ${run.command}`,
    dryRun: run.dryRun,
    ...counts,
    skipped: rows.length - todo.length,
    notSent,
    startedAt: journal.startedAt,
    isResumed: journal.isResumed,
    edited,
    effectiveFrom,
    notes: [...notes],
    failuresFile: counts.failed > 0 ? run.failuresFile : null,
    journalFile: isComplete ? null : journal.file,
    stopped: givenUp?.message ?? (isInterrupted ? 'interrupted' : null),
  };
  return { summary, exit: exitOf(summary, givenUp, isInterrupted) };
}

function exitOf({ failed }: BulkSummary, givenUp: CliError | undefined, isInterrupted: boolean): ExitName {
  if (givenUp) return givenUp.exit;
  if (isInterrupted) return 'interrupted';
  return failed > 0 ? 'rowsFailed' : 'done';
}

function commandOf({ command, isCutOffNow }: BulkRow, run: BulkRun, { cutOffs }: Journal): BulkCommand {
  const { issuer = null } = command.target;
  const before = isCutOffNow ? cutOffs.get(issuer) : undefined;
  return {
    ...command,
    actor: command['actor'] ?? run.actor,
    ...(before !== undefined && { before }),
    ...(run.dryRun && { dryRun: true }),
  };
}

interface RowAnswer {
  readonly changed: boolean;
  readonly effectiveFrom: number | null;
  readonly notes: readonly string[];
}

async function askOne(admin: AdminClient, command: BulkCommand): Promise<RowAnswer> {
  const payload = await admin.invoke(command);
  const answer = parseAnswer(command.command === 'revoke' ? RevokeAnswer : ReinstateAnswer, payload);
  return {
    changed: answer.changed,
    effectiveFrom: answer.command === 'revoke' ? answer.effectiveFrom : null,
    notes: [...answer.notes, ...notesOnFlush(answer)],
  };
}

/** The first Ctrl-C lets what is on its way come to its end; the second one is as hard as ever. */
function interruptible(): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController();
  const stop = () => {
    end();
    controller.abort();
  };
  const end = () => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return { signal: controller.signal, end };
}
