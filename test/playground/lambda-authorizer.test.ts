import { describe, expect, it, test } from '@jest/globals';
import { parseIdentitySources } from '../../playground/identity-sources.ts';
import type { LambdaAuthorizerSettings } from '../../playground/lambda-authorizer.ts';
import { LambdaAuthorizer } from '../../playground/lambda-authorizer.ts';
import type { InvocationResult } from '../../playground/lambda-runtime.ts';
import { parseAuthorizerAnswer } from '../../playground/parse-authorizer-answer.ts';
import type { RequestVariables } from '../../playground/request-variables.ts';

const ALLOW = policy('Allow');

function policy(Effect: 'Allow' | 'Deny', context?: Record<string, unknown>): InvocationResult {
  const Statement = [{ Action: 'execute-api:Invoke', Effect, Resource: '*' }];
  const answer = { principalId: 'alice', policyDocument: { Statement }, context };
  return { ok: true, payload: JSON.stringify(answer) };
}

function thrown(errorMessage: string, errorType = 'Error'): InvocationResult {
  return { ok: false, error: { errorType, errorMessage, trace: [] } };
}

interface Situation extends Partial<LambdaAuthorizerSettings> {
  readonly answers?: readonly (InvocationResult | 'never' | undefined)[];
}

/** An authorizer whose function gives the answers one after the other, the last one again and again. */
function anAuthorizer({ answers = [ALLOW], ...settings }: Situation = {}) {
  const events: unknown[] = [];
  const lines: string[] = [];
  const clock = { ms: 0 };
  const authorizer = new LambdaAuthorizer(
    {
      name: 'Authorizer',
      functionArn: '',
      identitySources: parseIdentitySources(['method.request.header.Authorization'], 'rest'),
      isIdentityRequired: true,
      resultTtlSeconds: 0,
      ...settings,
    },
    {
      invoke: (event) => {
        events.push(JSON.parse(event));
        const answer = answers[Math.min(events.length, answers.length) - 1];
        if (answer === 'never') return new Promise(() => {});
        return answer && Promise.resolve(answer);
      },
      parse: parseAuthorizerAnswer,
      now: () => clock.ms,
      log: (line) => lines.push(line),
    },
  );
  const decide = (authorization?: string, change: Partial<RequestVariables> = {}) => {
    const header: Record<string, string> = authorization === undefined ? {} : { authorization };
    const variables = { context: {}, stageVariables: {}, header, querystring: {}, path: {}, ...change };
    return authorizer.decide(variables, (identity) => ({ identity }));
  };
  return { authorizer, decide, events, lines, clock };
}

const no = (why: string) => ({ ok: false, why });

