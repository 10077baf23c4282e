import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { CliError } from '../cli-error.ts';

/** Far above what API Gateway accepts in a header; keeps a wrong file on stdin from being read to its end. */
const LONGEST_CHARS = 65_536;

const COMPACT_JWT = /^[\w-]+\.[\w-]+\.[\w-]*$/;

export type TokenInput = NodeJS.ReadableStream & { readonly isTTY?: boolean };

/**
 * Reads a token from a pipe to its end, or asks for it when the input is a terminal, without showing it.
 *
 * Does NOT verify the token.
 *
 * @param prompt  where the question is written; never the output that a script reads
 * @throws {CliError} `refused`  nothing there, or not one compact JWT; `interrupted`  Ctrl-C at the prompt
 */
export async function readToken(input: TokenInput, prompt: NodeJS.WritableStream): Promise<string> {
  return parseToken(input.isTTY ? await askHidden(input, prompt) : await readText(input), 'stdin');
}

/**
 * Reads whatever was meant for a token, as `readToken` does, and does not refuse what cannot be one.
 *
 * @throws {CliError} `refused`  nothing there; `interrupted`  Ctrl-C at the prompt
 */
export async function readCredentials(input: TokenInput, prompt: NodeJS.WritableStream): Promise<string> {
  const credentials = withoutScheme(input.isTTY ? await askHidden(input, prompt) : await readText(input));
  if (credentials === '')
    throw new CliError('refused', 'no token was given on stdin; pipe it in, or type it');
  return credentials;
}

/**
 * Strips white space and the scheme `Bearer`, and refuses what cannot be a compact JWT. The messages never hold it.
 *
 * @param source  where the text came from, for the message
 * @throws {CliError} `refused`
 */
export function parseToken(text: string, source: string): string {
  const token = withoutScheme(text);
  if (token === '') {
    throw new CliError(
      'refused',
      `no token was given on ${source}; pipe it in, type it at the prompt, or name it by --jti`,
    );
  }
  if (!COMPACT_JWT.test(token)) {
    throw new CliError(
      'refused',
      `what was given on ${source} is not a compact JWT: it takes three base64url parts with dots between them, and nothing else`,
    );
  }
  return token;
}

function withoutScheme(text: string): string {
  return text
    .trim()
    .replace(/^Bearer(\s+|$)/i, '')
    .trim();
}

/** Reads a pipe to its end. */
export async function readText(input: TokenInput): Promise<string> {
  input.setEncoding('utf8');
  let text = '';
  for await (const chunk of input) {
    text += chunk;
    if (text.length > LONGEST_CHARS) {
      throw new CliError(
        'refused',
        `stdin holds more than ${LONGEST_CHARS} characters, which no token has; give one token`,
      );
    }
  }
  return text;
}

/** readline in terminal mode reads keys, not lines: a terminal's own line buffer would cut a token at 4096 bytes. */
function askHidden(input: TokenInput, prompt: NodeJS.WritableStream): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: nowhere, terminal: true, historySize: 0 });
  prompt.write('Token (not shown): ');
  return new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    lines.once('SIGINT', () => reject(new CliError('interrupted', 'interrupted; nothing was sent')));
    lines.once('close', () => resolve('')); // Ctrl-D
  }).finally(() => {
    lines.close();
    prompt.write('\n');
  });
}
