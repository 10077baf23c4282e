import { describe, expect, it, test } from '@jest/globals';
import type { InvocationResult } from '../../playground/lambda-runtime.ts';
import type { TokenAuthorizerSettings } from '../../playground/token-authorizer.ts';
import { TokenAuthorizer } from '../../playground/token-authorizer.ts';

const STAGE = 'arn:aws:execute-api:us-east-1:123456789012:abc/prod';
const ORDERS = `${STAGE}/GET/orders`;

function policy(
  effect: 'Allow' | 'Deny',
  resource: string,
  context?: Record<string, unknown>,
): InvocationResult {
  const Statement = [{ Action: 'execute-api:Invoke', Effect: effect, Resource: resource }];
  return {
    ok: true,
    payload: JSON.stringify({ principalId: 'alice', policyDocument: { Statement }, context }),
  };
}

function thrown(errorMessage: string, errorType = 'Error'): InvocationResult {
  return { ok: false, error: { errorType, errorMessage, trace: [] } };
}

interface Situation extends Partial<TokenAuthorizerSettings> {
  readonly answers?: readonly (InvocationResult | undefined)[];
}

/** An authorizer whose function gives the answers one after the other, the last one again and again. */
function anAuthorizer({ answers = [policy('Allow', `${STAGE}/*`)], ...settings }: Situation = {}) {
  const events: unknown[] = [];
  const lines: string[] = [];
  const clock = { ms: 0 };
  const authorizer = new TokenAuthorizer(
    { name: 'Authorizer', header: 'authorization', resultTtlSeconds: 0, ...settings },
    {
      invoke: (event) => {
        events.push(JSON.parse(event));
        const answer = answers[Math.min(events.length, answers.length) - 1];
        return answer && Promise.resolve(answer);
      },
      now: () => clock.ms,
      log: (line) => lines.push(line),
    },
  );
  const authorize = (authorization: string | undefined, methodArn = ORDERS) =>
    authorizer.authorize(authorization === undefined ? {} : { authorization }, methodArn);
  return { authorize, events, lines, clock };
}

const UNAUTHORIZED = { ok: false, refusal: { type: 'UNAUTHORIZED' } };
const CONFIGURATION_ERROR = { ok: false, refusal: { type: 'AUTHORIZER_CONFIGURATION_ERROR' } };

