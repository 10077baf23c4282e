// Which route takes a request, and which of several API Gateway chooses.

import type { RoutedApi, RoutePattern } from './parse-route.ts';
import { isGreedy, isRouteOf, isVariable, parseApiRoute } from './parse-route.ts';
import { cutQuery, hasDotSegment, readPath } from './read-path.ts';

/** What a route table is asked about. */
export interface RoutedRequest {
  readonly api: RoutedApi;
  /** `$connect` for WebSocket APIs. */
  readonly method: string;
  /** As it stands in the ARN, without the leading slash: the client chose it. */
  readonly path: string;
  /** The route that API Gateway chose, if the event names it. */
  readonly route?: string | undefined;
  /** Whether a base path of a custom domain may stand before the path that rules are about. */
  readonly mayHaveBasePath?: boolean | undefined;
}

/** The route that decides about one reading of a path. */
export interface Match<T> {
  /** Undefined: no route matches. */
  readonly route: T | undefined;
  readonly segments: readonly string[];
}

interface HasPattern {
  readonly pattern: RoutePattern;
}

/**
 * Sorts the routes that an API of this kind can have, first the one that API Gateway would choose: literal text before
 * `{name}` before `{name+}`, segment by segment; then a verb before `ANY`; `$default` last. On HTTP APIs every route
 * without `{name+}` comes before those with one.
 */
export function sortRoutes<T extends HasPattern>(routes: readonly T[], api: RoutedApi): T[] {
  return routes
    .filter(({ pattern }) => isRouteOf(api, pattern))
    .sort(({ pattern: a }, { pattern: b }) => compare(api, a, b));
}

/**
 * Matches a request with routes.
 *
 * A percent-encoded path has two readings, as it came and decoded, because AWS does not document which of them the ARN
 * holds. A reading that does not fit the route that API Gateway chose is dropped. Where the most specific route neither
 * covers the chosen one nor is covered by it, the most specific one that does has to permit the request, too.
 *
 * @param routes  as {@link sortRoutes} sorted them
 * @returns at least one match; a request is permitted only if each of them permits it
 */
export function matchRoutes<T extends HasPattern>(
  routes: readonly T[],
  { api, method, path, route, mayHaveBasePath }: RoutedRequest,
): readonly Match<T>[] {
  const chosen = route === undefined ? undefined : parseApiRoute(route);
  const readings = hasDotSegment(path)
    ? []
    : [...readPath(api, path), ...(api === 'http' && chosen ? cutQuery(path) : [])]
        .map((segments) => withoutSlash(api, segments))
        .flatMap((segments) => (mayHaveBasePath ? withoutBasePath(segments) : [segments]))
        .filter((segments) => chosen === undefined || isMatch(chosen, method, segments));
  if (readings.length === 0) return [{ route: undefined, segments: [] }];
  return readings.flatMap((segments) => {
    const matching = (isMeant: (pattern: RoutePattern) => boolean) => ({
      route: routes.find(({ pattern }) => isMatch(pattern, method, segments) && isMeant(pattern)),
      segments,
    });
    const first = matching(() => true);
    if (chosen === undefined || first.route === undefined || isKin(first.route.pattern, chosen))
      return [first];
    return [first, matching((pattern) => isKin(pattern, chosen))];
  });
}

/** Whether every path of one of two routes is one of the other's. */
function isKin(a: RoutePattern, b: RoutePattern): boolean {
  return coversPath(a, b) || coversPath(b, a);
}

function coversPath(a: RoutePattern, b: RoutePattern): boolean {
  if (a.isDefault || b.isDefault) return a.isDefault;
  const last = a.segments.at(-1) ?? '';
  if (a.segments.length > b.segments.length || (!isGreedy(last) && a.segments.length < b.segments.length))
    return false;
  return b.segments.every((segment, at) => {
    const other = a.segments[at] ?? last;
    if (isGreedy(other)) return segment !== '';
    return isVariable(other) ? segment !== '' && !isGreedy(segment) : segment === other;
  });
}

/** A base path with more segments than this is not looked for. */
const MAX_BASE_SEGMENTS = 8;

/** A path as it is below each base path that it may have. */
function withoutBasePath(segments: readonly string[]): (readonly string[])[] {
  return segments.slice(0, MAX_BASE_SEGMENTS + 1).map((_, at) => segments.slice(at));
}

/** On REST APIs a slash at the end of a path does not count, on HTTP APIs it does. */
function withoutSlash(api: RoutedApi, segments: readonly string[]): readonly string[] {
  return api === 'rest' && segments.length > 1 && segments.at(-1) === '' ? segments.slice(0, -1) : segments;
}

/** A variable is never empty. */
function isMatch({ methods, segments, isDefault }: RoutePattern, method: string, sent: readonly string[]) {
  if (!methods.includes(method)) return false;
  if (isDefault || segments.length === 0) return true;
  const last = segments.at(-1) ?? '';
  if (sent.length !== segments.length && !(isGreedy(last) && sent.length > segments.length)) return false;
  return segments.every((segment, at) => {
    if (isGreedy(segment)) return sent.length > segments.length || sent[at] !== '';
    return isVariable(segment) ? sent[at] !== '' : segment === sent[at];
  });
}

function compare(api: RoutedApi, a: RoutePattern, b: RoutePattern): number {
  return (
    Number(a.isDefault) - Number(b.isDefault) ||
    (api === 'http' ? Number(endsGreedy(a)) - Number(endsGreedy(b)) : 0) ||
    compareSegments(a.segments, b.segments) ||
    Number(a.isAny) - Number(b.isAny)
  );
}

function endsGreedy({ segments }: RoutePattern): boolean {
  return isGreedy(segments.at(-1) ?? '');
}

function compareSegments(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const difference = rank(a[at]) - rank(b[at]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** -1 after the end of a path, so that the order is total. */
function rank(segment: string | undefined): number {
  if (segment === undefined) return -1;
  if (isGreedy(segment)) return 2;
  return isVariable(segment) ? 1 : 0;
}
