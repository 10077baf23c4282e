import type { Logger } from '@aws-lambda-powertools/logger';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Context } from 'aws-lambda';
import type { Decision } from '../../../lambda/authorizer/check-route.ts';
import { logDecisions } from '../../../lambda/authorizer/log-decisions.ts';
import { parseEvent } from '../../../lambda/authorizer/parse-event.ts';
import { readClaims } from '../../../lambda/authorizer/read-claims.ts';
import type { Evidence } from '../../../lambda/denial.ts';
import { Fault } from '../../../lambda/fault.ts';
import { aTokenEvent } from '../../support/a-logging-function.ts';
import { aTrustedIssuer } from '../../support/a-trusted-issuer.ts';

const event = { ...aTokenEvent('Bearer a.b.c'), methodArn: `${aTokenEvent('').methodArn}/secret-path` };
const context = { awsRequestId: 'request-1' } as Context;

let lines: Record<string, unknown>[];
let middleware: ReturnType<typeof logDecisions>;

beforeEach(() => {
  lines = [];
  const write = (_message: string, fields: Record<string, unknown>) => lines.push(fields);
  middleware = logDecisions({ info: write, error: write } as unknown as Logger);
});

/** Runs the middleware around a handler that decides so, or throws so. */
async function run(outcome: Decision | Error): Promise<unknown> {
  const request = {
    event,
    context,
    internal: { request: parseEvent(event) },
    response: null,
    error: null,
  } as never as Parameters<NonNullable<typeof middleware.onError>>[0];
  await middleware.before?.(request);
  if (outcome instanceof Error) {
    request.error = outcome;
    await middleware.onError?.(request);
  } else {
    request.response = { decision: outcome, response: 'Unauthorized' };
    await middleware.after?.(request);
  }
  return request.error;
}

function allowed(): Decision {
  const claims = readClaims(
    { iss: 'x', sub: 'alice', jti: 'j-1', iat: 1, exp: 2, email: 'a@b.c' },
    aTrustedIssuer(),
  );
  if (!claims.ok) throw new Error(claims.denial.reason);
  return {
    ok: true,
    value: {
      claims: { ...claims.value, kid: 'k' },
      caller: { principalId: 'alice', context: {} },
      resource: '*',
    },
  };
}

function refused(evidence?: Evidence): Decision {
  const denial = { reason: 'signature_invalid', ...(evidence && { evidence }) } as const;
  return { ok: false, denial };
}

describe('logDecisions', () => {
  it('writes an allow with digests of token and subject', async () => {
    await run(allowed());
    expect(lines).toEqual([
      {
        decision: 'allow',
        issuer: 'idp',
        kid: 'k',
        jti: expect.stringMatching(/^[\w-]{16}$/),
        sub: expect.stringMatching(/^[\w-]{16}$/),
        kind: 'rest-token',
        route: 'a1b2c3d4e5/prod/GET',
        requestId: 'request-1',
        durationMs: expect.any(Number),
        coldStart: true,
      },
    ]);
  });

  it('names the context values that were left out', async () => {
    const decision = allowed();
    if (decision.ok) await run({ ok: true, value: { ...decision.value, leftOut: ['tenant'] } });
    expect(lines).toMatchObject([{ decision: 'allow', contextLeftOut: ['tenant'] }]);
  });

  it('gives the same claim the same digest, and another another', async () => {
    await run(allowed());
    await run(refused({ jwtId: 'j-1', subject: 'bob' }));
    const [first, second] = lines;
    expect(second?.['jti']).toBe(first?.['jti']);
    expect(second?.['sub']).not.toBe(first?.['sub']);
  });

  it('writes a denial with no more than was established', async () => {
    const [bare, ...others] = [undefined, { issuer: { id: 'idp' } }, { issuer: { id: 'idp' }, kid: 'k' }];
    for (const evidence of [bare, ...others]) await run(refused(evidence));
    const denial = { decision: 'denial', reason: 'signature_invalid' };
    const here = { kind: 'rest-token', route: 'a1b2c3d4e5/prod/GET', requestId: 'request-1' };
    const durationMs = expect.any(Number);
    expect(lines).toEqual([
      { ...denial, ...here, durationMs, coldStart: true },
      { ...denial, ...here, durationMs, issuer: 'idp' },
      { ...denial, ...here, durationMs, issuer: 'idp', kid: 'k' },
    ]);
  });

  it('marks an anomaly, and only that', async () => {
    await run(refused({ isAnomaly: true }));
    await run(refused({ isAnomaly: false }));
    expect(lines.map((line) => line['anomaly'])).toEqual([true, undefined]);
  });

  it('marks a kid that stands for several keys, and no other', async () => {
    await run(refused({ kid: 'k', isAmbiguousKid: true }));
    await run(refused({ kid: 'k' }));
    expect(lines.map((line) => line['ambiguousKid'])).toEqual([true, undefined]);
  });

  it('writes a fault with the names of its causes, and hands on one without them', async () => {
    const cause = new TypeError('a claim value');
    const thrown = await run(new Fault('jwks_unavailable', 'the keys of idp could not be had', { cause }));
    expect(lines).toMatchObject([
      { decision: 'fault', reason: 'jwks_unavailable', route: 'a1b2c3d4e5/prod/GET' },
    ]);
    expect(lines[0]?.['cause']).toEqual([
      'jwks_unavailable: the keys of idp could not be had',
      expect.stringMatching(/^TypeError at /),
    ]);
    expect(thrown).toMatchObject({ code: 'jwks_unavailable' });
    expect(thrown).not.toHaveProperty('cause');
  });

  it('makes whatever else is thrown an unexpected fault', async () => {
    await expect(run(new RangeError('Bearer a.b.c'))).resolves.toMatchObject({ code: 'unexpected' });
    expect(lines).toMatchObject([{ decision: 'fault', reason: 'unexpected' }]);
  });

  it('writes nothing of the credentials, the path, a claim or a foreign message', async () => {
    await run(allowed());
    await run(refused({ jwtId: 'j-1' }));
    await run(new Error('Bearer a.b.c'));
    expect(JSON.stringify(lines)).not.toMatch(/a\.b\.c|secret-path|alice|j-1|a@b\.c/);
  });
});
