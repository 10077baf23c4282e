import type { RoutePattern } from '../lambda/route-table.ts';
import { isGreedy, isVariable } from '../lambda/route-table.ts';

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
 *
 * @param rules  those that such an API can have, as `sortRoutes` sorts them
 */
export function decidingRules<T extends { readonly pattern: RoutePattern }>(
  rules: readonly T[],
  route: RoutePattern,
): DecidingRules<T> {
  const before: RoutePattern[] = [];
  const deciding: T[] = [];
  for (const rule of rules) {
    const both = intersect(rule.pattern, route);
    if (both === undefined) continue;
    if (!before.some((earlier) => covers(earlier, both))) deciding.push(rule);
    before.push(rule.pattern);
  }
  return { rules: deciding, isComplete: before.some((pattern) => covers(pattern, route)) };
}

/** The requests that two patterns share, as a pattern; undefined when there are none. */
function intersect(a: RoutePattern, b: RoutePattern): RoutePattern | undefined {
  const methods = a.methods.filter((method) => b.methods.includes(method));
  const segments = a.isDefault
    ? b.segments
    : b.isDefault
      ? a.segments
      : intersectSegments(a.segments, b.segments);
  if (methods.length === 0 || segments === undefined) return undefined;
  return { methods, segments, isAny: a.isAny && b.isAny, isDefault: a.isDefault && b.isDefault };
}

function intersectSegments(a: readonly string[], b: readonly string[]): readonly string[] | undefined {
  const [first, ...restOfA] = a;
  const [second, ...restOfB] = b;
  if (first === undefined || second === undefined) return first === second ? [] : undefined;
  if (!isIn(first, second) && !isIn(second, first)) return undefined;
  if (isGreedy(first)) return b;
  if (isGreedy(second)) return a;
  const rest = intersectSegments(restOfA, restOfB);
  return rest && [isVariable(first) ? second : first, ...rest];
}

/** Whether every request of the second pattern is one of the first. */
function covers(a: RoutePattern, b: RoutePattern): boolean {
  if (!b.methods.every((method) => a.methods.includes(method))) return false;
  if (a.isDefault || b.isDefault) return a.isDefault;
  const last = a.segments.at(-1) ?? '';
  const tail = isGreedy(last) ? last : undefined;
  return (
    a.segments.length <= b.segments.length &&
    b.segments.every((segment, at) => isIn(segment, a.segments[at] ?? tail))
  );
}

/** Whether the second segment stands for whatever the first does; a variable is never empty, as the root is. */
function isIn(segment: string, other: string | undefined): boolean {
  if (other === undefined) return false;
  if (isGreedy(other)) return segment !== '';
  return isVariable(other) ? segment !== '' && !isGreedy(segment) : segment === other;
}