describe('LambdaAuthorizer', () => {
  it('builds the event from the values of the identity sources', async () => {
    const { decide, events } = anAuthorizer();

    await expect(decide('Bearer abc')).resolves.toMatchObject({ ok: true, answer: { principalId: 'alice' } });
    expect(events).toEqual([{ identity: ['Bearer abc'] }]);
  });

  test.each([
    ['a missing header', undefined],
    ['an empty header', ''],
    ['a header that the validation expression does not match', 'Basic abc'],
    ['a header of which it matches only a part', 'Bearer abc, Bearer def'],
  ])('refuses %s without invoking the function', async (_what, authorization) => {
    const { decide, events } = anAuthorizer({ validationExpression: 'Bearer \\w+' });

    await expect(decide(authorization)).resolves.toEqual(no('identity missing'));
    expect(events).toEqual([]);
  });

  it('wants every one of several identity sources', async () => {
    const identitySources = parseIdentitySources(
      ['method.request.header.Authorization', 'method.request.querystring.tenant', 'stageVariables.color'],
      'rest',
    );
    const { decide, events } = anAuthorizer({ identitySources });

    await expect(decide('a', { querystring: { tenant: '1' } })).resolves.toEqual(no('identity missing'));
    await decide('a', { querystring: { tenant: '1' }, stageVariables: { color: 'blue' } });
    expect(events).toEqual([{ identity: ['a', '1', 'blue'] }]);
  });

  it('invokes the function without an identity where none is required', async () => {
    const { decide, events } = anAuthorizer({ isIdentityRequired: false });

    await expect(decide(undefined)).resolves.toMatchObject({ ok: true });
    expect(events).toEqual([{ identity: [''] }]);
  });

  it('tells a thrown Unauthorized from other errors', async () => {
    await expect(anAuthorizer({ answers: [thrown('Unauthorized')] }).decide('x')).resolves.toEqual(
      no('unauthorized'),
    );
  });

  test.each([
    ['throws another message', thrown('Unauthorized: expired')],
    ['throws in another letter case', thrown('unauthorized')],
    ['times out', thrown('RequestId: 1 Error: Task timed out after 5.00 seconds', 'Sandbox.Timedout')],
    ['answers null', { ok: true, payload: 'null' } as const],
    ['answers with an HTTP status', { ok: true, payload: '{"statusCode":401}' } as const],
    ['answers with an object in the context', policy('Allow', { groups: {} })],
  ])('is misconfigured when the function %s, and logs it', async (_what, answer) => {
    const { decide, lines } = anAuthorizer({ answers: [answer] });

    await expect(decide('secret')).resolves.toEqual(no('misconfigured'));
    expect(lines).toEqual([expect.stringContaining('Authorizer')]);
    expect(lines.join()).not.toContain('secret');
  });

  it('waits no longer than it may', async () => {
    const { decide, lines } = anAuthorizer({ answers: ['never'], timeoutMs: 1 });

    await expect(decide('x')).resolves.toEqual(no('misconfigured'));
    expect(lines).toEqual([expect.stringContaining('within 1 ms')]);
  });

  it('is unreachable when there is no function to call', async () => {
    await expect(anAuthorizer({ answers: [undefined] }).decide('x')).resolves.toEqual(no('unreachable'));
  });
});

describe('the results cache of LambdaAuthorizer', () => {
  it('is off with a lifetime of 0 seconds', async () => {
    const { decide, events } = anAuthorizer({ resultTtlSeconds: 0 });

    await decide('a');
    await decide('a');

    expect(events).toHaveLength(2);
  });

  it('keeps an answer for its lifetime, by the identity', async () => {
    const { decide, events, clock } = anAuthorizer({ resultTtlSeconds: 60 });

    await decide('a');
    clock.ms = 59_999;
    await decide('a');
    expect(events).toHaveLength(1);

    await decide('b');
    expect(events).toHaveLength(2);

    clock.ms = 60_000;
    await decide('a');
    expect(events).toHaveLength(3);
  });

  it('has one entry for each combination of all identity sources', async () => {
    const identitySources = parseIdentitySources(
      ['method.request.header.Authorization', 'context.httpMethod'],
      'rest',
    );
    const { decide, events } = anAuthorizer({ identitySources, resultTtlSeconds: 60 });

    for (const httpMethod of ['GET', 'POST', 'GET', 'POST']) await decide('a', { context: { httpMethod } });

    expect(events).toEqual([{ identity: ['a', 'GET'] }, { identity: ['a', 'POST'] }]);
  });

  it('keeps nothing without an identity source', async () => {
    const { decide, events } = anAuthorizer({ identitySources: [], resultTtlSeconds: 60 });

    await decide('a');
    await decide('a');

    expect(events).toHaveLength(2);
  });

  it('keeps a Deny as well', async () => {
    const { decide } = anAuthorizer({ resultTtlSeconds: 60, answers: [policy('Deny'), ALLOW] });

    await decide('a');

    await expect(decide('a')).resolves.toMatchObject({ answer: { statements: [{ effect: 'Deny' }] } });
  });

  it('is empty after a flush', async () => {
    const { authorizer, decide, events } = anAuthorizer({ resultTtlSeconds: 60 });

    await decide('a');
    authorizer.flush();
    await decide('a');

    expect(events).toHaveLength(2);
  });

  test.each([
    ['a thrown Unauthorized', thrown('Unauthorized')],
    ['a fault', thrown('table down')],
    ['a malformed answer', { ok: true, payload: 'null' } as const],
  ])('never keeps %s', async (_what, first) => {
    const { decide } = anAuthorizer({ resultTtlSeconds: 60, answers: [first, ALLOW] });

    await expect(decide('a')).resolves.toMatchObject({ ok: false });
    await expect(decide('a')).resolves.toMatchObject({ ok: true });
  });
});
