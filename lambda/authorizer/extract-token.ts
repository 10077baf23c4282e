import type { Result } from '../denial.ts';
import { denied } from '../denial.ts';
import type { IdentitySourceSettings } from '../environment.ts';
import type { BearerScheme } from './parse-credentials.ts';
import { parseCredentials } from './parse-credentials.ts';
import type { AuthorizerRequest, WholeRequest } from './parse-event.ts';

/**
 * Takes the bearer token from the one identity source that has one.
 *
 * In the header `Authorization` the token stands behind the scheme `Bearer`, in another header with or without it, and
 * alone in a cookie, a query string and a WebSocket subprotocol.
 *
 * Does NOT look inside the token; see `verifyToken`. Does NOT notice a second token that a TOKEN authorizer, which sees
 * one header only, is not told of.
 *
 * @returns the token, or a denial: `token_missing` (no credentials anywhere, or of another scheme),
 *   `credentials_malformed` (two places, two values in one place, or no b64token)
 * @see RFC 6750 section 2: clients must not use more than one method to transmit the token
 */
export function extractToken(
  request: AuthorizerRequest,
  sources: readonly IdentitySourceSettings[],
): Result<string> {
  const found = placesOf(request, sources).flatMap(({ scheme, values }) => {
    const [value] = values;
    if (values.length > 1) return [denied('credentials_malformed')];
    const token = parseCredentials(value, scheme);
    return token.ok || token.denial.reason !== 'token_missing' ? [token] : [];
  });
  const [token = denied('token_missing'), second] = found;
  return second === undefined ? token : denied('credentials_malformed');
}

/** What the request has in one identity source. */
interface Place {
  readonly scheme: BearerScheme;
  readonly values: readonly string[];
}

function placesOf(request: AuthorizerRequest, sources: readonly IdentitySourceSettings[]): readonly Place[] {
  if (request.kind !== 'rest-token') {
    return sources.map((source) => ({ scheme: schemeOf(source), values: valuesOf(request, source) }));
  }
  // Its one value is that of a header, whose name the event does not tell.
  const header = sources.find((source) => source.in === 'header');
  if (header === undefined || request.authorization === undefined) return [];
  return [{ scheme: schemeOf(header), values: [request.authorization] }];
}

function schemeOf(source: IdentitySourceSettings): BearerScheme {
  if (source.in !== 'header') return 'none';
  return source.name.toLowerCase() === 'authorization' ? 'required' : 'optional';
}

function valuesOf(request: WholeRequest, source: IdentitySourceSettings): readonly string[] {
  switch (source.in) {
    case 'header':
      return request.headers.get(source.name.toLowerCase()) ?? [];
    case 'cookie':
      return request.cookies.get(source.name) ?? [];
    case 'query':
      return request.query.get(source.name) ?? [];
    case 'subprotocol':
      return request.kind === 'websocket' ? tokensBehind(source.name, request) : [];
  }
}

/**
 * A browser cannot set headers of a WebSocket, but it offers subprotocols: the token is the one that follows the agreed
 * name. A name without a token gives an empty one, which is malformed rather than missing.
 *
 * @see RFC 6455 section 4.1, item 10: several headers are as one with commas
 */
function tokensBehind(name: string, { headers }: WholeRequest): readonly string[] {
  const offered = (headers.get('sec-websocket-protocol') ?? [])
    .flatMap((value) => value.split(','))
    .map((protocol) => protocol.trim());
  return offered.flatMap((protocol, index) => (protocol === name ? [offered[index + 1] ?? ' '] : []));
}
