import { describe, expect, test } from '@jest/globals';
import { oneSentence } from '../../../bin/commands/one-sentence.ts';

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}

describe('oneSentence', () => {
  test.each([
    ['a missing full stop', 'no good', 'no good.'],
    ['line breaks', 'unknown option\n(Did you mean --json?)', 'unknown option (Did you mean --json?).'],
    ['control characters', 'bad \u001b[31m', 'bad \\u001b[31m.'],
    ['a token', `got ${encode('{"alg":"RS256"}')}.${encode('{}')}.c2ln here`, 'got [token] here.'],
    ['a token spelled with spaces', `got ${encode('{ "alg": 1 }')}.${encode('{}')}.`, 'got [token].'],
    ['a token spelled with line breaks', `got ${encode('{\n"alg": 1 }')}.e30.c2ln`, 'got [token].'],
    ['half a token', `--tokn=${encode('{"alg":"RS256"}')}.e30`, '--tokn=[token].'],
    ['an endless message', 'x'.repeat(2000), `${'x'.repeat(1000)}...`],
  ])('cures %s', (_what, message, sentence) => {
    expect(oneSentence(message)).toBe(sentence);
  });
});
