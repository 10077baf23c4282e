import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import type { CsvRecord } from '../../../../bin/commands/bulk/csv-reader.ts';
import { CsvReader } from '../../../../bin/commands/bulk/csv-reader.ts';

function read(...pieces: string[]): CsvRecord[] {
  const reader = new CsvReader();
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
}

const cellsOf = (text: string) =>
  read(text).map((record) => ('cells' in record ? record.cells : record.problem));

describe('CsvReader', () => {
  test.each<[string, string, string[][]]>([
    [
      'LF',
      'a,b\nc,d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'CRLF',
      'a,b\r\nc,d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['CR', 'a\rb', [['a'], ['b']]],
    ['no line break at the end', 'a\nb', [['a'], ['b']]],
    [
      'empty cells',
      ',a,\n,,',
      [
        ['', 'a', ''],
        ['', '', ''],
      ],
    ],
    ['empty lines', '\n\r\na\n\n\nb\n  \n', [['a'], ['b']]],
    ['white space around a cell', ' a\t, b c \n', [['a', 'b c']]],
    ['a quoted cell', '"a, b","c""d","e\r\nf"\n', [['a, b', 'c"d', 'e\r\nf']]],
    ['white space in and around quotes', ' " a " ,b', [[' a ', 'b']]],
    ['an empty quoted cell alone', '""\n', [['']]],
  ])('reads %s', (_what, text, cells) => {
    expect(cellsOf(text)).toEqual(cells);
  });

  it('counts lines within quotes as well', () => {
    expect(read('a\n"b\n\r\nc"\n\nd\n').map(({ line }) => line)).toEqual([1, 2, 6]);
  });

  test.each([
    ['a quote in a cell', 'a"b\nc\n', 'a cell holds a quote without being quoted'],
    ['text behind a closing quote', '"a"b\nc\n', 'a quoted cell goes on behind its closing quote'],
  ])('names the line of %s, and goes on with the next one', (_what, text, problem) => {
    expect(read(`x\n${text}`)).toEqual([
      { line: 1, cells: ['x'] },
      { line: 2, problem: expect.stringContaining(problem) },
      { line: 3, cells: ['c'] },
    ]);
  });

  it('names the line at which a quote opens that is never closed', () => {
    expect(read('x\n"a\nb\n')).toEqual([
      { line: 1, cells: ['x'] },
      { line: 2, problem: 'a quoted cell does not end; its closing quote is missing' },
    ]);
  });

  it('does not gather a whole file in a cell', () => {
    expect(read(`"${'a'.repeat(70_000)}`, `${'b'.repeat(70_000)}\nc`)).toEqual([
      { line: 1, problem: expect.stringContaining('is its closing quote missing?') },
      { line: 2, cells: ['c'] },
    ]);
  });

  it('reads back whatever was written, however it is cut into pieces', () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', 'é', '😀', '"', ',', '\n', '\r', ' ', '\t', ';', "'"),
    });
    const table = fc
      .integer({ min: 1, max: 4 })
      .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 5 }));
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(
        table,
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.infiniteStream(fc.integer({ min: 1, max: 5 })),
        (rows, lineBreak, quotesAll, sizes) => {
          const plain = (text: string) => /^[^",\s]+$/.test(text) && !quotesAll;
          const text = rows
            .map((row) => row.map((each) => (plain(each) ? each : quoted(each))).join(',') + lineBreak)
            .join('');
          const pieces: string[] = [];
          for (let at = 0; at < text.length; ) {
            const size = sizes.next().value ?? 1;
            // A decoder never gives half a character.
            const end = /[\uD800-\uDBFF]/.test(text[at + size - 1] ?? '') ? at + size + 1 : at + size;
            pieces.push(text.slice(at, end));
            at = end;
          }
          expect(read(...pieces).map((record) => 'cells' in record && record.cells)).toEqual(rows);
        },
      ),
    );
  });

  it('never throws, and gives no record twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ') }), (text) => {
        const lines = read(text).map(({ line }) => line);
        expect([...new Set(lines)].sort((a, b) => a - b)).toEqual(lines);
      }),
    );
  });
});
