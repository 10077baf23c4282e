import type { ApiKind } from './api-route.ts';
import type { RouteKey } from './read-route-key.ts';

/** The rules that decide about requests to one route. */
export interface DecidingRules<T> {
  /** Those that decide about at least some of its requests, the most specific first. */
  readonly rules: readonly T[];
  /** Whether they decide about all of its requests; about the others no rule does, so they are denied. */
  readonly isComplete: boolean;
}

/**
 * Finds which rules of a table decide about requests to a route of an API. Rules and routes are both patterns: a route
 * `ANY /{proxy+}` can have many rules, a rule `GET /orders/{id}` can be about the route `GET /orders/latest`.
 */
export function decidingRules<T extends { readonly key: RouteKey }>(
  rules: readonly T[],
  kind: ApiKind,
  route: RouteKey,
): DecidingRules<T> {
  const before: RouteKey[] = [];
  const deciding: T[] = [];
  for (const rule of [...rules].sort((a, b) => bySpecificity(a.key, b.key, kind))) {
    const both = intersect(rule.key, route, kind);
    if (both === undefined) continue;
    if (!before.some((earlier) => covers(earlier, both, kind))) deciding.push(rule);
    before.push(rule.key);
  }
  return { rules: deciding, isComplete: before.some((key) => covers(key, route, kind)) };
}

/** The requests that two patterns share, as a pattern; undefined when there are none. */
function intersect(a: RouteKey, b: RouteKey, kind: ApiKind): RouteKey | undefined {
  if (a.kind === 'special' || b.kind === 'special') {
    if (a.kind === b.kind)
      return a.kind === 'special' && b.kind === 'special' && a.name === b.name ? a : undefined;
    const [special, other] = a.kind === 'special' ? [a, b] : [b, a];
    return special.kind === 'special' && isRest(special, kind) ? other : undefined;
  }
  const method = a.method === 'ANY' ? b.method : a.method;
  if (b.method !== 'ANY' && b.method !== method) return undefined;
  const segments = intersectSegments(a.segments, b.segments);
  return segments && { kind: 'path', method, segments };
}

function intersectSegments(a: readonly string[], b: readonly string[]): string[] | undefined {
  const [first, ...restOfA] = a;
  const [second, ...restOfB] = b;
  if (first === undefined || second === undefined) return first === second ? [] : undefined;
  if (isGreedy(first)) return [...b];
  if (isGreedy(second)) return [...a];
  if (!isVariable(first) && !isVariable(second) && first !== second) return undefined;
  const rest = intersectSegments(restOfA, restOfB);
  return rest && [isVariable(first) ? second : first, ...rest];
}

/** Whether every request of the second pattern is one of the first. */
function covers(a: RouteKey, b: RouteKey, kind: ApiKind): boolean {
  if (a.kind === 'special') return isRest(a, kind) || (b.kind === 'special' && a.name === b.name);
  if (b.kind === 'special' || (a.method !== 'ANY' && a.method !== b.method)) return false;
  for (const [index, segment] of a.segments.entries()) {
    const other = b.segments[index];
    if (other === undefined) return false;
    if (isGreedy(segment)) return true;
    if (isGreedy(other) || (!isVariable(segment) && segment !== other)) return false;
  }
  return a.segments.length === b.segments.length;
}

/** `$default` of an HTTP API takes whatever nothing else takes. */
function isRest({ name }: Extract<RouteKey, { kind: 'special' }>, kind: ApiKind): boolean {
  return name === '$default' && kind === 'http';
}

/**
 * As API Gateway chooses: text over `{name}` over `{name+}`, part by part; then the verb over `ANY`; `$default` last. On
 * HTTP APIs every path without `{name+}` comes before those with one.
 */
function bySpecificity(a: RouteKey, b: RouteKey, kind: ApiKind): number {
  if (a.kind === 'special' || b.kind === 'special') {
    return Number(a.kind === 'special') - Number(b.kind === 'special');
  }
  const greedy = Number(endsGreedy(a.segments)) - Number(endsGreedy(b.segments));
  if (kind === 'http' && greedy !== 0) return greedy;
  const length = Math.max(a.segments.length, b.segments.length);
  for (let index = 0; index < length; index += 1) {
    const difference = rank(a.segments[index]) - rank(b.segments[index]);
    if (difference !== 0) return difference;
  }
  return Number(a.method === 'ANY') - Number(b.method === 'ANY');
}

function rank(segment: string | undefined): number {
  if (segment === undefined) return 0;
  if (isGreedy(segment)) return 3;
  return isVariable(segment) ? 2 : 1;
}

function endsGreedy(segments: readonly string[]): boolean {
  return isGreedy(segments.at(-1) ?? '');
}

function isVariable(segment: string): boolean {
  return segment.startsWith('{');
}

function isGreedy(segment: string): boolean {
  return segment.endsWith('+}');
}
