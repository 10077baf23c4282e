import { describe, expect, it, test } from '@jest/globals';
import type { Addresses } from '../../playground/walkthrough-steps.ts';
import { stepsFor } from '../../playground/walkthrough-steps.ts';

const ALL = {
  origin: 'http://127.0.0.1:4010',
  revocations: 'Authorizer-Revocations',
  restUrl: 'http://127.0.0.1:4010/rest/orders',
  httpUrl: 'http://127.0.0.1:4010/http/orders',
  webSocketUrl: 'ws://127.0.0.1:4010/ws',
};
const { origin, revocations, restUrl, httpUrl, webSocketUrl } = ALL;

function storyFor(addresses: Addresses): string {
  const story = stepsFor(addresses).map((step) => {
    if (step.kind === 'mint') return 'mint';
    return step.kind === 'cli' ? step.command : step.expected.status;
  });
  return story.join(' ');
}

describe('stepsFor', () => {
  test.each([
    [
      'every kind of API',
      ALL,
      'mint 200 200 101 revoke 401 403 401 reinstate 200 200 101 401 401 401 401 401 401 401',
    ],
    [
      'a REST API alone',
      { origin, revocations, restUrl },
      'mint 200 revoke 401 reinstate 200 401 401 401 401 401',
    ],
    ['an HTTP API alone', { origin, revocations, httpUrl }, 'mint 200 revoke 403 reinstate 200 401'],
    ['a WebSocket API alone', { origin, revocations, webSocketUrl }, 'mint 101 revoke 401 reinstate 101 401'],
  ])('tells the story of %s in order', (_what, addresses, story) => {
    expect(storyFor(addresses)).toBe(story);
  });

  it('has titles that can be pasted as comments', () => {
    for (const { title } of stepsFor(ALL)) expect(title).toMatch(/^[\w ,:]+$/);
  });
});
