// RFC 7009 section 2.1, RFC 7662 section 2.1: the request, which is the same for both endpoints.
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { readHeaders } from '../authorizer/read-request-values.ts';

export interface TokenRequest {
  /** Anything; see `verifyToken`. */
  readonly token: string;
  /** What the client believes that it is; it may be wrong. */
  readonly hint: string | undefined;
}

/**
 * Reads the form of a request.
 *
 * @returns undefined when it is no form, or names two types, or lacks the token, or has a parameter twice (RFC 6749 section 3.2)
 */
export function readTokenRequest(event: APIGatewayProxyEvent): TokenRequest | undefined {
  const [type = '', second] = readHeaders(event).get('content-type') ?? [];
  if (second !== undefined || !/^application\/x-www-form-urlencoded *(;|$)/i.test(type)) return undefined;
  const body = event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString('utf8') : event.body;
  const form = new URLSearchParams(body ?? '');
  const tokens = form.getAll('token');
  const hints = form.getAll('token_type_hint');
  const [token] = tokens;
  if (!token || tokens.length > 1 || hints.length > 1) return undefined;
  return { token, hint: hints[0] };
}
