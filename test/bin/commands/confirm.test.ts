import { PassThrough } from 'node:stream';
import { describe, expect, it, test } from '@jest/globals';
import { confirm } from '../../../bin/commands/confirm.ts';

/** Types at a terminal. */
function confirmWith(typed: string): Promise<void> {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const confirmed = confirm('Type main to go on: ', 'main', input, new PassThrough());
  input.write(typed);
  return confirmed;
}

describe('confirm', () => {
  test.each(['main\r', ' main \r', 'maim\x7fn\r'])('takes %j for the word', async (typed) => {
    await expect(confirmWith(typed)).resolves.toBeUndefined();
  });

  test.each(['\r', 'y\r', 'Main\r', 'main2\r'])('refuses %j', async (typed) => {
    await expect(confirmWith(typed)).rejects.toMatchObject({
      exit: 'refused',
      message: 'what was typed is not what was asked for; nothing was changed',
    });
  });

  test.each([
    ['Ctrl-C', 'ma\x03'],
    ['Ctrl-D', '\x04'],
  ])('is interrupted by %s', async (_key, typed) => {
    await expect(confirmWith(typed)).rejects.toMatchObject({ exit: 'interrupted' });
  });

  it('shows the question', async () => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const prompt = new PassThrough({ encoding: 'utf8' });
    const confirmed = confirm('Type main to go on: ', 'main', input, prompt);
    input.write('main\r');

    await confirmed;
    expect(String(prompt.read())).toContain('Type main to go on: ');
  });
});
