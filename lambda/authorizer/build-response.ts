import type { DenialReason, DenialRule } from '../denial.ts';
import { DENIALS } from '../denial.ts';
import type { DenialDetail, HttpApiAnswer } from '../environment.ts';
import type { Decision } from './authorize.ts';
import type { AuthorizerContext, Caller } from './describe-caller.ts';
import type { MethodArn } from './parse-method-arn.ts';

/** The form that REST and WebSocket APIs take, and HTTP APIs that are set up so. */
export interface PolicyAnswer extends Partial<Caller> {
  readonly principalId: string;
  readonly policyDocument: {
    readonly Version: '2012-10-17';
    readonly Statement: readonly [
      {
        readonly Action: 'execute-api:Invoke';
        readonly Effect: 'Allow' | 'Deny';
        readonly Resource: string;
      },
    ];
  };
}

/** The form that HTTP APIs take with payload 2.0 and simple responses. */
export interface SimpleAnswer {
  readonly isAuthorized: boolean;
  readonly context?: AuthorizerContext;
}

/**
 * Builds the answer that this kind of API wants: an IAM policy for the whole stage, so that a cached answer is right on
 * every route behind it, or just whether the caller is authorized.
 *
 * The resource is made of the parts of the ARN that AWS fixes, never of its path, which is a stranger's text in which
 * a `*` would be a wildcard. HTTP APIs are never thrown at: they have no other refusal than 403.
 *
 * @param detail  `reason`: a refusal of offered credentials is a Deny whose context names `reason` and `error`, for the
 *   template of the gateway response ACCESS_DENIED. Without credentials it stays 401, as API Gateway answers by itself.
 *   WebSocket APIs have no such template, so there every 401 stays one.
 * @param httpApiAnswer  the form for HTTP APIs with payload 2.0; those with 1.0 always get a policy
 * @returns the answer, with the context of the caller
 * @throws {Error} `Unauthorized`, fresh and with nothing attached (the runtime prints what is): the only way to make a
 *   REST or WebSocket API answer 401
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export function buildResponse(
  decision: Decision,
  detail: DenialDetail,
  httpApiAnswer: HttpApiAnswer = 'simple',
): PolicyAnswer | SimpleAnswer {
  const { arn, kind } = decision.request;
  const isSimple = kind === 'http-2.0' && httpApiAnswer === 'simple';
  if (decision.allow) {
    const { caller, claims } = decision;
    if (isSimple) return { isAuthorized: true, context: caller.context };
    return { ...policy('Allow', arn, claims.subject), ...caller };
  }
  const { reason } = decision.denial;
  const { status, error }: DenialRule = DENIALS[reason];
  const tellsReason = detail === 'reason' && error !== undefined && kind !== 'websocket';
  const told = tellsReason ? { context: contextOf(reason, error) } : {};
  if (isSimple) return { isAuthorized: false, ...told };
  const isHttp = kind === 'http-1.0' || kind === 'http-2.0';
  if (status === 401 && !isHttp && !tellsReason) throw unauthorized();
  return { ...policy('Deny', arn, 'denied'), ...told };
}

/** It goes into a JSON template in which nothing is escaped: codes of our table, never anything of the request. */
function contextOf(reason: DenialReason, error: string): AuthorizerContext {
  return { reason, error };
}

function policy(effect: 'Allow' | 'Deny', arn: MethodArn, principalId: string): PolicyAnswer {
  const { partition, region, accountId, apiId, stage } = arn;
  return {
    principalId,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Action: 'execute-api:Invoke',
          Effect: effect,
          Resource: `arn:${partition}:execute-api:${region}:${accountId}:${apiId}/${stage}/*`,
        },
      ],
    },
  };
}

/** The runtime logs the stack of whatever is thrown; that of a refusal would only cost money. */
function unauthorized(): Error {
  const error = new Error('Unauthorized');
  error.stack = String(error);
  return error;
}
