import { expect, it } from '@jest/globals';
import { alignTables } from '../../scripts/align-tables.ts';

it('pads the cells of tables, and nothing else', () => {
  expect(
    alignTables(
      '# Who\n\nA sentence.\n\n| Route | Who |\n| --- | --- |\n| GET /orders | a\\|b |\n| GET / |  |\n',
    ),
  ).toBe(`# Who

A sentence.

| Route       | Who  |
| ----------- | ---- |
| GET /orders | a\\|b |
| GET /       |      |
`);
});
