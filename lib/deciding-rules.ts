import type { RoutePattern } from '../lambda/route-table.ts';
import { isGreedy, isVariable } from '../lambda/route-table.ts';

/** The rules that decide about requests to one route. */
export interface DecidingRules<T> {
  /** Those that decide about at least some of its requests, the most specific first. */
  readonly rules: readonly T[];
  /** Whether they decide about all of its requests. No rule decides about the others, so they are denied. */
  readonly isComplete: boolean;
}

interface HasPattern {
  readonly pattern: RoutePattern;
}

/** A rule, and its place among the rules. */
interface Placed<T> {
  readonly rule: T;
  readonly place: number;
}

/** The rules below one beginning of a path. */
interface Branch<T> {
  readonly byText: Map<string, Branch<T>>;
  byVariable?: Branch<T>;
  readonly greedy: Placed<T>[];
  readonly ended: Placed<T>[];
}

/**
 * Finds which rules of a table decide about requests to a route of an API. Rules and routes are both patterns: a route
 * `ANY /{proxy+}` can have many rules, a rule `GET /orders/{id}` can be about the route `GET /orders/latest`.
 *
 * The rules are kept as a tree by segment, so that a route meets only those that can be about it.
 *
 * @param rules  those that such an API can have, as `sortRoutes` sorts them
 */
export function openDecidingRules<T extends HasPattern>(
  rules: readonly T[],
): (route: RoutePattern) => DecidingRules<T> {
  const root: Branch<T> = plant();
  for (const [place, rule] of rules.entries()) add(root, { rule, place });

  return (route) => {
    const deciding = findMeeting(root, route, 0)
      .sort((a, b) => a.place - b.place)
      .filter(({ rule, place }) => {
        const both = intersect(rule.pattern, route);
        return both !== undefined && !isCovered(root, both, 0, place);
      });
    return {
      rules: deciding.map(({ rule }) => rule),
      isComplete: isCovered(root, route, 0, Number.POSITIVE_INFINITY),
    };
  };
}

function plant<T>(): Branch<T> {
  return { byText: new Map(), greedy: [], ended: [] };
}

function add<T extends HasPattern>(root: Branch<T>, placed: Placed<T>): void {
  let branch = root;
  for (const segment of placed.rule.pattern.segments) {
    if (isGreedy(segment)) {
      branch.greedy.push(placed);
      return;
    }
    if (isVariable(segment)) {
      branch.byVariable ??= plant();
      branch = branch.byVariable;
    } else {
      const next = branch.byText.get(segment) ?? plant();
      branch.byText.set(segment, next);
      branch = next;
    }
  }
  branch.ended.push(placed);
}

/** Finds the rules whose path can be one of the route's, from a segment on. */
function findMeeting<T>(branch: Branch<T>, route: RoutePattern, at: number): Placed<T>[] {
  const segment = route.segments[at];
  if (segment === undefined) return [...branch.ended];
  const texts = isVariable(segment)
    ? [...branch.byText.values()]
    : [branch.byText.get(segment)].filter((each) => each !== undefined);
  const next = isGreedy(segment) ? findAll : (each: Branch<T>) => findMeeting(each, route, at + 1);
  const branches = branch.byVariable === undefined ? texts : [...texts, branch.byVariable];
  return [...branch.greedy, ...branches.flatMap((each) => next(each))];
}

function findAll<T>(branch: Branch<T>): Placed<T>[] {
  const branches = [...branch.byText.values(), ...(branch.byVariable ? [branch.byVariable] : [])];
  return [...branch.greedy, ...branch.ended, ...branches.flatMap(findAll)];
}

/** Whether one rule before a place covers every request of a pattern, from a segment on. A variable is never empty. */
function isCovered<T extends HasPattern>(
  branch: Branch<T>,
  pattern: RoutePattern,
  at: number,
  before: number,
): boolean {
  const { methods, segments, isDefault } = pattern;
  const covers = ({ rule, place }: Placed<T>) =>
    place < before && methods.every((method) => rule.pattern.methods.includes(method));
  const segment = segments[at];
  if (segment === undefined) return branch.ended.some(covers);
  const isWhole = isDefault || (at === 0 && segment === '');
  if (branch.greedy.some((placed) => covers(placed) && (placed.rule.pattern.isDefault || !isWhole)))
    return true;
  if (isGreedy(segment)) return false;
  const text = isVariable(segment) ? undefined : branch.byText.get(segment);
  const { byVariable } = branch;
  return (
    (text !== undefined && isCovered(text, pattern, at + 1, before)) ||
    (byVariable !== undefined && segment !== '' && isCovered(byVariable, pattern, at + 1, before))
  );
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
  const segments: string[] = [];
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const [first, second] = [a[at], b[at]];
    if (first === undefined || second === undefined) return undefined;
    if (isGreedy(first)) return second === '' ? undefined : [...segments, ...b.slice(at)];
    if (isGreedy(second)) return first === '' ? undefined : [...segments, ...a.slice(at)];
    if (isVariable(first) ? second === '' : isVariable(second) ? first === '' : first !== second)
      return undefined;
    segments.push(isVariable(first) ? second : first);
  }
  return segments;
}
