// The algebra of the policy compiler: which globs cover which rules, and what they cover besides. Pure.
import type { Glob } from './glob.ts';
import { globOf, isRun, render, SOME_RUN, someMeeting, withSlash } from './glob.ts';
import type { RoutedApi, RoutePattern } from './route-pattern.ts';
import {
  bySpecificity,
  isMatch,
  isRouteOf,
  isVariable,
  nameOf,
  parseRoute,
  VERBS,
  withoutSlash,
} from './route-pattern.ts';
import type { RouteRule, RouteTable } from './route-table.ts';

/** A rule with its pattern, and the family of the rules that the same tokens satisfy. */
export interface ParsedRule {
  /** Its place among the rules, the most specific first. */
  readonly index: number;
  readonly rule: RouteRule;
  readonly pattern: RoutePattern;
  readonly family: number;
}

export interface CoveredRule extends ParsedRule {
  /** What covers it; more than itself only where that is in its family too. */
  readonly cover: readonly Glob[];
}

/** What a policy can be put together of. */
export interface RouteCover {
  readonly api: RoutedApi;
  /** The most specific first. */
  readonly rules: readonly CoveredRule[];
  readonly familyCount: number;
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

/** Below this many bytes a table is left as it is; above it, families are widened to prefixes. */
const WIDEN_ABOVE_BYTES = 3000;
const ARN_BYTES = 80;
const MAX_KNOWN = 50_000;

/**
 * Works out what covers each rule of a table: its own path, verb by verb, or all verbs in one glob where that covers nothing
 * of another family; in a large table the prefixes that cover nothing of another family.
 */
export function coverRoutes(table: RouteTable, api: RoutedApi): RouteCover {
  const families = new Map<string, number>();
  const order = bySpecificity(api);
  const parsed = table.rules
    .flatMap((rule) => {
      const pattern = parseRoute(rule.route);
      return pattern && isRouteOf(api, pattern) ? [{ rule, pattern }] : [];
    })
    .sort((a, b) => order(a.pattern, b.pattern))
    .map(({ rule, pattern }, index): ParsedRule => ({ index, rule, pattern, family: familyOf(rule) }));

  function familyOf({ route, ...conditions }: RouteRule): number {
    const key = JSON.stringify(Object.entries(conditions).sort(([a], [b]) => (a < b ? -1 : 1)));
    const family = families.get(key) ?? families.size;
    families.set(key, family);
    return family;
  }

  const maxSegments = 2 + Math.max(0, ...parsed.map(({ pattern }) => pattern.segments.length));
  const named = new Set(parsed.flatMap(({ pattern }) => (pattern.isAny ? [] : pattern.methods)));
  // Verbs that no rule names are alike; one stands for all.
  const unnamed = VERBS.find((verb) => !named.has(verb));
  const methodsOf = (glob: Glob, { methods }: RoutePattern) =>
    isRun(glob[0])
      ? methods.filter((method) => named.has(method) || method === unnamed || method.startsWith('$'))
      : methods.filter((method) => method === glob[0]);

  const find = (method: string, sent: readonly string[]) => {
    const path = withoutSlash(api, sent);
    return parsed.find(({ pattern }) => isMatch(pattern, method, path));
  };

  const isMet: RouteCover['isMet'] = (glob, target, isWanted, values = {}) => {
    const { pattern, index } = target;
    const bound = bindPath(pattern, values);
    const paths = [bound, ...(pattern.isRest ? [['']] : api === 'rest' ? [[...bound, '']] : [])];
    const length = 1 + Math.max(maxSegments, glob.length + 1);
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
  const isOwn = (glob: Glob, family: number) =>
    parsed.every((other) => other.family === family || !hits(glob, other));

  const narrow = parsed.map((each) => ({ ...each, cover: narrowest(each) }));

  function narrowest(each: ParsedRule): readonly Glob[] {
    const { pattern, family } = each;
    if (pattern.isRest || !pattern.isAny)
      return [globOf(pattern, pattern.isRest ? SOME_RUN : (pattern.methods[0] ?? ''))];
    const wide = globOf(pattern, SOME_RUN);
    // The root of all verbs, `?*/`, would be every path with a slash at its end.
    if (wide.at(-1) !== '' && isOwn(wide, family)) return [wide];
    return pattern.methods.map((method) => globOf(pattern, method)).filter((glob) => hits(glob, each));
  }

  // How many globs of a family a prefix would replace.
  const uses = new Map<string, number>();
  for (const { cover, family } of narrow) {
    for (const prefix of cover.flatMap(prefixesOf)) {
      const key = `${family} ${prefix.join('/')}`;
      uses.set(key, (uses.get(key) ?? 0) + 1);
    }
  }

  const bytes = narrow
    .flatMap(({ cover }) => cover)
    .reduce((sum, glob) => sum + ARN_BYTES + render(glob).length, 0);
  const covered =
    bytes <= WIDEN_ABOVE_BYTES ? narrow : narrow.map((each) => ({ ...each, cover: widest(each) }));

  function widest(each: CoveredRule): readonly Glob[] {
    if (isBound(each) || each.pattern.isRest) return each.cover;
    const wider = each.cover.map((glob) => {
      const worthwhile = prefixesOf(glob).filter(
        (prefix) => (uses.get(`${each.family} ${prefix.join('/')}`) ?? 0) > 1,
      );
      return worthwhile.find((prefix) => isOwn(prefix, each.family)) ?? glob;
    });
    return [...new Map(wider.map((glob) => [glob.join('/'), glob])).values()];
  }

  return {
    api,
    rules: covered,
    familyCount: families.size,
    hits,
    isMet,
    decide: (method, sent) => {
      const found = find(method, sent);
      return found && covered[found.index];
    },
  };
}

/** Whether a token satisfies the rule for some paths of its route alone. A rule that is only tried out allows all of them. */
export function isBound({ rule }: { readonly rule: RouteRule }): boolean {
  return rule.pathClaims !== undefined && rule.logOnly === undefined;
}

/**
 * Writes Allows: where a path and everything below it are both covered, as one pattern `GET/orders*`, if no rule of the table
 * is about another path that begins so. On REST APIs a slash at the end does not count, so it is covered with the path.
 */
export function renderAllows(
  { api, rules }: Pick<RouteCover, 'api' | 'rules'>,
  globs: readonly Glob[],
): string[] {
  const texts = new Set(withOwnSlash(api, globs).map(render));
  for (const glob of globs) {
    const below = render([...glob, SOME_RUN]);
    if (!texts.has(below) || glob.length === 1 || !isLonelyPrefix(rules, glob)) continue;
    const merged = [glob, ...withSlash(glob)].map(render);
    for (const text of [...merged, below]) texts.delete(text);
    texts.add(`${render(glob)}*`);
  }
  return [...texts];
}

/** Adds the paths with a slash at the end, where API Gateway takes them for the same. */
export function withOwnSlash(api: RoutedApi, globs: readonly Glob[]): readonly Glob[] {
  return api === 'rest' ? globs.flatMap((glob) => [glob, ...withSlash(glob)]) : globs;
}

function isLonelyPrefix(rules: readonly CoveredRule[], glob: Glob): boolean {
  const [method = '', ...path] = glob;
  const last = path.at(-1) ?? '';
  if (last === '' || glob.includes(SOME_RUN)) return false;
  return rules.every(({ pattern: { methods, segments } }) => {
    if (!methods.includes(method)) return true;
    const differs = path
      .slice(0, -1)
      .some((text, at) => !isVariable(segments[at] ?? '{+}') && segments[at] !== text);
    if (differs) return true;
    if (segments.slice(0, path.length).some(isVariable)) return false;
    const there = segments[path.length - 1];
    return there === undefined || there === last || !there.startsWith(last);
  });
}

/** Puts values in the place of variables. */
export function bindPath({ segments }: RoutePattern, values: PathValues): string[] {
  return segments.map((segment) => (isVariable(segment) ? (values[nameOf(segment)] ?? segment) : segment));
}

/** The prefixes that cover a glob, the shortest first; of all verbs before those of its own. */
function prefixesOf(glob: Glob): Glob[] {
  const [method = '', ...path] = glob;
  const prefixes: Glob[] = [[SOME_RUN], [method, SOME_RUN]];
  for (let length = 1; length < path.length; length += 1) {
    const prefix = path.slice(0, length);
    if (prefix.includes(SOME_RUN)) break;
    prefixes.push([SOME_RUN, ...prefix, SOME_RUN], [method, ...prefix, SOME_RUN]);
  }
  if (path.at(-1) !== '') prefixes.push([SOME_RUN, ...path]);
  return prefixes;
}
