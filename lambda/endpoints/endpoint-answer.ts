// RFC 6749 section 5.2, RFC 7009 section 2.2, RFC 7662 section 2.2: what the two token endpoints answer.
import type { APIGatewayProxyResult } from 'aws-lambda';

/** Answers hold for this moment only: the next one may be revoked. */
const HEADERS = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', Pragma: 'no-cache' };

/** The refusals; the client is told what it did wrong, and nothing about the token. */
const REFUSALS = {
  invalid_request: { status: 400, what: 'Send one token, as application/x-www-form-urlencoded.' },
  unsupported_token_type: { status: 400, what: 'Refresh tokens are revoked at their issuer.' },
  unauthorized_client: { status: 400, what: 'The token was issued to another client.' },
  invalid_client: { status: 401, what: 'Authenticate with the id and the secret of the client.' },
  temporarily_unavailable: { status: 503, what: 'Try again later.' },
} as const;

export type RefusalCode = keyof typeof REFUSALS;

export function answer(body: object | undefined): APIGatewayProxyResult {
  return { statusCode: 200, headers: HEADERS, body: body === undefined ? '' : JSON.stringify(body) };
}

export function refuse(error: RefusalCode): APIGatewayProxyResult {
  const { status, what } = REFUSALS[error];
  return {
    statusCode: status,
    headers: {
      ...HEADERS,
      ...(status === 401 && { 'WWW-Authenticate': 'Basic realm="token", charset="UTF-8"' }),
      ...(status === 503 && { 'Retry-After': '1' }),
    },
    body: JSON.stringify({ error, error_description: what }),
  };
}
