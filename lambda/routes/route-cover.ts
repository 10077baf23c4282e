// The algebra of the policy compiler: which globs cover which rules, and what they cover besides. Pure.

import type { RouteRule, RouteTable } from '../route-table.ts';
import type { Glob } from './glob.ts';
import { globOf, isRun, isVerbMatch, render, someMeeting, withSlash } from './glob.ts';
import type { RoutedApi, RoutePattern } from './parse-route.ts';
import {
  bySpecificity,
  isMatch,
  isRouteOf,
  isVariable,
  nameOf,
  parseRoute,
  VERBS,
  withoutSlash,
} from './parse-route.ts';

/** A rule with its pattern, and the family of the rules that the same tokens satisfy. */
export interface ParsedRule {
  /** Its place among the rules, the most specific first. */
  readonly index: number;
  readonly rule: RouteRule;
  readonly pattern: RoutePattern;
  readonly family: number;
}

export interface CoveredRule extends ParsedRule {
  /** What covers it, verb by verb. */
  readonly cover: readonly Glob[];
}

/** What a policy can be put together of. */
export interface RouteCover {
  readonly api: RoutedApi;
  /** The most specific first. */
  readonly rules: readonly CoveredRule[];
  /** The same rules, by the first segment of their paths: no path is a matter of two groups. */
  readonly groups: readonly (readonly CoveredRule[])[];
  /** Of each family one rule, for the conditions. */
  readonly families: readonly RouteRule[];
  /** Whether the policies of such a table want to be short. */
  readonly isLarge: boolean;
  /** Whether a glob covers requests that this rule decides about, of all or of the part with these values. */
  readonly hits: (glob: Glob, rule: ParsedRule, values?: PathValues) => boolean;
  /** Whether it covers wanted ones. A request is the verb, and then the segments of the path. */
  readonly isMet: (
    glob: Glob,
    rule: ParsedRule,
    isWanted: (request: readonly string[]) => boolean,
    values?: PathValues,
  ) => boolean;
  /** The rule that decides about a request. */
  readonly decide: (method: string, sent: readonly string[]) => CoveredRule | undefined;
}

/** What the variables of a rule have to be for one token: text by variable. */
export type PathValues = Readonly<Record<string, string>>;

/** From so many bytes on a table is a large one. */
const LARGE_BYTES = 3000;
const ARN_BYTES = 80;
const MAX_KNOWN = 50_000;

/** Works out what covers each rule of a table, and what that covers besides. */
export function coverRoutes(table: RouteTable, api: RoutedApi): RouteCover {
  const families: RouteRule[] = [];
  const familyByKey = new Map<string, number>();
  const order = bySpecificity(api);
  const parsed = table.rules
    .flatMap((rule) => {
      const pattern = parseRoute(rule.route);
      return pattern && isRouteOf(api, pattern) ? [{ rule, pattern }] : [];
    })
    .sort((a, b) => order(a.pattern, b.pattern))
    .map(({ rule, pattern }, index): ParsedRule => ({ index, rule, pattern, family: familyOf(rule) }));
  const isWhole = parsed.some(({ pattern }) => isVariable(pattern.segments[0] ?? ''));
  const groupOf = (segment: string | undefined) => (isWhole ? '' : (segment ?? ''));
  const grouped = groupBy(parsed, ({ pattern }) => groupOf(pattern.segments[0]));

  function familyOf(rule: RouteRule): number {
    const { route: _, ...conditions } = rule;
    const key = JSON.stringify(Object.entries(conditions).sort(([a], [b]) => (a < b ? -1 : 1)));
    const family = familyByKey.get(key) ?? families.push(rule) - 1;
    familyByKey.set(key, family);
    return family;
  }

  const maxSegments = 3 + Math.max(0, ...parsed.map(({ pattern }) => pattern.segments.length));
  const named = new Set(parsed.flatMap(({ pattern }) => (pattern.isAny ? [] : pattern.methods)));
  // Verbs that no rule names are alike; one stands for all.
  const unnamed = VERBS.find((verb) => !named.has(verb));
  const isTold = (verb: string) => named.has(verb) || verb === unnamed || verb.startsWith('$');
  const methodsOf = (glob: Glob, { methods }: RoutePattern) =>
    methods.filter((verb) => isVerbMatch(glob[0], verb) && (!isRun(glob[0]) || isTold(verb)));

  const find = (method: string, sent: readonly string[]) => {
    const path = withoutSlash(api, sent);
    return grouped.get(groupOf(path[0]))?.find(({ pattern }) => isMatch(pattern, method, path));
  };

  const isMet: RouteCover['isMet'] = (glob, target, isWanted, values = {}) => {
    const { pattern, index } = target;
    const bound = bindPath(pattern, values);
    const paths = [bound, ...(pattern.isRest ? [['']] : api === 'rest' ? [[...bound, '']] : [])];
    const length = Math.max(maxSegments, glob.length + 2);
    return methodsOf(glob, pattern).some((method) =>
      paths.some((path) =>
        someMeeting(glob, method, path, length, (request) => {
          const [verb = '', ...sent] = request;
          return find(verb, sent)?.index === index && isWanted(request);
        }),
      ),
    );
  };

  const known = new Map<string, boolean>();
  const hits: RouteCover['hits'] = (glob, target, values) => {
    const key = `${target.index} ${render(glob)} ${values === undefined ? '' : Object.values(values).join('/')}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const now = isMet(glob, target, () => true, values);
    // The globs of bound rules have values of tokens in them, and there is no end of those.
    if (known.size === MAX_KNOWN) known.clear();
    known.set(key, now);
    return now;
  };

  const rules = parsed.map((each) => {
    const globs = each.pattern.methods.map((method) => globOf(each.pattern, method));
    return { ...each, cover: globs.filter((glob) => hits(glob, each)) };
  });
  const bytes = rules
    .flatMap(({ cover }) => cover)
    .reduce((sum, glob) => sum + ARN_BYTES + render(glob).length, 0);
  return {
    api,
    rules,
    groups: [...groupBy(rules, ({ pattern }) => groupOf(pattern.segments[0])).values()],
    families,
    isLarge: bytes > LARGE_BYTES,
    hits,
    isMet,
    decide: (method, sent) => {
      const found = find(method, sent);
      return found && rules[found.index];
    },
  };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** Whether a token satisfies the rule for some paths of its route alone. A rule that is only tried out allows all of them. */
export function isBound({ rule }: { readonly rule: RouteRule }): boolean {
  return rule.pathClaims !== undefined && rule.logOnly === undefined;
}

/** Puts values in the place of variables. */
export function bindPath({ segments }: RoutePattern, values: PathValues): string[] {
  return segments.map((segment) => boundOr(segment, values));
}

function boundOr(segment: string, values: PathValues): string {
  const name = nameOf(segment);
  return isVariable(segment) && Object.hasOwn(values, name) ? (values[name] ?? segment) : segment;
}

/** Adds the paths with a slash at the end, where API Gateway takes them for the same. */
export function withOwnSlash(api: RoutedApi, globs: readonly Glob[]): readonly Glob[] {
  return api === 'rest' ? globs.flatMap((glob) => [glob, ...withSlash(glob)]) : globs;
}
