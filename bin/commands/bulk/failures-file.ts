import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { CliError } from '../../cli-error.ts';
import { oneSentence } from '../one-sentence.ts';
import type { BulkCommand, BulkRow } from './parse-row.ts';

/** The rows that failed, as JSON lines that can be the input of the next run. Holds no token. */
export class FailuresFile {
  readonly path: string;
  #descriptor: number | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** @throws {CliError} `unexpected`  the file cannot be written */
  add({ line }: BulkRow, { command: _, target, ...rest }: BulkCommand, error: CliError): void {
    const row = { ...target, ...rest, line, error: oneSentence(error.message) };
    try {
      this.#descriptor ??= openSync(this.path, 'w', 0o600);
      writeSync(this.#descriptor, `${JSON.stringify(row)}\n`);
    } catch (cause) {
      const { code } = Object(cause);
      throw new CliError('unexpected', `the file of the failures ${this.path} cannot be written (${code})`, {
        cause,
      });
    }
  }

  /** Removes what an earlier run over the same input left, when no row failed this time. */
  close({ isComplete }: { isComplete: boolean }): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    else if (isComplete) rmSync(this.path, { force: true });
  }
}
