import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import * as v from 'valibot';
import { CliError } from '../../cli-error.ts';
import type { ExitName } from '../../exit-codes.ts';

/** What has to be the same when a run goes on where another one stopped. */
export interface JournalSubject {
  readonly command: 'revoke' | 'reinstate';
  /** Where the commands go: what one function did, another one did not. */
  readonly to: string;
}

const KIND = 'revocable-authorizer bulk';

/** The kernel has each line at once; the disk gets them at least so often. */
const SYNC_INTERVAL_MS = 1000;

const Header = v.strictObject({
  journal: v.literal(KIND),
  version: v.literal(1),
  command: v.string(),
  to: v.string(),
  startedAt: v.pipe(v.number(), v.integer()),
});
const Entry = v.union([
  v.strictObject({ acknowledged: v.string() }),
  v.strictObject({ issuer: v.nullable(v.string()), cutOff: v.pipe(v.number(), v.integer()) }),
]);

/**
 * What a bulk run has done so far, one line each, in a file that outlives a crash.
 *
 * A line that a crash cut off is as if it had never been written: the row is sent again, and changes nothing.
 */
export class Journal {
  /** `null`: nothing is kept beyond this run. */
  readonly file: string | null;
  /** NumericDate at which the run began, the first time. */
  readonly startedAt: number;
  /** Whether there was a run before. */
  readonly isResumed: boolean;
  /** The digests of the rows that are done. */
  readonly acknowledged = new Set<string>();
  /** The cut-off of this run, by issuer as the rows write it; null: the only one. */
  readonly cutOffs = new Map<string | null, number>();

  readonly #header: object;
  /** What a crash cut off begins here. */
  readonly #wholeBytes: number = 0;
  #descriptor: number | undefined;
  #syncedAtMs = 0;

  /**
   * Reads the journal of a run, if there was one. The file is made with the first entry.
   *
   * @param now   NumericDate, for a new one
   * @throws {CliError} `refused`  the file is none, is that of another run, or cannot be read
   */
  constructor(file: string | null, { command, to }: JournalSubject, now: number) {
    this.file = file;
    const text =
      file !== null && existsSync(file) ? accessing('refused', file, () => readFileSync(file, 'utf8')) : '';
    this.isResumed = text !== '';
    this.startedAt = now;
    if (file !== null && this.isResumed) {
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      const [first, ...entries] = whole.split('\n').filter((line) => line !== '');
      this.startedAt = readHeader(file, first, { command, to }).startedAt;
      this.#wholeBytes = Buffer.byteLength(whole);
      for (const entry of entries) this.#recall(file, entry);
    }
    this.#header = { journal: KIND, version: 1, command, to, startedAt: this.startedAt };
  }

  recordCutOff(issuer: string | null, cutOff: number): void {
    this.cutOffs.set(issuer, cutOff);
    this.#append({ issuer, cutOff });
    this.#sync(); // what is sent after it relies on it
  }

  /** Notes that the admin function has confirmed a row. */
  acknowledge(digest: string): void {
    this.acknowledged.add(digest);
    this.#append({ acknowledged: digest });
    if (Date.now() - this.#syncedAtMs >= SYNC_INTERVAL_MS) this.#sync();
  }

  /** Ends the run; a journal of which nothing is left to do is removed, so that the same input begins anew. */
  close({ isComplete }: { isComplete: boolean }): void {
    const file = this.file;
    if (file === null) return;
    this.#sync();
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    if (isComplete) accessing('unexpected', file, () => rmSync(file, { force: true }));
  }

  #recall(file: string, text: string): void {
    const entry = v.safeParse(Entry, parseJson(text));
    if (!entry.success) throw notAJournal(file);
    if ('acknowledged' in entry.output) this.acknowledged.add(entry.output.acknowledged);
    else this.cutOffs.set(entry.output.issuer, entry.output.cutOff);
  }

  #append(entry: object): void {
    const file = this.file;
    if (file === null) return;
    accessing('unexpected', file, () => {
      this.#descriptor ??= this.#begin(file);
      writeSync(this.#descriptor, `${JSON.stringify(entry)}\n`);
    });
  }

  #begin(file: string): number {
    const descriptor = openSync(file, 'a', 0o600);
    ftruncateSync(descriptor, this.#wholeBytes);
    if (!this.isResumed) writeSync(descriptor, `${JSON.stringify(this.#header)}\n`);
    return descriptor;
  }

  #sync(): void {
    if (this.#descriptor !== undefined) fsyncSync(this.#descriptor);
    this.#syncedAtMs = Date.now();
  }
}

function readHeader(
  file: string,
  text: string | undefined,
  { command, to }: JournalSubject,
): v.InferOutput<typeof Header> {
  const header = v.safeParse(Header, parseJson(text ?? ''));
  if (!header.success) throw notAJournal(file);
  const other = header.output;
  if (other.command === command && other.to === to) return other;
  throw new CliError(
    'refused',
    `the journal ${file} is that of bulk ${other.command} against ${other.to}, not of bulk ${command} against ${to}; finish that run, or give another file with --journal`,
  );
}

function notAJournal(file: string): CliError {
  return new CliError(
    'refused',
    `the file ${file} is not the journal of a bulk run; give another one with --journal, or remove it`,
  );
}

function accessing<T>(exit: ExitName, file: string, access: () => T): T {
  try {
    return access();
  } catch (error) {
    const { code } = Object(error);
    throw new CliError(exit, `the journal ${file} cannot be read and written (${code})`, { cause: error });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
