const BAR_CELLS = 30;
/** How often a terminal, and a log, hear of it. */
const TERMINAL_INTERVAL_MS = 100;
const LOG_INTERVAL_MS = 5000;

/** How far a run is. Times in milliseconds. */
export interface ProgressState {
  readonly done: number;
  readonly failed: number;
  readonly total: number;
  readonly elapsedMs: number;
}

/** `4500 of 10000 rows (45%), 310/s, 18 s left`, and how many failed. */
export function formatProgress({ done, failed, total, elapsedMs }: ProgressState): string {
  const share = total === 0 ? 100 : Math.floor((100 * done) / total);
  const perSecond = elapsedMs === 0 ? 0 : (1000 * done) / elapsedMs;
  const rate = done === 0 ? [] : [`${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)}/s`];
  const rest = perSecond === 0 || done === total ? [] : [`${formatSeconds((total - done) / perSecond)} left`];
  const failures = failed === 0 ? [] : [`${failed} failed`];
  return [`${done} of ${total} rows (${share}%)`, ...rate, ...rest, ...failures].join(', ');
}

/** `[#####-----]`. */
export function formatBar({ done, total }: Pick<ProgressState, 'done' | 'total'>): string {
  const cells = total === 0 ? BAR_CELLS : Math.floor((BAR_CELLS * done) / total);
  return `[${'#'.repeat(cells)}${'-'.repeat(BAR_CELLS - cells)}]`;
}

function formatSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 100) return `${whole} s`;
  const minutes = Math.ceil(whole / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}

export type ProgressOutput = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** Shows how far a run is: a bar on a terminal, else a line now and then. */
export class Progress {
  readonly #output: ProgressOutput | undefined;
  readonly #total: number;
  readonly #startedAtMs = performance.now();
  #shownAtMs = this.#startedAtMs;
  #done = 0;
  #failed = 0;

  /** @param output  never the one that a script reads; `undefined`: nothing is shown */
  constructor(output: ProgressOutput | undefined, total: number) {
    this.#output = output;
    this.#total = total;
  }

  advance({ failed }: { failed: boolean }): void {
    this.#done += 1;
    if (failed) this.#failed += 1;
    const now = performance.now();
    const interval = this.#output?.isTTY ? TERMINAL_INTERVAL_MS : LOG_INTERVAL_MS;
    if (now - this.#shownAtMs < interval) return;
    this.#shownAtMs = now;
    this.#show();
  }

  /** Leaves the bar as it ended; a log gets its end from the summary. */
  end(): void {
    if (!this.#output?.isTTY || this.#total === 0) return;
    this.#show();
    this.#output.write('\n');
  }

  #show(): void {
    const state: ProgressState = {
      done: this.#done,
      failed: this.#failed,
      total: this.#total,
      elapsedMs: performance.now() - this.#startedAtMs,
    };
    const text = formatProgress(state);
    // Back to the first column, and what a longer line left behind goes.
    this.#output?.write(this.#output.isTTY ? `\r${formatBar(state)} ${text}\u001b[K` : `${text}\n`);
  }
}
