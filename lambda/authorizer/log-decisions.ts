import type { Logger } from '@aws-lambda-powertools/logger';
import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import type { DeniedRoute, Evidence } from '../denial.ts';
import { Fault } from '../fault.ts';
import type { Response } from './build-response.ts';
import type { Decision } from './check-route.ts';
import { digest } from './digest.ts';
import type { AuthorizerRequest } from './parse-event.ts';

/** A decision, and the response to API Gateway. */
export interface Answered {
  readonly decision: Decision;
  readonly response: Response;
}

/** What is noted about a request in hand. */
export interface Started extends Record<string, unknown> {
  startedAt?: number;
  /** Absent: the event is not recognized. */
  request?: AuthorizerRequest;
}

/**
 * Logs one line per decision, from this list of fields and no others:
 *
 * - `decision`: allow, denial or fault; `reason`: the denial reason or fault code
 * - `issuer`: the configured id of a trusted issuer; `kid`: only that of a key that this issuer publishes
 * - `ambiguousKid`: several keys that the issuer publishes under that `kid` fit the token, so that none was used
 * - `jti` and `sub`: digests, only behind a valid signature
 * - `anomaly`: checking the signature ended in an error that should not be possible; to be looked at and counted
 * - `kind`: of the API and its authorizer
 * - `route`: API, stage and method; not the path, which is a stranger's text and may hold secrets
 * - `sourceIp`: as API Gateway saw it, which a TOKEN event does not tell
 * - `contextLeftOut`: the names of the context values whose claims have a form that the backend cannot get
 * - `degraded`, of an allow: by what was known before the table went down; to be counted
 * - `rule`: the route of the rule that decided, as the table spells it; `missing`: what it asks for and the token lacks,
 *   `acrValues`, `maxAge`: how to sign in for it
 * - `wouldDeny`, of an allow, with `reason`: a rule that is only tried out would have refused it; to be counted
 * - `requestId`, `durationMs`, `coldStart`
 * - `cause`, of a fault: the class names and stack frames of what was caught
 *
 * Does NOT log a token, wherever the request carries it, a claim value, or the message of an error that is not ours: it may quote either.
 */
export function logDecisions(log: Logger): MiddlewareObj<unknown, Answered, Error, Context, Started> {
  let isColdStart = true;
  return {
    before: ({ internal }) => {
      internal.startedAt = performance.now();
    },
    after: ({ response, context, internal }) => {
      if (response)
        log.info('decision', {
          ...fieldsOf(response.decision, internal.request),
          ...circumstances(context.awsRequestId, internal),
        });
    },
    onError: (request) => {
      const fault = Fault.fitToThrow(request.error);
      log.error('decision', {
        decision: 'fault',
        reason: fault.code,
        cause: Fault.describe(request.error),
        ...fieldsOfRequest(request.internal.request),
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

function fieldsOf(decision: Decision, request: AuthorizerRequest | undefined) {
  if (decision.ok) {
    const { claims, degraded, rule, wouldDeny, leftOut } = decision.value;
    return {
      decision: 'allow',
      ...(wouldDeny && { wouldDeny: true, reason: wouldDeny.reason }),
      ...fieldsOfEvidence(claims),
      ...fieldsOfRequest(request),
      ...(rule !== undefined && { rule }),
      ...fieldsOfRoute(wouldDeny),
      ...(degraded && { degraded }),
      ...(leftOut && { contextLeftOut: leftOut }),
    };
  }
  const { reason, evidence = {}, route } = decision.denial;
  return {
    decision: 'denial',
    reason,
    ...fieldsOfEvidence(evidence),
    ...fieldsOfRequest(request),
    ...fieldsOfRoute(route),
  };
}

function fieldsOfRoute({ rule, missing, challenge }: Partial<DeniedRoute> = {}) {
  return {
    ...(rule !== undefined && { rule }),
    ...(missing && { missing }),
    ...(challenge?.acrValues !== undefined && { acrValues: challenge.acrValues }),
    ...(challenge?.maxAgeSeconds !== undefined && { maxAge: challenge.maxAgeSeconds }),
  };
}

function fieldsOfEvidence({ issuer, kid, isAmbiguousKid, jwtId, subject, isAnomaly }: Evidence) {
  return {
    ...(issuer && { issuer: issuer.id }),
    ...(kid !== undefined && { kid }),
    ...(isAmbiguousKid && { ambiguousKid: true }),
    ...(jwtId !== undefined && { jti: digest(jwtId) }),
    ...(subject !== undefined && { sub: digest(subject) }),
    ...(isAnomaly && { anomaly: true }),
  };
}

function fieldsOfRequest(request: AuthorizerRequest | undefined) {
  if (request === undefined) return {};
  const { apiId, stage } = request.arn;
  const sourceIp = request.kind === 'rest-token' ? undefined : request.sourceIp;
  return {
    kind: request.kind,
    route: `${apiId}/${stage}/${request.method}`,
    ...(sourceIp !== undefined && { sourceIp }),
  };
}
