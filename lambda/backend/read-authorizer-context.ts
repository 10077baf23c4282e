/** What the authorizer tells a backend about the caller. Every value is a text, whatever kind of API it came through. */
export interface AuthorizerContext {
  /**
   * The subject of the token. If it has control characters, its digest: 16 characters of base64url, the same as in the log,
   * by which the admin function finds nothing; revoke such a subject by its own value.
   */
  readonly sub: string;
  /** The issuer of the token. */
  readonly iss: string;
  /** The id of the token, or its digest, as of the subject. */
  readonly jti: string;
  /** Words separated by spaces; absent when the token has none. */
  readonly scope?: string;
  /** The application that the token was issued to; absent when the token does not say. */
  readonly clientId?: string;
  /** What the owner of the authorizer lists under `context`; absent when the token does not have it. */
  readonly [name: string]: string | undefined;
}

/** The request did not come by the authorizer. Answer 403. */
export class AuthorizerContextMissing extends Error {
  readonly statusCode = 403;

  constructor() {
    super('The request has no context of the authorizer, so nobody checked its token.');
    this.name = 'AuthorizerContextMissing';
  }
}

/** What API Gateway adds to the context of a REST or WebSocket API. */
const ADDED_BY_API_GATEWAY = ['principalId', 'integrationLatency'];

/**
 * Reads who called, as the authorizer passed it on, from the proxy event of a REST API, an HTTP API (payload 1.0 and 2.0)
 * or a WebSocket API.
 *
 * API Gateway alone writes this part of an event. It is missing when the route has no authorizer, and when a request
 * got around it, such as by a slash at the end of a path of an HTTP API.
 * Does NOT check that it was this authorizer and not another Lambda authorizer of the same API.
 *
 * @throws {AuthorizerContextMissing} the event does not say by whom and by which token
 */
export function readAuthorizerContext(event: unknown): AuthorizerContext {
  const { version, requestContext } = fieldsOf(event);
  const { authorizer } = fieldsOf(requestContext);
  const context = fieldsOf(version === '2.0' ? fieldsOf(authorizer)['lambda'] : authorizer);
  const texts: Record<string, string> = Object.fromEntries(
    Object.entries(context)
      .filter(([name, value]) => isFlat(value) && !ADDED_BY_API_GATEWAY.includes(name))
      .map(([name, value]) => [name, String(value)]),
  );
  const { sub, iss, jti } = texts;
  if (!sub || !iss || !jti) throw new AuthorizerContextMissing();
  return { ...texts, sub, iss, jti };
}

function isFlat(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
