import type { Config } from '../config.ts';
import type { Denial, DenialReason, DenialRule } from '../denial.ts';
import { DENIALS } from '../denial.ts';
import { Fault } from '../fault.ts';
import type { Decision } from './check-route.ts';
import type { AuthorizerContext, Caller } from './describe-caller.ts';
import { isSimple } from './is-simple.ts';
import { stageArnOf } from './name-resource.ts';
import type { AuthorizerRequest } from './parse-event.ts';
import type { MethodArn } from './parse-method-arn.ts';

const MAX_RESPONSE_BYTES = 8192;

/** What REST and WebSocket APIs take, and HTTP APIs that are set up for it. */
export interface PolicyResponse extends Partial<Caller> {
  readonly principalId: string;
  readonly policyDocument: {
    readonly Version: '2012-10-17';
    readonly Statement: readonly {
      readonly Action: 'execute-api:Invoke';
      readonly Effect: 'Allow' | 'Deny';
      readonly Resource: string;
    }[];
  };
}

/** What HTTP APIs take with payload 2.0 and simple responses. */
export interface SimpleResponse {
  readonly isAuthorized: boolean;
  readonly context?: AuthorizerContext;
}

/** Not a response: the function throws exactly this text, and a REST or WebSocket API answers 401. */
export const UNAUTHORIZED = 'Unauthorized';

export type Response = PolicyResponse | SimpleResponse | typeof UNAUTHORIZED;

/** The settings of the owner that decide on the form of a response. */
type AnswerSettings = Pick<Config, 'denialDetail' | 'httpApiAnswer'>;

/** How each kind of API is told to allow, and to deny with a status. HTTP APIs answer 403 to both. */
const FORMS = {
  rest: { allow: 'policy', 401: UNAUTHORIZED, 403: 'policy' },
  websocket: { allow: 'policy', 401: UNAUTHORIZED, 403: 'policy' },
  http: { allow: 'policy', 401: 'policy', 403: 'policy' },
  'http, simple': { allow: 'simple', 401: 'simple', 403: 'simple' },
} as const;

/**
 * Builds the response that this kind of API takes.
 *
 * A denial is an explicit Deny of the whole stage, because a REST API with a resource policy takes silence for consent. If
 * only the route is denied, it names the caller, for the access log.
 *
 * With `denialDetail: 'reason'`, a denial of presented credentials is a Deny whose context names `reason` and `error`, for
 * the template of the gateway response ACCESS_DENIED. WebSocket APIs have no such template.
 *
 * @throws {Fault} `response_too_large`
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export function buildResponse(
  request: AuthorizerRequest,
  decision: Decision,
  settings: AnswerSettings,
): Response {
  const { arn } = request;
  if (decision.ok) {
    const { caller, resource } = decision.value;
    if (formsFor(request, settings).allow === 'simple')
      return { isAuthorized: true, context: caller.context };
    return refuseTooLarge({ ...caller, ...policy('Allow', arn, resource) });
  }
  const { reason, caller } = decision.denial;
  const form = formOfDenial(request, reason, settings);
  const error = errorToTell(request, reason, settings);
  const told = error === undefined ? {} : { context: contextOf(decision.denial, error) };
  if (form === 'simple') return { isAuthorized: false, ...told };
  if (form === UNAUTHORIZED) return UNAUTHORIZED;
  const deny = policy('Deny', arn, '*');
  if (caller === undefined) return { principalId: 'denied', ...deny, ...told };
  return refuseTooLarge({ ...caller, ...deny, context: { ...caller.context, ...told.context } });
}

/**
 * Tells whether API Gateway keeps the denial of a request in its results cache: it keeps what it is answered, a denial like an
 * allow, and forgets what is thrown. WebSocket APIs have no such cache.
 */
export function isDenialCached(
  request: AuthorizerRequest,
  reason: DenialReason,
  settings: AnswerSettings & Pick<Config, 'hasResultsCache'>,
): boolean {
  const isKept = settings.hasResultsCache && request.api !== 'websocket';
  return isKept && formOfDenial(request, reason, settings) !== UNAUTHORIZED;
}

function formsFor(request: AuthorizerRequest, { httpApiAnswer }: AnswerSettings) {
  return FORMS[isSimple(request, httpApiAnswer) ? 'http, simple' : request.api];
}

function formOfDenial(request: AuthorizerRequest, reason: DenialReason, settings: AnswerSettings) {
  const form = formsFor(request, settings)[DENIALS[reason].status];
  const isTold = errorToTell(request, reason, settings) !== undefined;
  return isTold && form === UNAUTHORIZED ? 'policy' : form;
}

/** The code of RFC 6750 that goes with the reason; undefined: the client is told neither. */
function errorToTell({ api }: AuthorizerRequest, reason: DenialReason, { denialDetail }: AnswerSettings) {
  const { error }: DenialRule = DENIALS[reason];
  return denialDetail === 'reason' && api !== 'websocket' ? error : undefined;
}

/** Nothing escapes these in the JSON of the template: they are codes of our table and words of the owner's. */
function contextOf({ reason, route }: Denial, error: string): AuthorizerContext {
  const { acrValues, maxAgeSeconds } = route?.challenge ?? {};
  return {
    reason,
    error,
    ...(acrValues !== undefined && isPlain(acrValues) && { acr_values: acrValues }),
    ...(maxAgeSeconds !== undefined && { max_age: maxAgeSeconds }),
  };
}

/** A quote or a backslash would break the JSON of the template, and `$` may begin a variable. */
function isPlain(text: string): boolean {
  return /^[ !#%-[\]-~]+$/.test(text);
}

function policy(
  Effect: 'Allow' | 'Deny',
  arn: MethodArn,
  resource: string,
): Pick<PolicyResponse, 'policyDocument'> {
  const Statement = [{ Action: 'execute-api:Invoke' as const, Effect, Resource: stageArnOf(arn) + resource }];
  return { policyDocument: { Version: '2012-10-17', Statement } };
}

/** @throws {Fault} `response_too_large` */
function refuseTooLarge(response: PolicyResponse): PolicyResponse {
  const bytes = Buffer.byteLength(JSON.stringify(response));
  if (bytes > MAX_RESPONSE_BYTES) throw new Fault('response_too_large', `it takes ${bytes} bytes`);
  return response;
}
