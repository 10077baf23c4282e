// What API Gateway itself answers when a request does not reach, or does not pass, the integration.
import type { RequestVariables } from './request-variables.ts';
import { substitute } from './request-variables.ts';

/** The gateway responses that a REST API of the local mode can give, with what AWS answers by default. */
export const GATEWAY_RESPONSES = {
  ACCESS_DENIED: {
    status: 403,
    exception: 'AccessDeniedException',
    message: 'User is not authorized to access this resource',
  },
  API_CONFIGURATION_ERROR: {
    status: 500,
    exception: 'InternalServerErrorException',
    message: 'Internal server error',
  },
  AUTHORIZER_CONFIGURATION_ERROR: {
    status: 500,
    exception: 'AuthorizerConfigurationException',
    message: null,
  },
  AUTHORIZER_FAILURE: { status: 500, exception: 'AuthorizerFailureException', message: null },
  /** A malformed answer of the integration has no type of its own. */
  DEFAULT_5XX: {
    status: 502,
    exception: 'InternalServerErrorException',
    message: 'Internal server error',
  },
  INVALID_API_KEY: { status: 403, exception: 'ForbiddenException', message: 'Forbidden' },
  INTEGRATION_TIMEOUT: {
    status: 504,
    exception: 'InternalServerErrorException',
    message: 'Endpoint request timed out',
  },
  MISSING_AUTHENTICATION_TOKEN: {
    status: 403,
    exception: 'MissingAuthenticationTokenException',
    message: 'Missing Authentication Token',
  },
  /** Has no type of its own either. */
  DEFAULT_4XX: { status: 414, exception: 'RequestURITooLongException', message: 'Request-URI Too Long' },
  UNAUTHORIZED: { status: 401, exception: 'UnauthorizedException', message: 'Unauthorized' },
} as const;

export type GatewayResponseType = keyof typeof GATEWAY_RESPONSES;

/** A gateway response as a template declares it. */
export interface DeclaredResponse {
  readonly status?: number;
  /** By parameter name, `gatewayresponse.header.X`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** By content type. */
  readonly templates: Readonly<Record<string, string>>;
}

/** Why a request was refused. */
export interface Refusal {
  readonly type: GatewayResponseType;
  /** Instead of the default message of the type. */
  readonly message?: string;
  /** The context that the authorizer returned with a Deny. */
  readonly authorizer?: Readonly<Record<string, unknown>>;
}

/** What goes back to the client. */
export interface Answer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Uint8Array<ArrayBuffer>;
}

/**
 * Builds the answer to a refused request: as the template declares it for the type of the refusal, else as it declares
 * it for DEFAULT_4XX or DEFAULT_5XX, else as AWS answers by default.
 *
 * Nothing is escaped in what is substituted, as on AWS.
 */
export function buildGatewayResponse(
  refusal: Refusal,
  declared: ReadonlyMap<string, DeclaredResponse>,
  request: RequestVariables,
): Answer {
  const { status, exception, message: defaultMessage } = GATEWAY_RESPONSES[refusal.type];
  const message = refusal.message ?? defaultMessage;
  const response = declared.get(refusal.type) ?? declared.get(status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX');
  const variables: RequestVariables = {
    ...request,
    context: {
      ...request.context,
      authorizer: refusal.authorizer,
      error: { message, messageString: JSON.stringify(message), responseType: refusal.type },
    },
  };
  const [contentType, template] = Object.entries(response?.templates ?? {}).sort(byPreference)[0] ?? [
    'application/json',
    // AWS writes this one with a capital M.
    `{"${refusal.type === 'ACCESS_DENIED' ? 'Message' : 'message'}":$context.error.messageString}`,
  ];
  return {
    status: response?.status ?? status,
    headers: [
      ['Content-Type', contentType],
      ['x-amzn-ErrorType', exception],
      ...headersOf(response?.parameters ?? {}, variables),
    ],
    body: substitute(template, variables),
  };
}

function byPreference([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return Number(b === 'application/json') - Number(a === 'application/json');
}

function headersOf(
  parameters: DeclaredResponse['parameters'],
  variables: RequestVariables,
): [string, string][] {
  return Object.entries(parameters).flatMap(([parameter, mapping]): [string, string][] => {
    const name = /^gatewayresponse\.header\.(.+)$/.exec(parameter)?.[1];
    if (name === undefined) return [];
    const literal = /^'(.*)'$/s.exec(mapping)?.[1];
    const value = literal ?? substitute(`$${mapping}`, variables);
    return value === '' ? [] : [[name, value]];
  });
}
