import { PassThrough } from 'node:stream';
import { describe, expect, it, test } from '@jest/globals';
import { formatBar, formatProgress, Progress } from '../../../../bin/commands/bulk/progress.ts';

describe('formatProgress', () => {
  test.each([
    [{ done: 0, failed: 0, total: 10, elapsedMs: 0 }, '0 of 10 rows (0%)'],
    [
      { done: 4500, failed: 0, total: 10_000, elapsedMs: 15_000 },
      '4500 of 10000 rows (45%), 300/s, 19 s left',
    ],
    [
      { done: 1, failed: 1, total: 1000, elapsedMs: 2000 },
      '1 of 1000 rows (0%), 0.5/s, 34 min left, 1 failed',
    ],
    [{ done: 10, failed: 0, total: 100_000, elapsedMs: 10_000 }, '10 of 100000 rows (0%), 1.0/s, 28 h left'],
    [{ done: 10, failed: 2, total: 10, elapsedMs: 1000 }, '10 of 10 rows (100%), 10/s, 2 failed'],
    [{ done: 0, failed: 0, total: 0, elapsedMs: 5 }, '0 of 0 rows (100%)'],
  ])('says of %j: %s', (state, text) => {
    expect(formatProgress(state)).toBe(text);
  });
});

describe('formatBar', () => {
  test.each([
    [0, '[------------------------------]'],
    [50, '[###############---------------]'],
    [99, '[#############################-]'],
    [100, '[##############################]'],
  ])('draws %i of 100', (done, bar) => {
    expect(formatBar({ done, total: 100 })).toBe(bar);
  });
});

describe('Progress', () => {
  const shownOn = (output: PassThrough, total: number): string => {
    const progress = new Progress(output, total);
    for (let row = 0; row < total; row += 1) progress.advance({ failed: false });
    progress.end();
    return String(output.read() ?? '');
  };

  it('redraws one line of a terminal, and leaves the end of it', () => {
    const terminal = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY: true });
    const lines = shownOn(terminal, 3).replaceAll('\u001b[K', '<clear>').split('\r');
    expect(lines.shift()).toBe('');
    expect(lines.at(-1)).toMatch(/^\[#+\] 3 of 3 rows .*<clear>\n$/);
    for (const line of lines.slice(0, -1)) expect(line).toMatch(/^\[[#-]+\] [^\n]*<clear>$/);
  });

  it('bothers a log with nothing that is over in a moment', () => {
    expect(shownOn(new PassThrough({ encoding: 'utf8' }), 3)).toBe('');
  });
});
