// The algebra of the policy compiler: which globs cover which rules, and what they cover besides. Pure.
import type { Glob } from './glob.ts';
import { ANY_RUN, globOf, meetings, renderAllow } from './glob.ts';
import type { RoutedApi, RoutePattern } from './route-pattern.ts';
import { bySpecificity, isMatch, isRouteOf, isVariable, nameOf, parseRoute, VERBS } from './route-pattern.ts';
import type { RouteRule, RouteTable } from './route-table.ts';

/** A rule with its pattern, and the family of the rules that the same tokens satisfy. */
export interface CoveredRule {
  readonly rule: RouteRule;
  readonly pattern: RoutePattern;
  readonly family: number;
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
  readonly hits: (glob: Glob, rule: CoveredRule, values?: PathValues) => boolean;
  /** Those requests. */
  readonly meetings: (glob: Glob, rule: CoveredRule) => readonly (readonly string[])[];
  /** The rule that decides about a request. */
  readonly decide: (method: string, sent: readonly string[]) => CoveredRule | undefined;
}

/** What the variables of a rule have to be for one token: text by variable. */
export type PathValues = Readonly<Record<string, string>>;

/** Below this many bytes a table is left as it is; above it, families are widened to prefixes. */
const WIDEN_ABOVE_BYTES = 3000;
const ARN_BYTES = 80;

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
    .map(({ rule, pattern }) => ({ rule, pattern, family: familyOf(rule) }));
  type Parsed = (typeof parsed)[number];

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
    glob[0] === ANY_RUN
      ? methods.filter((method) => named.has(method) || method === unnamed || method.startsWith('$'))
      : methods.filter((method) => method === glob[0]);

  const find = (method: string, sent: readonly string[]) =>
    parsed.find(({ pattern }) => isMatch(pattern, method, sent));

  function* meet(glob: Glob, target: Parsed, values: PathValues = {}): Generator<readonly string[]> {
    const { pattern } = target;
    const bound = bindPath(pattern, values);
    const paths = pattern.isRest ? [bound, ['']] : [bound];
    const length = Math.max(maxSegments, glob.length + 1);
    for (const method of methodsOf(glob, pattern)) {
      for (const path of paths) {
        for (const [verb = '', ...sent] of meetings(glob, method, path, length)) {
          if (find(verb, sent) === target) yield [verb, ...sent];
        }
      }
    }
  }

  const memo = new Map<string, boolean>();
  const hits = (glob: Glob, target: Parsed, values?: PathValues): boolean => {
    const key = `${glob.join('/')} ${target.rule.route} ${values ? JSON.stringify(values) : ''}`;
    const known = values === undefined ? memo.get(key) : undefined;
    if (known !== undefined) return known;
    const found = !meet(glob, target, values).next().done;
    if (values === undefined) memo.set(key, found);
    return found;
  };
  const isOwn = (glob: Glob, family: number) =>
    parsed.every((other) => other.family === family || !hits(glob, other));

  const narrow = parsed.map((each) => ({ ...each, cover: narrowest(each) }));

  function narrowest({ pattern, family }: Parsed): readonly Glob[] {
    if (pattern.isRest || !pattern.isAny)
      return [globOf(pattern, pattern.isRest ? ANY_RUN : (pattern.methods[0] ?? ''))];
    const wide = globOf(pattern, ANY_RUN);
    // The root of all verbs, `?*/`, would be every path with a slash at its end.
    return wide.at(-1) !== '' && isOwn(wide, family)
      ? [wide]
      : pattern.methods.map((method) => globOf(pattern, method));
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
    .reduce((sum, glob) => sum + ARN_BYTES + renderAllow(glob).length, 0);
  const covered =
    bytes <= WIDEN_ABOVE_BYTES ? narrow : narrow.map((each) => ({ ...each, cover: widest(each) }));

  function widest(each: Parsed & { readonly cover: readonly Glob[] }): readonly Glob[] {
    if (isBound(each) || each.pattern.isRest) return each.cover;
    const wider = each.cover.map((glob) => {
      const worthwhile = prefixesOf(glob).filter(
        (prefix) => (uses.get(`${each.family} ${prefix.join('/')}`) ?? 0) > 1,
      );
      return worthwhile.find((prefix) => isOwn(prefix, each.family)) ?? glob;
    });
    return [...new Map(wider.map((glob) => [glob.join('/'), glob])).values()];
  }

  const byRule = new Map(parsed.map((each, index) => [each.rule, { each, covered: covered[index] }]));
  const original = (rule: CoveredRule) => {
    const found = byRule.get(rule.rule);
    if (found === undefined) throw new Error(`${rule.rule.route} is a rule of another table`);
    return found.each;
  };
  return {
    api,
    rules: covered,
    familyCount: families.size,
    hits: (glob, rule, values) => hits(glob, original(rule), values),
    meetings: (glob, rule) => [...meet(glob, original(rule))],
    decide: (method, sent) => {
      const found = find(method, sent);
      return found && byRule.get(found.rule)?.covered;
    },
  };
}

/** Whether a token satisfies the rule for some paths of its route alone. A rule that is only tried out allows all of them. */
export function isBound({ rule }: { readonly rule: RouteRule }): boolean {
  return rule.pathClaims !== undefined && rule.logOnly === undefined;
}

/**
 * Writes Allows: where a path and everything below it are both covered, as one pattern `GET/orders*`, if no rule of the table
 * is about another path that begins so.
 */
export function renderAllows({ rules }: Pick<RouteCover, 'rules'>, globs: readonly Glob[]): string[] {
  const texts = new Set(globs.map(renderAllow));
  for (const glob of globs) {
    const below = renderAllow([...glob, ANY_RUN]);
    if (!texts.has(below) || glob.length === 1 || !isLonelyPrefix(rules, glob)) continue;
    texts.delete(renderAllow(glob));
    texts.delete(below);
    texts.add(`${renderAllow(glob)}*`);
  }
  return [...texts];
}

function isLonelyPrefix(rules: readonly CoveredRule[], glob: Glob): boolean {
  const [method = '', ...path] = glob;
  const last = path.at(-1) ?? '';
  if (last === '' || glob.includes(ANY_RUN)) return false;
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
  const prefixes: Glob[] = [[ANY_RUN], [method, ANY_RUN]];
  for (let length = 1; length < path.length; length += 1) {
    const prefix = path.slice(0, length);
    if (prefix.includes(ANY_RUN)) break;
    prefixes.push([ANY_RUN, ...prefix, ANY_RUN], [method, ...prefix, ANY_RUN]);
  }
  if (path.at(-1) !== '') prefixes.push([ANY_RUN, ...path]);
  return prefixes;
}
