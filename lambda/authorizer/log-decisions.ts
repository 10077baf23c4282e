import { hash } from 'node:crypto';
import type { Logger } from '@aws-lambda-powertools/logger';
import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { Fault } from '../fault.ts';
import type { Decision } from './authorize.ts';

/** What the middleware notes about a request in hand. */
export interface Started extends Record<string, unknown> {
  startedAt?: number;
}

/**
 * Logs one line per decision, from this list of fields and no others: `decision` (allow, denial, fault), `reason` (the
 * denial reason or fault code), `issuer` (its id), `jti` and `sub` (digests), `requestId`, `durationMs`, `coldStart`; for
 * a fault also `cause`, the class names and stack frames of what was caught.
 *
 * Does NOT log a token, a claim value, or the message of an error that is not ours: it may quote either.
 */
export function logDecisions(log: Logger): MiddlewareObj<unknown, Decision, Error, Context, Started> {
  let isColdStart = true;
  return {
    before: ({ internal }) => {
      internal.startedAt = performance.now();
    },
    after: ({ response, context, internal }) => {
      if (response)
        log.info('decision', { ...fieldsOf(response), ...circumstances(context.awsRequestId, internal) });
    },
    onError: (request) => {
      const fault = Fault.fitToThrow(request.error);
      log.error('decision', {
        decision: 'fault',
        reason: fault.code,
        cause: Fault.describe(request.error),
        ...circumstances(request.context.awsRequestId, request.internal),
      });
      request.error = fault;
    },
  };

  function circumstances(requestId: string, { startedAt = performance.now() }: Started) {
    const coldStart = isColdStart;
    isColdStart = false;
    const durationMs = Math.round(performance.now() - startedAt);
    return { requestId, durationMs, ...(coldStart && { coldStart }) };
  }
}

function fieldsOf(decision: Decision) {
  if (!decision.allow) return { decision: 'denial', reason: decision.denial.reason };
  const { issuer, jwtId, subject } = decision.claims;
  return { decision: 'allow', issuer: issuer.id, jti: digest(jwtId), sub: digest(subject) };
}

/** Enough to follow one token or person through a log without naming them. */
function digest(claim: string): string {
  return hash('sha256', claim, 'base64url').slice(0, 16);
}
