import { PassThrough } from 'node:stream';
import { describe, expect, it, test } from '@jest/globals';
import { parseToken, readToken } from '../../../bin/commands/read-token.ts';

// Not a real token: only its shape counts here.
const TOKEN = ['header-part', 'claims_part', 'signature'].join('.');

function terminal(): { input: PassThrough & { isTTY: true }; prompt: PassThrough; shown: () => string } {
  const prompt = new PassThrough({ encoding: 'utf8' });
  let text = '';
  prompt.on('data', (chunk: string) => {
    text += chunk;
  });
  return { input: Object.assign(new PassThrough(), { isTTY: true as const }), prompt, shown: () => text };
}

describe('readToken', () => {
  it('reads a pipe to its end, however it is cut into pieces', async () => {
    const input = new PassThrough();
    for (const piece of ['Bearer ', TOKEN.slice(0, 5), TOKEN.slice(5), '\n']) input.write(piece);
    input.end();

    await expect(readToken(input, new PassThrough())).resolves.toBe(TOKEN);
  });

  it('asks at a terminal, and shows nothing of what is typed', async () => {
    const { input, prompt, shown } = terminal();
    const token = readToken(input, prompt);
    input.write(`${TOKEN}\r`);

    await expect(token).resolves.toBe(TOKEN);
    expect(shown()).toBe('Token (not shown): \n');
  });

  it('takes keys back with the backspace at a terminal', async () => {
    const { input, prompt } = terminal();
    const token = readToken(input, prompt);
    input.write(`${TOKEN}xy\x7f\x7f\r`);

    await expect(token).resolves.toBe(TOKEN);
  });

  it('reads tokens longer than the line buffer of a terminal', async () => {
    const { input, prompt } = terminal();
    const token = readToken(input, prompt);
    input.write(`${TOKEN}${'s'.repeat(6000)}\r`);

    await expect(token).resolves.toHaveLength(TOKEN.length + 6000);
  });

  it('is interrupted by Ctrl-C at a terminal', async () => {
    const { input, prompt } = terminal();
    const token = readToken(input, prompt);
    input.write('abc\x03');

    await expect(token).rejects.toMatchObject({
      exit: 'interrupted',
      message: 'interrupted; nothing was sent',
    });
  });

  it('refuses Ctrl-D at a terminal as no token', async () => {
    const { input, prompt } = terminal();
    const token = readToken(input, prompt);
    input.write('\x04');

    await expect(token).rejects.toThrow('no token was given on stdin');
  });

  it('stops reading a pipe that holds more than a token can have', async () => {
    const input = new PassThrough();
    input.write('a'.repeat(65_537));

    await expect(readToken(input, new PassThrough())).rejects.toThrow('more than 65536 characters');
  });
});

describe('parseToken', () => {
  test.each([
    [TOKEN, TOKEN],
    [` \t${TOKEN}\r\n`, TOKEN],
    [`Bearer ${TOKEN}`, TOKEN],
    [`bearer   ${TOKEN}`, TOKEN],
    ['unsecured.token.', 'unsecured.token.'],
  ])('accepts %j', (text, token) => {
    expect(parseToken(text, 'stdin')).toBe(token);
  });

  test.each([
    ['nothing', '', 'no token was given on stdin'],
    ['white space', ' \n', 'no token was given on stdin'],
    ['a scheme alone', 'Bearer \n', 'no token was given on stdin'],
    ['two tokens', `${TOKEN}\n${TOKEN}`, 'not a compact JWT'],
    ['an opaque token', 'SlAV32hkKG', 'not a compact JWT'],
    ['an encrypted token', 'a.b.c.d.e', 'not a compact JWT'],
    ['a quoted token', `"${TOKEN}"`, 'not a compact JWT'],
  ])('refuses %s', (_what, text, problem) => {
    expect(() => parseToken(text, 'stdin')).toThrow(problem);
  });

  it('never repeats what it refuses', () => {
    expect(() => parseToken('top secret', 'stdin')).toThrow(
      new Error(
        'what was given on stdin is not a compact JWT: it takes three base64url parts with dots between them, and nothing else',
      ),
    );
  });
});
