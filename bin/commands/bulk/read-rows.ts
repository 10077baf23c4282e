import { CliError } from '../../cli-error.ts';
import type { CsvRecord } from './csv-reader.ts';
import { CsvReader } from './csv-reader.ts';
import { COLUMNS } from './parse-row.ts';

export const FORMATS = ['csv', 'jsonl'] as const;
export type Format = (typeof FORMATS)[number];

/** One row as it stands in the input, and its line; of one that cannot be read, why. */
export type RawRow =
  | { readonly line: number; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly line: number; readonly problem: string };

/** No row that means anything is that long. */
const LONGEST_LINE_CHARS = 1_000_000;

/**
 * Reads the rows of an input piece by piece; what a row means, `parseRow` finds out.
 *
 * @throws {CliError} `refused`  it is not UTF-8
 */
export async function* readRows(input: AsyncIterable<Uint8Array>, format: Format): AsyncGenerator<RawRow> {
  const reader = format === 'csv' ? new TableReader() : new JsonLinesReader();
  const decoder = new TextDecoder('utf-8', { fatal: true }); // drops a byte order mark
  for await (const bytes of input) yield* reader.push(decode(() => decoder.decode(bytes, { stream: true })));
  yield* reader.push(decode(() => decoder.decode()));
  yield* reader.end();
}

function decode(piece: () => string): string {
  try {
    return piece();
  } catch (error) {
    throw new CliError('refused', 'the input is not UTF-8 text; save it as UTF-8', { cause: error });
  }
}

/** A CSV text whose first record names the columns. */
class TableReader {
  readonly #csv = new CsvReader();
  #columns: readonly string[] | undefined;
  #isUnusable = false;

  push(text: string): RawRow[] {
    return this.#csv.push(text).flatMap((record) => this.#toRows(record));
  }

  end(): RawRow[] {
    return this.#csv.end().flatMap((record) => this.#toRows(record));
  }

  #toRows(record: CsvRecord): RawRow[] {
    if (this.#isUnusable) return [];
    if ('problem' in record) return [record];
    const { line, cells } = record;
    if (this.#columns === undefined) {
      this.#columns = cells.map(canonicalColumn);
      const problem = findProblem(cells, this.#columns);
      this.#isUnusable = problem !== undefined;
      return problem === undefined ? [] : [{ line, problem }];
    }
    const columns = this.#columns;
    if (cells.length !== columns.length) {
      const problem = `there are ${cells.length} cells under ${columns.length} columns; a cell with a comma in it has to be quoted`;
      return [{ line, problem }];
    }
    return [{ line, fields: Object.fromEntries(columns.map((column, index) => [column, cells[index]])) }];
  }
}

/** `keep_before` and `Keep-Before` are `keepBefore`. */
function canonicalColumn(cell: string): string {
  const plain = (name: string) => name.replaceAll(/[\s_-]/g, '').toLowerCase();
  return COLUMNS.find((column) => plain(column) === plain(cell)) ?? cell;
}

function findProblem(cells: readonly string[], columns: readonly string[]): string | undefined {
  const unknown = columns.find((column) => !COLUMNS.includes(column));
  if (unknown !== undefined) {
    return `the first line has to name the columns, and ${JSON.stringify(unknown.slice(0, 64))} is none; allowed are ${COLUMNS.join(', ')}, with commas between them`;
  }
  const repeated = columns.find((column, index) => columns.indexOf(column) !== index);
  return repeated === undefined
    ? undefined
    : `the column ${cells[columns.lastIndexOf(repeated)]} is there twice`;
}

/** One JSON object on each line. */
class JsonLinesReader {
  #rest = '';
  #line = 0;

  push(text: string): RawRow[] {
    const lines = `${this.#rest}${text}`.split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > LONGEST_LINE_CHARS) {
      throw new CliError(
        'refused',
        `line ${this.#line + lines.length + 1} is longer than ${LONGEST_LINE_CHARS} characters; write one JSON object on each line`,
      );
    }
    return lines.flatMap((line) => this.#toRows(line));
  }

  end(): RawRow[] {
    return this.#toRows(this.#rest);
  }

  #toRows(text: string): RawRow[] {
    this.#line += 1;
    const line = this.#line;
    if (text.trim() === '') return [];
    try {
      const fields: unknown = JSON.parse(text);
      if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) {
        return [{ line, fields: { ...fields } }];
      }
    } catch {} // its message would quote the line
    return [{ line, problem: 'this is not a JSON object; write one on each line' }];
  }
}
