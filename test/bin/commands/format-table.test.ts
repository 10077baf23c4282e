import { describe, expect, it } from '@jest/globals';
import { formatTable } from '../../../bin/commands/format-table.ts';

describe('formatTable', () => {
  it('aligns every column to its widest cell, without trailing spaces', () => {
    expect(
      formatTable(
        ['A', 'LONG', 'C'],
        [
          ['wide cell', 'x', 'y'],
          ['z', 'longer', ''],
        ],
      ),
    ).toEqual(['A          LONG    C', 'wide cell  x       y', 'z          longer']);
  });
});
