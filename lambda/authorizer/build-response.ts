import type { DenialReason, DenialRule } from '../denial.ts';
import { DENIALS } from '../denial.ts';
import type { DenialDetail, HttpApiAnswer } from '../environment.ts';
import { Fault } from '../fault.ts';
import type { Grants, Statement } from '../routes/compile-policy.ts';
import type { Decision, RouteDecision } from './authorize.ts';
import type { AuthorizerContext, Caller } from './describe-caller.ts';
import type { MethodArn } from './parse-method-arn.ts';
import { stageArnOf } from './parse-method-arn.ts';

const MAX_ANSWER_BYTES = 8192;
const MAX_RESOURCE_CHARS = 512;

/** The form that REST and WebSocket APIs take, and HTTP APIs that are set up so. */
export interface PolicyAnswer extends Partial<Caller> {
  readonly principalId: string;
  readonly policyDocument: {
    readonly Version: '2012-10-17';
    readonly Statement: readonly Statement[];
  };
}

/** Not an answer: the function has to throw exactly this text to make a REST or WebSocket API answer 401. */
export const UNAUTHORIZED = 'Unauthorized';

/** The form that HTTP APIs take with payload 2.0 and simple responses. */
export interface SimpleAnswer {
  readonly isAuthorized: boolean;
  readonly context?: AuthorizerContext;
}

/**
 * Builds the answer that this kind of API wants: an IAM policy for the whole stage, so that a cached answer is right on
 * every route behind it, or just whether the caller is authorized.
 *
 * With a route table the policy is the whole permission set of the token, for a refused route too: the answer may be cached,
 * and then decides about other routes, so it carries the context of the caller either way.
 *
 * The resource is made of the parts of the ARN that AWS fixes, never of its path, which is a stranger's text in which
 * a `*` would be a wildcard; see `openRoutes` for the one exception. HTTP APIs have no
 * other refusal than 403.
 *
 * @param detail  `reason`: a refusal of offered credentials is a Deny whose context names `reason` and `error`, for the
 *   template of the gateway response ACCESS_DENIED. Without credentials it stays 401, as API Gateway answers by itself.
 *   WebSocket APIs have no such template, so there every 401 stays one.
 * @param httpApiAnswer  the form for HTTP APIs with payload 2.0; those with 1.0 always get a policy
 * @returns the answer, with the context of the caller; or {@link UNAUTHORIZED}
 * @throws {Fault} `response_too_large`
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export function buildResponse(
  decision: Decision,
  detail: DenialDetail,
  httpApiAnswer: HttpApiAnswer = 'simple',
): PolicyAnswer | SimpleAnswer | typeof UNAUTHORIZED {
  const { arn, kind } = decision.request;
  const isSimple = kind === 'http-2.0' && httpApiAnswer === 'simple';
  if (decision.allow) {
    const { caller, claims, route } = decision;
    if (isSimple) return { isAuthorized: true, context: caller.context };
    const grants = route?.grants ?? { allow: ['*'], deny: [] };
    return fitting({ ...policy(grants, arn, claims.subject), ...caller });
  }
  const { reason } = decision.denial;
  const { status, error }: DenialRule = DENIALS[reason];
  const tellsReason = detail === 'reason' && error !== undefined && kind !== 'websocket';
  const { refused } = decision;
  const told = tellsReason ? { context: contextOf(reason, error, refused?.route) } : {};
  if (isSimple) return { isAuthorized: false, ...told };
  const isHttp = kind === 'http-1.0' || kind === 'http-2.0';
  if (status === 401 && !isHttp && !tellsReason) return UNAUTHORIZED;
  if (refused === undefined) return { ...policy({ allow: [], deny: ['*'] }, arn, 'denied'), ...told };
  const { caller, claims, route } = refused;
  const context = { ...caller.context, ...told.context };
  return fitting({ ...policy(route.grants, arn, claims.subject), ...caller, context });
}

/** It goes into a JSON template in which nothing is escaped: codes of our table, never anything of the request. */
function contextOf(reason: DenialReason, error: string, route?: RouteDecision): AuthorizerContext {
  const { acrValues, maxAgeSeconds } = route?.challenge ?? {};
  return {
    reason,
    error,
    ...(acrValues !== undefined && isPlain(acrValues) && { acr_values: acrValues }),
    ...(maxAgeSeconds !== undefined && { max_age: maxAgeSeconds }),
  };
}

/** The owner wrote it; still, a quote or a backslash would break the JSON of the template, and `$` may begin a variable. */
function isPlain(text: string): boolean {
  return /^[ !#%-[\]-~]+$/.test(text);
}

function policy({ allow, deny }: Grants, arn: MethodArn, principalId: string): PolicyAnswer {
  const stageArn = stageArnOf(arn);
  const resourceOf = (resource: string) => stageArn + resource;
  const statement = (Effect: Statement['Effect'], resources: readonly string[]): Statement[] => {
    const [first, ...others] = resources.map(resourceOf);
    if (first === undefined) return [];
    const Resource = others.length === 0 ? first : [first, ...others];
    return [{ Action: 'execute-api:Invoke', Effect, Resource }];
  };
  return {
    principalId,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [...statement('Allow', allow), ...statement('Deny', deny)],
    },
  };
}

/** @throws {Fault} `response_too_large`  a shortened policy would be another one */
function fitting(answer: PolicyAnswer): PolicyAnswer {
  const longest = Math.max(
    ...answer.policyDocument.Statement.flatMap(({ Resource }) => Resource).map((resource) => resource.length),
  );
  if (longest > MAX_RESOURCE_CHARS)
    throw new Fault('response_too_large', `a resource of its policy takes ${longest} characters`);
  const bytes = Buffer.byteLength(JSON.stringify(answer));
  if (bytes > MAX_ANSWER_BYTES) throw new Fault('response_too_large', `it takes ${bytes} bytes`);
  return answer;
}
