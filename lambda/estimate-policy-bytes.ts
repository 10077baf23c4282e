import { boundGlob, compileGlobs } from './authorizer/compile-policy.ts';
import type { Glob } from './glob.ts';
import { beyond, render, withSlash } from './glob.ts';
import type { CoveredRule, PathValues, RouteCover } from './route-cover.ts';
import { coverRoutes, isBound, withOwnSlash } from './route-cover.ts';
import type { RoutedApi } from './route-pattern.ts';
import { isVariable } from './route-pattern.ts';
import type { RouteTable } from './route-table.ts';
import { renderAllows } from './shorten-allows.ts';

/** `{"Version":...,"Statement":[...]}` with an Allow and a Deny around their resources. */
const FRAME_BYTES = 220;
/** A claim that is bound to a variable may be so long. */
export const MAX_BOUND_CHARS = 128;
/** All sets of so many families are looked at one by one. */
const MAX_FAMILIES = 8;

type Group = readonly CoveredRule[];
/** What a family can bring into a policy: as an allowed one, or as a denied one. */
interface Part {
  readonly allow: Glob[];
  readonly itsDeny: Glob[];
  readonly deny: Glob[];
}

type BytesOf = (resources: readonly string[]) => number;

/**
 * Bounds the policy of any token. The groups of a table make their parts of it by themselves, so the sum of their largest
 * parts is enough, whatever the token satisfies.
 *
 * @param stageArnChars  how long `arn:<partition>:execute-api:<region>:<account>:<api>/<stage>/` is, at most
 */
export function estimatePolicyBytes(table: RouteTable, api: RoutedApi, stageArnChars: number): number {
  const cover = coverRoutes(table, api);
  const bytesOf: BytesOf = (resources) =>
    [...new Set(resources)].reduce((sum, resource) => sum + stageArnChars + resource.length + 3, 0);
  return cover.groups.reduce((sum, group) => {
    const families = new Set(group.map(({ family }) => family));
    const isSmall = families.size <= MAX_FAMILIES && !group.some(isBound);
    return sum + (isSmall ? largestPart(cover, group, bytesOf) : sumOfFamilies(cover, group, bytesOf));
  }, FRAME_BYTES);
}

function largestPart(cover: RouteCover, group: Group, bytesOf: BytesOf): number {
  const own = [...new Set(group.map(({ family }) => family))];
  const sizes = Array.from({ length: 2 ** own.length }, (_, set) => {
    const families: boolean[] = [];
    for (const [at, family] of own.entries()) families[family] = Math.floor(set / 2 ** at) % 2 === 1;
    const { allow, deny } = compileGlobs(cover, group, { families, valuesOf: () => ({}) });
    return bytesOf(renderAllows(cover, allow)) + bytesOf(deny.map(render));
  });
  return Math.max(...sizes);
}

/**
 * A family is either allowed, with what covers it and the Deny of what that covers besides, or it is not, with the Deny of
 * what covers it where another Allow reaches it. So the larger of the two for each family is enough for all of their sets.
 */
function sumOfFamilies({ api, hits }: RouteCover, group: Group, bytesOf: BytesOf): number {
  const parts = new Map(group.map(({ family }) => [family, { allow: [], itsDeny: [], deny: [] } as Part]));
  const partOf = ({ family }: CoveredRule) => parts.get(family) as Part;
  const isOther = (a: CoveredRule, b: CoveredRule) => a.family !== b.family || (a !== b && isBound(b));
  /** Whether a Deny of all of it may hit something that the token may call, so that others are chosen. */
  const isEntangled = (rule: CoveredRule) =>
    group.some((other) => other.family !== rule.family && rule.cover.some((glob) => hits(glob, other)));
  const entangled = group.filter((rule) => isBound(rule) || isEntangled(rule));

  for (const rule of group) {
    const hasSeveral = rule.pattern.segments.filter(isVariable).length > 1;
    const isReached =
      (isBound(rule) && hasSeveral) ||
      group.some((other) => isOther(other, rule) && other.cover.some((glob) => hits(glob, rule)));
    for (const glob of rule.cover) {
      const longest = boundGlob(glob, rule, longestValues(rule));
      partOf(rule).allow.push(...withOwnSlash(api, [longest]));
      if (entangled.some((other) => isOther(rule, other) && hits(glob, other)))
        partOf(rule).itsDeny.push(...(beyond(longest).at(-1) ?? []).flatMap(withItsSlash));
      if (!isReached) continue;
      partOf(rule).deny.push(...withItsSlash(glob));
      // A bound rule is allowed for one value and denied for the others.
      if (isBound(rule)) partOf(rule).itsDeny.push(...withItsSlash(glob));
    }
  }
  const bytes = (globs: readonly Glob[]) => bytesOf(globs.map(render));
  return [...parts.values()].reduce(
    (sum, { allow, itsDeny, deny }) => sum + Math.max(bytes(allow) + bytes(itsDeny), bytes(deny)),
    0,
  );
}

function withItsSlash(glob: Glob): Glob[] {
  return [glob, ...withSlash(glob)];
}

function longestValues({ rule }: CoveredRule): PathValues {
  const value = 'x'.repeat(MAX_BOUND_CHARS);
  return Object.fromEntries(Object.keys(rule.pathClaims ?? {}).map((variable) => [variable, value]));
}
