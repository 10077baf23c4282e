import { describe, expect, it, test } from '@jest/globals';
import { cliArguments, toShell } from '../../playground/to-shell.ts';
import type { Step } from '../../playground/walkthrough-steps.ts';

const ADDRESSES = { origin: 'http://127.0.0.1:4010', revocations: 'Authorizer-Revocations' };
const CALL = {
  kind: 'call',
  title: '',
  url: 'http://127.0.0.1:4010/rest/orders',
  expected: { status: 200 },
} as const;
const CONNECT = { ...CALL, kind: 'connect', url: 'ws://127.0.0.1:4010/ws' } as const;

describe('toShell', () => {
  test.each<[string, Step, string]>([
    [
      'a call with the token minted earlier',
      { ...CALL, credentials: { from: 'minted earlier' } },
      `curl -sS -i -w '\\n' -H "Authorization: Bearer $TOKEN" http://127.0.0.1:4010/rest/orders`,
    ],
    [
      'a call without a token',
      { ...CALL, credentials: { from: 'nowhere' } },
      `curl -sS -i -w '\\n' http://127.0.0.1:4010/rest/orders`,
    ],
    [
      'a call with a token of its own',
      { ...CALL, credentials: { from: 'minted now', request: '{"sign":"bad"}' } },
      `curl -sS -i -w '\\n' -H "Authorization: Bearer $(curl -sS -H 'content-type: application/json' -d '{"sign":"bad"}' -H 'accept: text/plain' http://127.0.0.1:4010/issuer/token)" http://127.0.0.1:4010/rest/orders`,
    ],
    [
      'a connection, through npm and with the token on standard input',
      { ...CONNECT, credentials: { from: 'minted earlier' } },
      `echo "$TOKEN" | npm run -s connect -- ws://127.0.0.1:4010/ws`,
    ],
    [
      'a connection without a token',
      { ...CONNECT, credentials: { from: 'nowhere' } },
      `echo "" | npm run -s connect -- ws://127.0.0.1:4010/ws`,
    ],
    [
      'a command whose reason needs quotes',
      { kind: 'cli', title: '', command: 'revoke', reason: "Bob's laptop" },
      `echo "$TOKEN" | npx revocable-authorizer revoke token --endpoint-url http://127.0.0.1:4010 --function Authorizer-Revocations --reason 'Bob'\\''s laptop'`,
    ],
  ])('writes %s', (_what, step, command) => {
    expect(toShell(step, ADDRESSES)).toBe(command);
  });
});

describe('cliArguments', () => {
  it('never holds a token', () => {
    expect(
      cliArguments({ kind: 'cli', title: '', command: 'reinstate', reason: 'found' }, ADDRESSES),
    ).toEqual([
      'reinstate',
      'token',
      '--endpoint-url',
      'http://127.0.0.1:4010',
      '--function',
      'Authorizer-Revocations',
      '--reason',
      'found',
    ]);
  });
});