describe('TokenAuthorizer', () => {
  it('sends exactly the event of a TOKEN authorizer', async () => {
    const { authorize, events } = anAuthorizer();

    await authorize('Bearer abc');

    expect(events).toEqual([{ type: 'TOKEN', authorizationToken: 'Bearer abc', methodArn: ORDERS }]);
  });

  it('allows with the context as texts, and the principal in it', async () => {
    const { authorize } = anAuthorizer({ answers: [policy('Allow', ORDERS, { level: 7 })] });

    await expect(authorize('Bearer abc')).resolves.toEqual({
      ok: true,
      context: { level: '7', principalId: 'alice' },
    });
  });

  test.each([
    ['a missing header', undefined],
    ['an empty header', ''],
    ['a header that the validation expression does not match', 'Basic abc'],
    ['a header of which it matches only a part', 'Bearer abc, Bearer def'],
  ])('refuses %s without invoking the function', async (_what, authorization) => {
    const { authorize, events } = anAuthorizer({ validationExpression: 'Bearer \\w+' });

    await expect(authorize(authorization)).resolves.toEqual(UNAUTHORIZED);
    expect(events).toEqual([]);
  });

  it('refuses as UNAUTHORIZED when the function throws exactly that', async () => {
    await expect(anAuthorizer({ answers: [thrown('Unauthorized')] }).authorize('x')).resolves.toEqual(
      UNAUTHORIZED,
    );
  });

  test.each([
    ['throws another message', thrown('Unauthorized: expired')],
    ['throws in another letter case', thrown('unauthorized')],
    ['times out', thrown('RequestId: 1 Error: Task timed out after 5.00 seconds', 'Sandbox.Timedout')],
    ['answers null', { ok: true, payload: 'null' } as const],
    ['answers with an HTTP status', { ok: true, payload: '{"statusCode":401}' } as const],
    ['answers with an object in the context', policy('Allow', ORDERS, { groups: {} })],
  ])('has a configuration error when the function %s, and logs it', async (_what, answer) => {
    const { authorize, lines } = anAuthorizer({ answers: [answer] });

    await expect(authorize('secret')).resolves.toEqual(CONFIGURATION_ERROR);
    expect(lines).toEqual([expect.stringContaining('Authorizer')]);
    expect(lines.join()).not.toContain('secret');
  });

  it('fails when there is no function to call', async () => {
    await expect(anAuthorizer({ answers: [undefined] }).authorize('x')).resolves.toEqual({
      ok: false,
      refusal: { type: 'AUTHORIZER_FAILURE' },
    });
  });

  it('tells an explicit deny, with the context for the gateway response', async () => {
    const { authorize } = anAuthorizer({ answers: [policy('Deny', `${STAGE}/*`, { reason: 'scope' })] });

    await expect(authorize('x')).resolves.toEqual({
      ok: false,
      refusal: {
        type: 'ACCESS_DENIED',
        message: 'User is not authorized to access this resource with an explicit deny',
        authorizer: { reason: 'scope', principalId: 'alice' },
      },
    });
  });

  it('tells an implicit deny', async () => {
    const { authorize } = anAuthorizer({ answers: [policy('Allow', `${STAGE}/GET/other`)] });

    await expect(authorize('x')).resolves.toEqual({
      ok: false,
      refusal: { type: 'ACCESS_DENIED', authorizer: { principalId: 'alice' } },
    });
  });
});

describe('the results cache of TokenAuthorizer', () => {
  it('is off with a lifetime of 0 seconds', async () => {
    const { authorize, events } = anAuthorizer({ resultTtlSeconds: 0 });

    await authorize('a');
    await authorize('a');

    expect(events).toHaveLength(2);
  });

  it('keeps an answer for its lifetime, by header value', async () => {
    const { authorize, events, clock } = anAuthorizer({ resultTtlSeconds: 60 });

    await authorize('a');
    clock.ms = 59_999;
    await authorize('a');
    expect(events).toHaveLength(1);

    await authorize('b');
    expect(events).toHaveLength(2);

    clock.ms = 60_000;
    await authorize('a');
    expect(events).toHaveLength(3);
  });

  it('evaluates a cached policy again, against the method of the new request', async () => {
    const { authorize, events } = anAuthorizer({ resultTtlSeconds: 60, answers: [policy('Allow', ORDERS)] });

    await expect(authorize('a')).resolves.toMatchObject({ ok: true });
    await expect(authorize('a', `${STAGE}/GET/other`)).resolves.toMatchObject({
      refusal: { type: 'ACCESS_DENIED' },
    });
    expect(events).toHaveLength(1);
  });

  it('keeps a Deny as well', async () => {
    const answers = [policy('Deny', `${STAGE}/*`), policy('Allow', `${STAGE}/*`)];
    const { authorize } = anAuthorizer({ resultTtlSeconds: 60, answers });

    await authorize('a');

    await expect(authorize('a')).resolves.toMatchObject({ refusal: { type: 'ACCESS_DENIED' } });
  });

  test.each([
    ['a thrown Unauthorized', thrown('Unauthorized')],
    ['a fault', thrown('table down')],
    ['a malformed answer', { ok: true, payload: 'null' } as const],
  ])('never keeps %s', async (_what, first) => {
    const { authorize } = anAuthorizer({ resultTtlSeconds: 60, answers: [first, policy('Allow', ORDERS)] });

    await expect(authorize('a')).resolves.toMatchObject({ ok: false });
    await expect(authorize('a')).resolves.toMatchObject({ ok: true });
  });
});
