// The grammar of routes, as API Gateway writes them: `GET /orders/{id}`, `ANY /admin/{proxy+}`, `$connect`, `$default`.

/** The verbs that `ANY` stands for. No rule covers another one. */
export const VERBS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;

export type RoutedApi = 'rest' | 'http' | 'websocket';

/** A parsed route. */
export interface RoutePattern {
  /** The verbs that it takes; `$connect` for the route of that name. */
  readonly methods: readonly string[];
  readonly isAny: boolean;
  /** Literal text, `{name}`, or, as the last one, `{name+}`. The root has one empty segment, `$connect` none. */
  readonly segments: readonly string[];
  /** `$default`: every request to an HTTP API that no other route takes. */
  readonly isDefault: boolean;
}

const ROUTE = /^(ANY|[A-Z]+) \/((?:[^\s/]+(?:\/[^\s/]+)*)?)$/;
const VARIABLE = /^\{[A-Za-z0-9._-]+\+?\}$/;
/** A dot segment, or nothing but parameters: no rule covers a path with one; see `hasDotSegment`. */
const LITERAL = /^(?!\.{1,2}(;|$)|;)[A-Za-z0-9._~@!$+,;=:-]+$/;

/**
 * Parses a route of a route table: a verb or `ANY`, a space and a path such as `/orders/{id}` or `/admin/{proxy+}`;
 * `$connect`; `$default`.
 *
 * @returns undefined if the text is not such a route
 */
export function parseRoute(route: string): RoutePattern | undefined {
  if (route === '$connect') return { methods: [route], isAny: false, segments: [], isDefault: false };
  if (route === '$default') return { methods: VERBS, isAny: true, segments: ['{rest+}'], isDefault: true };
  const [, method = '', path = ''] = ROUTE.exec(route) ?? [];
  const isAny = method === 'ANY';
  if (!isAny && !VERBS.some((verb) => verb === method)) return undefined;
  const segments = path.split('/');
  const isValid = segments.every(
    (segment, at) =>
      (path === '' || LITERAL.test(segment) || VARIABLE.test(segment)) &&
      (!isGreedy(segment) || at === segments.length - 1),
  );
  return isValid ? { methods: isAny ? VERBS : [method], isAny, segments, isDefault: false } : undefined;
}

/** Parses a route that an API has. Takes any path: API Gateway accepted it. */
export function parseApiRoute(route: string): RoutePattern {
  const known = parseRoute(route);
  if (known !== undefined) return known;
  const [method = '', path = ''] = route.split(/ \/(.*)/s);
  const isAny = method === 'ANY';
  return { methods: isAny ? VERBS : [method], isAny, segments: path.split('/'), isDefault: false };
}

export function isVariable(segment: string): boolean {
  return segment.startsWith('{');
}

export function isGreedy(segment: string): boolean {
  return segment.endsWith('+}');
}

/** The name of a variable, `proxy` for `{proxy+}`. */
export function nameOf(segment: string): string {
  return segment.replace(/^\{|\+?\}$/g, '');
}

/** Writes the path without the names of its variables, which do not distinguish routes. */
export function shapeOf({ segments, isDefault }: RoutePattern): string {
  if (isDefault) return '$default';
  return `/${segments.map((each) => (isGreedy(each) ? '{+}' : isVariable(each) ? '{}' : each)).join('/')}`;
}

/** Whether an API of this kind can have the route. */
export function isRouteOf(api: RoutedApi, { methods, isDefault }: RoutePattern): boolean {
  const isConnect = methods[0] === '$connect';
  return api === 'websocket' ? isConnect : !isConnect && (api === 'http' || !isDefault);
}
