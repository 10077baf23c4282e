import { boundGlob } from './authorizer/compile-policy.ts';
import type { Glob } from './glob.ts';
import { beyond, render, withSlash } from './glob.ts';
import type { CoveredRule, PathValues } from './route-cover.ts';
import { coverRoutes, isBound, renderAllows } from './route-cover.ts';
import type { RoutedApi } from './route-pattern.ts';
import { isVariable } from './route-pattern.ts';
import type { RouteTable } from './route-table.ts';

/** `{"Version":...,"Statement":[...]}` with an Allow and a Deny around their resources. */
const FRAME_BYTES = 220;
/** A claim that is bound to a variable may be so long. */
export const MAX_BOUND_CHARS = 128;

/**
 * Bounds the policy of any token: a family of rules is either allowed, with what covers it and the Deny of whatever is longer,
 * or it is not, with the Deny of what covers it where another family's Allow reaches it. So the sum over the families of the
 * larger of the two is enough for each of the sets of families that a token can satisfy.
 */
export function estimatePolicyBytes(table: RouteTable, api: RoutedApi, stageArnChars: number): number {
  const { rules, familyCount, hits } = coverRoutes(table, api);
  const allowedGlobs = Array.from({ length: familyCount }, (): Glob[] => []);
  const allowed = Array.from({ length: familyCount }, () => new Set<string>());
  const denied = Array.from({ length: familyCount }, () => new Set<string>());
  /** Whether a Deny of all of it may hit something that the token may call, so that others are chosen. */
  const isEntangled = rules.map((rule) =>
    rules.some((other) => other.family !== rule.family && rule.cover.some((glob) => hits(glob, other))),
  );
  for (const rule of rules) {
    const { family, cover } = rule;
    const hasValues = isBound(rule);
    const isReached =
      rules.some(
        (other) =>
          other !== rule &&
          (other.family !== family || hasValues) &&
          other.cover.some((glob) => hits(glob, rule)),
      ) ||
      (hasValues && rule.pattern.segments.filter(isVariable).length > 1);
    for (const glob of cover) {
      const longest = boundGlob(glob, rule, longestValues(rule));
      allowedGlobs[family]?.push(longest);
      const isSpare = rules.some(
        (other) =>
          isEntangled[other.index] && (other.family !== family || isBound(other)) && hits(glob, other),
      );
      if (isSpare) for (const each of beyond(longest).at(-1) ?? []) add(allowed[family], denyTexts(each));
      if (isReached) add(denied[family], denyTexts(glob));
      // A bound rule is allowed for one value and denied for the others.
      if (hasValues && isReached) add(allowed[family], denyTexts(glob));
    }
  }
  for (const [family, globs] of allowedGlobs.entries())
    add(allowed[family], renderAllows({ api, rules }, globs));
  const bytesOf = (resources: ReadonlySet<string> | undefined) =>
    [...(resources ?? [])].reduce((sum, resource) => sum + stageArnChars + resource.length + 3, 0);
  return allowed.reduce(
    (sum, resources, family) => sum + Math.max(bytesOf(resources), bytesOf(denied[family])),
    FRAME_BYTES,
  );
}

/** As long as it can be: with runs that are not empty. */
function denyTexts(glob: Glob): string[] {
  return [glob, ...withSlash(glob)].map(render);
}

function longestValues({ rule }: CoveredRule): PathValues {
  const value = 'x'.repeat(MAX_BOUND_CHARS);
  return Object.fromEntries(Object.keys(rule.pathClaims ?? {}).map((variable) => [variable, value]));
}

function add(set: Set<string> | undefined, values: readonly string[]): void {
  for (const value of values) set?.add(value);
}
