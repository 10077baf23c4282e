import { describe, expect, it, test } from '@jest/globals';
import type { Format, RawRow } from '../../../../bin/commands/bulk/read-rows.ts';
import { readRows } from '../../../../bin/commands/bulk/read-rows.ts';

async function* oneByOne(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (const byte of bytes) yield Uint8Array.of(byte);
}

async function gather(rows: AsyncIterable<RawRow>): Promise<RawRow[]> {
  const gathered: RawRow[] = [];
  for await (const row of rows) gathered.push(row);
  return gathered;
}

function read(text: string | Uint8Array, format: Format): Promise<RawRow[]> {
  return gather(readRows(oneByOne(Buffer.from(text)), format));
}

describe('readRows', () => {
  it('reads a CSV with a byte order mark, and columns however they are spelled', async () => {
    await expect(read('\uFEFFDimension,VALUE,keep_before\r\nsubject,Ünal,now\r\n', 'csv')).resolves.toEqual([
      { line: 2, fields: { dimension: 'subject', value: 'Ünal', keepBefore: 'now' } },
    ]);
  });

  it('reads JSON lines, and leaves empty lines out', async () => {
    await expect(read('{"subject":"Ünal"}\r\n\n{"subject":"b"}', 'jsonl')).resolves.toEqual([
      { line: 1, fields: { subject: 'Ünal' } },
      { line: 3, fields: { subject: 'b' } },
    ]);
  });

  test.each<[string, string, Format, object[]]>([
    [
      'an unknown column, once',
      'dimension,user\nsubject,a\nsubject,b\n',
      'csv',
      [{ line: 1, problem: expect.stringContaining('"user" is none; allowed are dimension, issuer, value') }],
    ],
    [
      'another separator',
      'dimension;value\n',
      'csv',
      [{ line: 1, problem: expect.stringContaining('"dimension;value" is none') }],
    ],
    [
      'a column that is there twice',
      'value,Value\n',
      'csv',
      [{ line: 1, problem: 'the column Value is there twice' }],
    ],
    [
      'cells without a column',
      'dimension,value\nsubject,a,b\n',
      'csv',
      [{ line: 2, problem: expect.stringContaining('there are 3 cells under 2 columns') }],
    ],
    [
      'missing cells',
      'dimension,value\nsubject\n',
      'csv',
      [{ line: 2, problem: expect.stringContaining('there are 1 cells under 2 columns') }],
    ],
    [
      'what is no JSON, without quoting it',
      '{"secret"\n[1]\nnull\n',
      'jsonl',
      [1, 2, 3].map((line) => ({ line, problem: 'this is not a JSON object; write one on each line' })),
    ],
  ])('names the line of %s', async (_what, text, format, rows) => {
    await expect(read(text, format)).resolves.toEqual(rows);
  });

  test.each<[string, Uint8Array]>([
    ['Latin-1', Buffer.from('dimension,value\nsubject,\xdcnal', 'latin1')],
    ['UTF-16', Buffer.from('\uFEFFdimension,value', 'utf16le')],
    ['half a character', Buffer.from('dimension,value\nsubject,Ü').subarray(0, -1)],
  ])('refuses %s', async (_what, bytes) => {
    await expect(read(bytes, 'csv')).rejects.toMatchObject({
      exit: 'refused',
      message: 'the input is not UTF-8 text; save it as UTF-8',
    });
  });

  it('does not gather a file without line breaks', async () => {
    const chunks = (async function* () {
      for (;;) yield Buffer.alloc(100_000, '{');
    })();
    await expect(gather(readRows(chunks, 'jsonl'))).rejects.toMatchObject({ exit: 'refused' });
  });
});
