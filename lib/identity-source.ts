import type { IdentityPlace, IdentitySourceSettings } from '../lambda/environment.ts';
import { showValue } from './show-value.ts';

/** API Gateway knows a header and a query parameter by such names. */
const PARAMETER_NAME = /^[A-Za-z0-9._$-]+$/;
/** A token of RFC 9110 section 5.6.2: the name of a cookie, or of a subprotocol. */
const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const MAX_NAME_CHARS = 128;

/**
 * A place where requests carry their token.
 *
 * @example
 * const identitySources = [IdentitySource.header('Authorization'), IdentitySource.webSocketProtocol()];
 */
export class IdentitySource {
  /**
   * A header. In `Authorization` the token stands behind the word `Bearer`, in any other header it may stand alone.
   *
   * @param name  in any case
   */
  static header(name: string): IdentitySource {
    checkName('header', name, PARAMETER_NAME, 'such as "Authorization"');
    const special = SPECIAL_HEADERS[name.toLowerCase()];
    if (special !== undefined) {
      throw new Error(
        `IdentitySource.header(${showValue(name)}): the token does not stand in that header by itself; use ${special}.`,
      );
    }
    return new IdentitySource({ in: 'header', name: name.toLowerCase() }, name);
  }

  /**
   * A cookie whose value is the token. A cookie is sent along by requests of other sites too: let the issuer of the
   * cookie set `SameSite`, and protect what changes something against cross-site request forgery.
   *
   * @param name  case-sensitive
   */
  static cookie(name: string): IdentitySource {
    checkName('cookie', name, TOKEN, 'such as "__Host-token"');
    return new IdentitySource({ in: 'cookie', name }, 'Cookie');
  }

  /**
   * A parameter of the query string. Addresses end up in browser histories and in logs that are not ours; use it only
   * for clients that can do nothing else, and with tokens that live for minutes.
   *
   * @param name  case-sensitive
   */
  static queryString(name: string): IdentitySource {
    checkName('queryString', name, PARAMETER_NAME, 'such as "access_token"');
    return new IdentitySource({ in: 'query', name }, name);
  }

  /**
   * The subprotocols that a WebSocket client offers: a name, and the token after it. A browser can do that, where it
   * cannot set a header: `new WebSocket(url, ['bearer', token])`. The integration of `$connect` must answer the header
   * `Sec-WebSocket-Protocol: bearer`, or the browser closes the connection.
   *
   * REST and HTTP APIs ignore it.
   *
   * @param name  case-sensitive
   */
  static webSocketProtocol(name = 'bearer'): IdentitySource {
    checkName('webSocketProtocol', name, TOKEN, 'such as "bearer"');
    return new IdentitySource({ in: 'subprotocol', name }, 'Sec-WebSocket-Protocol');
  }

  /** @internal */
  readonly settings: IdentitySourceSettings;
  /** The name of the header or parameter, as API Gateway has it. @internal */
  readonly parameter: string;

  private constructor(settings: IdentitySourceSettings, parameter: string) {
    this.settings = settings;
    this.parameter = parameter;
  }
}

const SPECIAL_HEADERS: Readonly<Record<string, string>> = {
  cookie: 'IdentitySource.cookie(...)',
  'sec-websocket-protocol': 'IdentitySource.webSocketProtocol(...)',
};

function checkName(factory: string, name: unknown, form: RegExp, example: string): void {
  if (typeof name === 'string' && name.length <= MAX_NAME_CHARS && form.test(name)) return;
  throw new Error(
    `IdentitySource.${factory}(${showValue(name)}): that is no name that API Gateway knows; give up to ${MAX_NAME_CHARS} letters, digits, "." "_" and "-", ${example}.`,
  );
}

/** How the three kinds of APIs write the place of a value. */
const EXPRESSIONS = {
  rest: { header: 'method.request.header.', query: 'method.request.querystring.' },
  http: { header: '$request.header.', query: '$request.querystring.' },
  websocket: { header: 'route.request.header.', query: 'route.request.querystring.' },
} as const;

export type ApiType = keyof typeof EXPRESSIONS;

/**
 * What distinguishes the requests of a token, for responses that are about one route. `path` may begin with a stage or a base
 * path, so that it needs the domain name beside it.
 */
const ROUTE_EXPRESSIONS = {
  rest: ['context.httpMethod', 'context.path', 'context.domainName'],
  http: [
    '$context.httpMethod',
    '$context.path',
    '$context.domainName',
    '$context.customDomain.basePathMatched',
  ],
  websocket: [],
} as const satisfies Record<ApiType, readonly string[]>;

/** Leaves out the sources that requests to such an API do not have. */
export function sourcesOf(type: ApiType, sources: readonly IdentitySource[]): readonly IdentitySource[] {
  return sources.filter(({ settings }) => type === 'websocket' || settings.in !== 'subprotocol');
}

/**
 * Writes what API Gateway is to require of a request before it invokes the authorizer. Nothing when the token may stand
 * in one of several places, because API Gateway demands every identity source that it is told of.
 *
 * @param isByRoute  whether responses are to be cached by route too; its values stand behind the token in the cache key
 * @throws {Error} requests to such an API have none of the sources
 */
export function identitySourceExpressions(
  type: ApiType,
  sources: readonly IdentitySource[],
  method: string,
  isByRoute = false,
): string[] | undefined {
  const [source, second] = sourcesOf(type, sources);
  if (source === undefined) {
    throw new Error(
      `${method}: option "identitySources" holds only IdentitySource.webSocketProtocol(...), which no other request has; add IdentitySource.header('Authorization').`,
    );
  }
  if (second !== undefined) return undefined;
  const token = `${EXPRESSIONS[type][PLACES[source.settings.in]]}${source.parameter}`;
  return [token, ...(isByRoute ? ROUTE_EXPRESSIONS[type] : [])];
}

const PLACES = {
  header: 'header',
  cookie: 'header',
  subprotocol: 'header',
  query: 'query',
} as const satisfies Record<IdentityPlace, 'header' | 'query'>;
