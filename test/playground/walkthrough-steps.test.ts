import { describe, expect, it, test } from '@jest/globals';
import { cliArguments, STEPS, toShell } from '../../playground/walkthrough-steps.ts';

const ADDRESSES = {
  origin: 'http://127.0.0.1:4010',
  callUrl: 'http://127.0.0.1:4010/rest/orders',
  revocations: 'Authorizer-Revocations',
};

describe('toShell', () => {
  test.each([
    [
      'a call with the token minted earlier',
      {
        kind: 'call',
        title: '',
        expected: { status: 200 },
        credentials: { from: 'minted earlier' },
      } as const,
      `curl -sS -i -w '\\n' -H "Authorization: Bearer $TOKEN" http://127.0.0.1:4010/rest/orders`,
    ],
    [
      'a call without a token',
      { kind: 'call', title: '', expected: { status: 401 }, credentials: { from: 'nowhere' } } as const,
      `curl -sS -i -w '\\n' http://127.0.0.1:4010/rest/orders`,
    ],
    [
      'a command whose reason needs quotes',
      { kind: 'cli', title: '', command: 'revoke', reason: "Bob's laptop" } as const,
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

describe('STEPS', () => {
  it('tells the story in order: mint, call, revoke, call, reinstate, call, then the refusals', () => {
    const story = STEPS.map((step) =>
      step.kind === 'call' ? step.expected.status : step.kind === 'cli' ? step.command : step.kind,
    );

    expect(story).toEqual(['mint', 200, 'revoke', 401, 'reinstate', 200, 401, 401, 401, 401, 401]);
  });

  it('has titles that can be pasted as comments', () => {
    for (const { title } of STEPS) expect(title).toMatch(/^[\w ,:]+$/);
  });
});
