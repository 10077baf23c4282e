// What the client of a REST API reads when it is refused: plain data, without CDK, so that docs/denials.md shows the
// very same.
import type { DenialDetail } from '../lambda/environment.ts';
import type { RouteConditions } from '../lambda/route-table.ts';

/** The one sentence for every refusal; it never tells why. */
export const DENIAL_MESSAGE = 'The security token included in the request is invalid.';

/** For whoever could not be checked: nobody said no, so the client may keep its token and try again. */
const FAULT_MESSAGE =
  'The request could not be authorized because of a fault on the server. Try again later; the security token was not refused.';

export const DENIAL_RESPONSE_TYPES = [
  'UNAUTHORIZED',
  'ACCESS_DENIED',
  'AUTHORIZER_FAILURE',
  'AUTHORIZER_CONFIGURATION_ERROR',
] as const;
export type DenialResponseType = (typeof DENIAL_RESPONSE_TYPES)[number];

/** How to sign in for the route, by the parameters of RFC 9470 section 3: each a field of the body and a context value. */
export type SignInField = 'acr_values' | 'max_age';

/** Lists the fields that some rule can fill; without one they would be empty in every body. */
export function signInFields(rules: readonly RouteConditions[]): SignInField[] {
  return [
    ...(rules.some(({ acr }) => acr) ? ['acr_values' as const] : []),
    ...(rules.some(({ maxAuthAgeSeconds }) => maxAuthAgeSeconds !== undefined) ? ['max_age' as const] : []),
  ];
}

/** One gateway response. */
export interface DenialBody {
  readonly statusCode: '401' | '403' | '500';
  /** The challenge of RFC 6750 section 3; a fault has none. */
  readonly challenge?: string;
  /**
   * A JSON text in which API Gateway replaces `$context` variables, escaping nothing: only codes and ids may stand there. A
   * value that is missing becomes an empty text, so each stands in quotes, numbers too.
   */
  readonly template: string;
}

/**
 * Writes the gateway responses.
 *
 * API Gateway has one fixed challenge per response type. So a request without any credentials, which RFC 6750 section
 * 3.1 would answer without an error code, gets `invalid_token` too; and where the reason stands in the body the
 * challenge has no error code, because it would be the wrong one for some of them.
 *
 * @param signIn  the fields beside the reason, see {@link signInFields}
 */
export function denialBodies(
  detail: DenialDetail,
  signIn: readonly SignInField[] = [],
): Readonly<Record<DenialResponseType, DenialBody>> {
  const fault: DenialBody = { statusCode: '500', template: body(FAULT_MESSAGE, 'server_error') };
  return {
    UNAUTHORIZED: {
      statusCode: '401',
      challenge: challenge('invalid_token'),
      template: body(DENIAL_MESSAGE, 'invalid_token'),
    },
    ACCESS_DENIED:
      detail === 'reason'
        ? {
            statusCode: '403',
            challenge: challenge(),
            template: body(
              DENIAL_MESSAGE,
              '$context.authorizer.error',
              Object.fromEntries(['reason', ...signIn].map((name) => [name, `$context.authorizer.${name}`])),
            ),
          }
        : {
            statusCode: '403',
            challenge: challenge('insufficient_scope'),
            template: body(DENIAL_MESSAGE, 'insufficient_scope'),
          },
    AUTHORIZER_FAILURE: fault,
    AUTHORIZER_CONFIGURATION_ERROR: fault,
  };
}

function body(message: string, error: string, more: Readonly<Record<string, string>> = {}): string {
  return JSON.stringify({ message, error, ...more, requestId: '$context.requestId' });
}

/** Both values are quoted strings without a quote or a backslash in them, as RFC 6750 section 3 wants. */
function challenge(error?: string): string {
  const code = error === undefined ? '' : `error="${error}", `;
  return `Bearer ${code}error_description="${DENIAL_MESSAGE}"`;
}
