import type { RouteRule, RouteTable } from '../route-table.ts';
import { compileGlobs } from './compile-policy.ts';
import type { RoutedApi } from './parse-route.ts';
import type { CoveredRule } from './route-cover.ts';
import { coverRoutes, isBound } from './route-cover.ts';

/** Two routes that the policy of some token cannot tell apart. */
export interface Inseparable {
  /** The route that such a token may not call, or not with other values in its path than its own. */
  readonly denied: string;
  /** The route that it may call, and that its policy denies for some paths nevertheless. */
  readonly permitted: string;
}

/** A value of a claim that no route spells out. */
const SOMEBODY = '\u0001';

/**
 * Finds the routes that a compiled policy denies to a token that may call them, because a denied route lies so that every
 * IAM pattern for it covers them too: `/a/{x}` denied between a permitted `/{proxy+}` and a permitted `/a/{x}/b`.
 *
 * For each family of rules it looks at the token that satisfies all rules but these: another one has fewer Allows that
 * reach the family, and fewer permitted paths for a Deny to keep off.
 */
export function findInseparable(table: RouteTable, api: RoutedApi): Inseparable[] {
  const cover = coverRoutes(table, api);
  const found: Inseparable[] = [];

  for (const [family, lacking] of cover.families.entries()) {
    if (isImplied(lacking, undefined)) continue;
    const families = cover.families.map((other) => other !== lacking && !isImplied(lacking, other));
    for (const group of cover.groups) {
      const own = group.filter((rule) => rule.family === family);
      if (own.length === 0) continue;
      // Without values a bound rule is permitted for everybody, so for whoever is called like a route beside the variable.
      const { permitted, deny } = compileGlobs(cover, group, { families, valuesOf: () => ({}) });
      for (const { rule } of permitted) {
        const glob = deny.find((each) => cover.hits(each, rule));
        if (glob === undefined) continue;
        const culprit = own.find((other) => cover.hits(glob, other));
        found.push({ denied: culprit?.rule.route ?? lacking.route, permitted: rule.rule.route });
      }
    }
  }
  // What is denied of a bound rule is all of it but one value, and no pattern says that.
  for (const group of cover.groups) {
    for (const bound of group.filter(isBound)) {
      const isReached = group.some(
        (other) => other !== bound && other.cover.some((glob) => cover.hits(glob, bound)),
      );
      if (isReached || isReachedByItself(bound))
        found.push({ denied: bound.rule.route, permitted: bound.rule.route });
    }
  }
  return found;

  /** In `/{a}/{sub}/{proxy+}` the part of one subject is also found further down in that of others. */
  function isReachedByItself(bound: CoveredRule): boolean {
    const families = cover.families.map((_, family) => family === bound.family);
    const valuesOf = ({ rule }: CoveredRule) =>
      Object.fromEntries(Object.keys(rule.pathClaims ?? {}).map((variable) => [variable, SOMEBODY]));
    return compileGlobs(cover, [bound], { families, valuesOf }).deny.length > 0;
  }
}

/** Whether every token that satisfies the second rule satisfies the first, their paths aside; in doubt not. */
function isImplied(rule: RouteRule, by: RouteRule | undefined): boolean {
  if (rule.logOnly || by?.nobody) return true;
  const given: Readonly<Record<string, unknown>> = by === undefined || by.logOnly ? {} : { ...by };
  return Object.entries(rule).every(([name, wanted]: [string, unknown]) => {
    const other = given[name];
    if (NO_CONDITIONS.has(name) || JSON.stringify(wanted) === JSON.stringify(other)) return true;
    if (!Array.isArray(wanted) || !Array.isArray(other)) return false;
    return ALL_OF.has(name)
      ? wanted.every((each) => other.includes(each))
      : other.every((each) => wanted.includes(each));
  });
}

const NO_CONDITIONS: ReadonlySet<string> = new Set([
  'route',
  'anyone',
  'pathClaims',
] satisfies (keyof RouteRule)[]);
/** The lists of which all is wanted; of the others any will do. */
const ALL_OF: ReadonlySet<string> = new Set(['scopes', 'groups', 'amr'] satisfies (keyof RouteRule)[]);
