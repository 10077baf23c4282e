import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../../cli-error.ts';

/** How often a row is sent before it counts as failed, when the admin function fails. */
const ATTEMPTS_PER_ROW = 3;
const FIRST_BACKOFF_MS = 200;

/** After so many failures of the function in a row, it is not the rows that are wrong. */
const FAILURES_UNTIL_GIVING_UP = 20;

export interface Sending<Row, Answer> {
  readonly rows: Iterable<Row>;
  /** So many calls are on their way at once. */
  readonly concurrency: number;
  readonly send: (row: Row) => Promise<Answer>;
  readonly onAnswer: (row: Row, answer: Answer) => void;
  /** The row was refused, or failed for good. */
  readonly onFailure: (row: Row, error: CliError) => void;
  /** No further row is sent once it aborts; what is on its way comes to its end. */
  readonly signal: AbortSignal;
}

/**
 * Sends rows in their order, several at once, until there are none, or it is told to stop, or it makes no sense to
 * go on: the function cannot be reached, or fails one row after the other.
 *
 * @returns why it gave up; `undefined`: it did not
 */
export async function sendRows<Row, Answer>(sending: Sending<Row, Answer>): Promise<CliError | undefined> {
  const { rows, concurrency, signal, send, onAnswer, onFailure } = sending;
  const queue = rows[Symbol.iterator]();
  let givenUp: unknown;
  let failuresInARow = 0;

  async function sendOne(row: Row): Promise<void> {
    let answer: Answer;
    try {
      answer = await persist(() => send(row), signal);
    } catch (error) {
      if (!(error instanceof CliError) || !isAboutTheRow(error)) throw error;
      failuresInARow = error.exit === 'adminFailed' ? failuresInARow + 1 : 0;
      onFailure(row, error);
      if (failuresInARow >= FAILURES_UNTIL_GIVING_UP) throw error;
      return;
    }
    failuresInARow = 0;
    onAnswer(row, answer);
  }

  async function work(): Promise<void> {
    try {
      while (!signal.aborted && givenUp === undefined) {
        const { done, value: row } = queue.next();
        if (done) return;
        await sendOne(row);
      }
    } catch (error) {
      givenUp ??= error;
    }
  }

  await Promise.all(Array.from({ length: concurrency }, work));
  if (givenUp === undefined || givenUp instanceof CliError) return givenUp;
  throw givenUp;
}

function isAboutTheRow({ exit }: CliError): boolean {
  return exit === 'refused' || exit === 'adminFailed';
}

/** Commands can be repeated without harm. */
async function persist<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt();
    } catch (error) {
      const isPassing = error instanceof CliError && error.exit === 'adminFailed';
      if (!isPassing || attempts === ATTEMPTS_PER_ROW || signal.aborted) throw error;
      await sleep(FIRST_BACKOFF_MS * 2 ** (attempts - 1) * (0.5 + Math.random() / 2));
    }
  }
}
