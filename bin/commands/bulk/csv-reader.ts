// RFC 4180, as programs really write it: LF as well as CRLF, white space around cells, empty lines.

/** One record, and the line that it begins on; of one that cannot be read, why. */
export type CsvRecord =
  | { readonly line: number; readonly cells: readonly string[] }
  | { readonly line: number; readonly problem: string };

/** No cell that means anything is that long: the closing quote is missing. */
const LONGEST_CELL_CHARS = 65_536;

type State = 'before cell' | 'plain' | 'quoted' | 'quote in quoted' | 'after quoted' | 'skipping';

/**
 * Reads a CSV text piece by piece. White space around a cell without quotes is no part of it; a quoted cell is
 * exactly what the quotes hold. Empty lines are no records.
 *
 * After what cannot be read, it goes on with the next line, so that all problems of a file come to light at once.
 */
export class CsvReader {
  #state: State = 'before cell';
  #line = 1;
  #beganAt = 1;
  #cells: string[] = [];
  #cell = '';
  #isQuoted = false;
  #sawReturn = false;
  #records: CsvRecord[] = [];

  /** Returns the records that end in this piece. */
  push(text: string): CsvRecord[] {
    for (const character of text) this.#read(character);
    return this.#take();
  }

  /** Returns the last record, if no line break ended it. */
  end(): CsvRecord[] {
    if (this.#state === 'quoted') this.#fail('a quoted cell does not end; its closing quote is missing');
    else if (this.#state !== 'skipping') this.#endRecord();
    return this.#take();
  }

  #take(): CsvRecord[] {
    const records = this.#records;
    this.#records = [];
    return records;
  }

  #read(character: string): void {
    const isSecondHalf = character === '\n' && this.#sawReturn;
    this.#sawReturn = character === '\r';
    const isBreak = character === '\n' || character === '\r';
    if (this.#state === 'quoted') this.#readQuoted(character);
    else if (isSecondHalf) return;
    else if (isBreak) this.#endLine();
    else if (this.#state !== 'skipping') this.#readUnquoted(character);
    if (isBreak && !isSecondHalf) this.#line += 1;
    if (isBreak && this.#state === 'before cell' && this.#cells.length === 0) this.#beganAt = this.#line;
  }

  #readQuoted(character: string): void {
    if (character === '"') {
      this.#state = 'quote in quoted';
    } else if (this.#cell.length >= LONGEST_CELL_CHARS) {
      this.#fail(
        `a quoted cell is longer than ${LONGEST_CELL_CHARS} characters; is its closing quote missing?`,
      );
    } else {
      this.#cell += character;
    }
  }

  #readUnquoted(character: string): void {
    const isBlank = character === ' ' || character === '\t';
    if (this.#state === 'quote in quoted' && character === '"') {
      this.#cell += '"';
      this.#state = 'quoted';
    } else if (character === ',') {
      this.#endCell();
    } else if (this.#state === 'before cell') {
      if (character === '"') {
        this.#state = 'quoted';
        this.#isQuoted = true;
      } else if (!isBlank) {
        this.#state = 'plain';
        this.#cell = character;
      }
    } else if (this.#state !== 'plain') {
      if (isBlank) this.#state = 'after quoted';
      else this.#fail('a quoted cell goes on behind its closing quote; a quote in a cell is written twice');
    } else if (character === '"') {
      this.#fail('a cell holds a quote without being quoted; quote the cell, and write the quote twice');
    } else if (this.#cell.length >= LONGEST_CELL_CHARS) {
      this.#fail(`a cell is longer than ${LONGEST_CELL_CHARS} characters`);
    } else {
      this.#cell += character;
    }
  }

  #endLine(): void {
    if (this.#state === 'skipping') this.#reset();
    else this.#endRecord();
  }

  #endCell(): void {
    this.#cells.push(this.#isQuoted ? this.#cell : this.#cell.trimEnd());
    this.#cell = '';
    this.#isQuoted = false;
    this.#state = 'before cell';
  }

  #endRecord(): void {
    const isEmptyLine = this.#cells.length === 0 && this.#cell === '' && !this.#isQuoted;
    this.#endCell();
    if (!isEmptyLine) this.#records.push({ line: this.#beganAt, cells: this.#cells });
    this.#reset();
  }

  #fail(problem: string): void {
    this.#records.push({ line: this.#beganAt, problem });
    this.#reset();
    this.#state = 'skipping';
  }

  #reset(): void {
    this.#cells = [];
    this.#cell = '';
    this.#isQuoted = false;
    this.#state = 'before cell';
  }
}
