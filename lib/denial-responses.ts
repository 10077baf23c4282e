import type { RestApiBase } from 'aws-cdk-lib/aws-apigateway';
import { ResponseType } from 'aws-cdk-lib/aws-apigateway';
import { refuseUnknownOptions } from './refuse-unknown-options.ts';
import { showValue } from './show-value.ts';

/** The one sentence for every refusal; it never tells why. */
const DENIAL_MESSAGE = 'The security token included in the request is invalid.';

/** For whoever could not be checked: nobody said no, so the client may keep its token and try again. */
const FAULT_MESSAGE =
  'The request could not be authorized because of a fault on the server. Try again later; the security token was not refused.';

/** Options of `addDenialResponses`. */
export interface DenialResponsesOptions {
  /**
   * The `Access-Control-Allow-Origin` of refusals. Without one, a browser hides the status from the page.
   *
   * @default - '*'
   */
  readonly allowOrigin?: string;
}

const OPTIONS = { allowOrigin: true } as const satisfies Record<keyof DenialResponsesOptions, true>;

interface DenialResponse {
  readonly id: string;
  readonly type: ResponseType;
  readonly statusCode: string;
  readonly message: string;
  /** The challenge of RFC 6750 section 3; a fault has none. */
  readonly challenge?: string;
}

// API Gateway has one fixed challenge per response type, so that a request without any credentials, which RFC 6750
// section 3.1 would answer without an error code, gets `invalid_token` too.
const RESPONSES: readonly DenialResponse[] = [
  {
    id: 'DenialUnauthorized',
    type: ResponseType.UNAUTHORIZED,
    statusCode: '401',
    message: DENIAL_MESSAGE,
    challenge: 'Bearer error="invalid_token"',
  },
  {
    id: 'DenialAccessDenied',
    type: ResponseType.ACCESS_DENIED,
    statusCode: '403',
    message: DENIAL_MESSAGE,
    challenge: 'Bearer error="insufficient_scope"',
  },
  {
    id: 'FaultAuthorizerFailure',
    type: ResponseType.AUTHORIZER_FAILURE,
    statusCode: '500',
    message: FAULT_MESSAGE,
  },
  {
    id: 'FaultAuthorizerConfiguration',
    type: ResponseType.AUTHORIZER_CONFIGURATION_ERROR,
    statusCode: '500',
    message: FAULT_MESSAGE,
  },
];

/** Gives the API's refusals and authorizer faults their body, challenge and CORS headers. */
export function addDenialResponses(restApi: RestApiBase, options: DenialResponsesOptions = {}): void {
  refuseUnknownOptions('addDenialResponses(...)', options, OPTIONS);
  const allowOrigin = readOrigin(options.allowOrigin ?? '*');
  for (const { id, type, statusCode, message, challenge } of RESPONSES) {
    restApi.addGatewayResponse(id, {
      type,
      statusCode,
      responseHeaders: {
        'Access-Control-Allow-Origin': literal(allowOrigin),
        ...(challenge !== undefined && {
          'Access-Control-Expose-Headers': literal('WWW-Authenticate'),
          'WWW-Authenticate': literal(challenge),
        }),
      },
      templates: { 'application/json': JSON.stringify({ message }) },
    });
  }
}

/** API Gateway takes what stands in single quotes as it is. */
function literal(value: string): string {
  return `'${value}'`;
}

function readOrigin(origin: unknown): string {
  if (typeof origin === 'string' && /^(\*|https?:\/\/[A-Za-z0-9.\-[\]:]+)$/.test(origin)) return origin;
  throw new Error(
    `addDenialResponses(...): option "allowOrigin" is ${showValue(origin)}; give one origin without a path, such as "https://app.example.com", or "*".`,
  );
}
