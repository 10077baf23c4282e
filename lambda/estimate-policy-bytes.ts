import type { Glob } from './glob.ts';
import { ANY_RUN, renderDeny } from './glob.ts';
import { coverRoutes, isBound, renderAllows } from './route-cover.ts';
import type { RoutedApi } from './route-pattern.ts';
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
  for (const rule of rules) {
    const { family, cover } = rule;
    const hasValues = isBound(rule);
    const isReached = rules.some(
      (other) => (other.family !== family || hasValues) && other.cover.some((glob) => hits(glob, rule)),
    );
    for (const glob of cover) {
      const isReaching = rules.some((other) => other.family !== family && hits(glob, other));
      const longest = hasValues
        ? glob.map((segment) => (segment === ANY_RUN ? 'x'.repeat(MAX_BOUND_CHARS) : segment))
        : glob;
      allowedGlobs[family]?.push(longest);
      if (isReaching && glob.at(-1) === ANY_RUN) add(allowed[family], longerThan(longest));
      if (isReached) add(denied[family], renderDeny(glob));
      // A bound rule is allowed for one value and denied for the others.
      if (hasValues && isReached) add(allowed[family], renderDeny(glob));
    }
  }
  for (const [family, globs] of allowedGlobs.entries()) add(allowed[family], renderAllows({ rules }, globs));
  const bytesOf = (resources: ReadonlySet<string> | undefined) =>
    [...(resources ?? [])].reduce((sum, resource) => sum + stageArnChars + resource.length + 3, 0);
  return allowed.reduce(
    (sum, resources, family) => sum + Math.max(bytesOf(resources), bytesOf(denied[family])),
    FRAME_BYTES,
  );
}

function longerThan(glob: Glob): string[] {
  return renderDeny([...glob, ANY_RUN]);
}

function add(set: Set<string> | undefined, values: readonly string[]): void {
  for (const value of values) set?.add(value);
}
