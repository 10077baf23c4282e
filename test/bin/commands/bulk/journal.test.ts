import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from '@jest/globals';
import { Journal } from '../../../../bin/commands/bulk/journal.ts';

const SUBJECT = { command: 'revoke', to: 'admin in eu-west-1' } as const;

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-test-'));
  file = join(folder, 'rows.csv.journal');
});
afterEach(() => rmSync(folder, { recursive: true }));

function abandoned(): void {
  const journal = new Journal(file, SUBJECT, 1000);
  journal.recordCutOff(null, 1005);
  journal.recordCutOff('other', 1007);
  journal.acknowledge('a');
  journal.acknowledge('b');
}

describe('Journal', () => {
  it('begins with nothing, and makes no file before there is something to keep', () => {
    const journal = new Journal(file, SUBJECT, 1000);

    expect([journal.isResumed, journal.startedAt, journal.acknowledged.size]).toEqual([false, 1000, 0]);
    journal.close({ isComplete: false });
    expect(existsSync(file)).toBe(false);
  });

  it('goes on where a run was killed, with its time and its cut-offs', () => {
    abandoned();

    const journal = new Journal(file, SUBJECT, 2000);
    expect([journal.isResumed, journal.startedAt]).toEqual([true, 1000]);
    expect([...journal.acknowledged]).toEqual(['a', 'b']);
    expect([...journal.cutOffs]).toEqual([
      [null, 1005],
      ['other', 1007],
    ]);
  });

  test.each([
    ['half a line', '{"acknowl'],
    ['a line without its end', '{"acknowledged":"c"}'],
  ])('forgets %s, and what follows is readable', (_what, rest) => {
    abandoned();
    appendFileSync(file, rest);

    new Journal(file, SUBJECT, 2000).acknowledge('d');
    expect([...new Journal(file, SUBJECT, 3000).acknowledged]).toEqual(['a', 'b', 'd']);
  });

  it('is removed when nothing is left to do, and only then', () => {
    abandoned();
    new Journal(file, SUBJECT, 2000).close({ isComplete: false });
    expect(existsSync(file)).toBe(true);

    new Journal(file, SUBJECT, 2000).close({ isComplete: true });
    expect(existsSync(file)).toBe(false);
  });

  it('can be read by its owner alone', () => {
    abandoned();
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('keeps nothing without a file', () => {
    const journal = new Journal(null, SUBJECT, 1000);
    journal.acknowledge('a');
    journal.close({ isComplete: true });
    expect([...journal.acknowledged]).toEqual(['a']);
  });

  test.each([
    [
      'another command',
      { ...SUBJECT, command: 'reinstate' as const },
      'not of bulk reinstate against admin in eu-west-1',
    ],
    ['another function', { ...SUBJECT, to: 'staging' }, 'not of bulk revoke against staging'],
  ])('refuses the journal of %s', (_what, subject, problem) => {
    abandoned();
    expect(() => new Journal(file, subject, 2000)).toThrow(
      expect.objectContaining({ exit: 'refused', message: expect.stringContaining(problem) }),
    );
  });

  test.each([
    ['some other file', 'dimension,value\nsubject,a\n'],
    ['a file without a line', 'text'],
    ['a journal with a line that is none', undefined],
  ])('refuses %s, and leaves it as it is', (_what, text) => {
    if (text === undefined) {
      abandoned();
      appendFileSync(file, 'what is this\n{"acknowledged":"c"}\n');
    } else {
      writeFileSync(file, text);
    }
    const before = readFileSync(file, 'utf8');

    expect(() => new Journal(file, SUBJECT, 2000)).toThrow(
      expect.objectContaining({ exit: 'refused', message: expect.stringContaining('is not the journal') }),
    );
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('names a file that cannot be written', () => {
    const journal = new Journal(join(folder, 'nowhere', 'journal'), SUBJECT, 1000);
    expect(() => journal.acknowledge('a')).toThrow(
      expect.objectContaining({ exit: 'unexpected', message: expect.stringContaining('(ENOENT)') }),
    );
  });
});
