import type { RouteTable } from '../route-table.ts';
import { boundGlob, compilePolicy } from './compile-policy.ts';
import type { Glob } from './glob.ts';
import { beyond, render, withSlash } from './glob.ts';
import { ALL_PATHS, LARGE_POLICY_BYTES, resourceBytes } from './join-grants.ts';
import type { RoutedApi } from './parse-route.ts';
import { isVariable } from './parse-route.ts';
import type { CoveredRule, PathValues, RouteCover } from './route-cover.ts';
import { coverRoutes, isBound, withOwnSlash } from './route-cover.ts';

/** `{"Version":...,"Statement":[...]}` with an Allow and a Deny around their resources. */
const FRAME_BYTES = 220;
/** The claims that are bound to the variables of one route may be so long in all. */
export const MAX_BOUND_CHARS = 128;
/** All sets of so many families are looked at one by one in a group. */
const MAX_FAMILIES = 8;
/** The same for the whole table. */
const MAX_TABLE_FAMILIES = 12;

type Group = readonly CoveredRule[];
type BytesOf = (resources: readonly string[]) => number;

/** What one group takes in the policy of a token, and in one that is turned round: infinitely much where it cannot be. */
interface PartBytes {
  /** The families of the group that the token satisfies, in ascending order. */
  readonly held: readonly number[];
  readonly narrow: number;
  readonly turned: number;
}

/**
 * Bounds the policy of any token. The groups of a table make their parts of it by themselves; so a bound for all sets of rules
 * that a token can satisfy is found without going through them.
 *
 * @param stageArnChars  how long `arn:<partition>:execute-api:<region>:<account>:<api>/<stage>/` is, at most
 */
export function estimatePolicyBytes(table: RouteTable, api: RoutedApi, stageArnChars: number): number {
  const cover = coverRoutes(table, api);
  const bytesOf: BytesOf = (resources) => resourceBytes([...new Set(resources)], stageArnChars);
  const groups = cover.groups.map((group) => {
    const families = new Set(group.map(({ family }) => family));
    return families.size <= MAX_FAMILIES && !group.some(isBound)
      ? partsOf(cover, group, bytesOf)
      : [{ held: [], narrow: sumOfFamilies(cover, group, bytesOf), turned: Number.POSITIVE_INFINITY }];
  });
  const all = bytesOf(ALL_PATHS);
  const isFewFamilies = cover.families.length <= MAX_TABLE_FAMILIES;
  return FRAME_BYTES + (isFewFamilies ? largestOf(cover, groups, all) : meanOf(groups, all));
}

/** Goes through all sets of families of the whole table. */
function largestOf({ families }: RouteCover, groups: readonly PartBytes[][], all: number): number {
  const byHeld = groups.map((parts) => new Map(parts.map((part) => [part.held.join(), part])));
  // The last one holds them all.
  const own = groups.map((parts) => parts.at(-1)?.held ?? []);
  let largest = 0;
  for (let set = 0; set < 2 ** families.length; set += 1) {
    let [narrow, turned] = [0, all];
    for (const [index, parts] of groups.entries()) {
      const held = (own[index] ?? []).filter((family) => Math.floor(set / 2 ** family) % 2 === 1);
      const part = byHeld[index]?.get(held.join()) ?? parts[0];
      narrow += part?.narrow ?? 0;
      turned += part?.turned ?? 0;
    }
    largest = Math.max(largest, narrow <= LARGE_POLICY_BYTES ? narrow : Math.min(narrow, turned));
  }
  return largest;
}

/** The smaller of two sums is at most any mean of them, and the largest mean is found group by group. */
function meanOf(groups: readonly PartBytes[][], all: number): number {
  const sumOfLargest = (bytes: (part: PartBytes) => number) =>
    groups.reduce((sum, parts) => sum + Math.max(...parts.map(bytes)), 0);
  const means = [0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8].map(
    (share) => (1 - share) * all + sumOfLargest((part) => share * part.narrow + (1 - share) * part.turned),
  );
  const narrow = sumOfLargest((part) => part.narrow);
  return Math.ceil(Math.min(narrow, Math.max(LARGE_POLICY_BYTES, Math.min(...means))));
}

/** Goes through all sets of families that a token can satisfy. */
function partsOf(cover: RouteCover, group: Group, bytesOf: BytesOf): PartBytes[] {
  const own = [...new Set(group.filter(({ rule }) => !rule.nobody).map(({ family }) => family))].sort(
    (a, b) => a - b,
  );
  return Array.from({ length: 2 ** own.length }, (_, set) => {
    const held = own.filter((_, at) => Math.floor(set / 2 ** at) % 2 === 1);
    const families = cover.families.map((_, family) => held.includes(family));
    const { allow, deny, complement } = compilePolicy(cover, group, { families, valuesOf: () => ({}) });
    return {
      held,
      narrow: bytesOf(allow) + bytesOf(deny),
      turned: complement === undefined ? Number.POSITIVE_INFINITY : bytesOf(complement),
    };
  });
}

/** What a family can bring into a policy: as an allowed one, or as a denied one. */
interface Part {
  readonly allow: Glob[];
  readonly itsDeny: Glob[];
  readonly deny: Glob[];
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
  return Object.fromEntries(
    Object.keys(rule.pathClaims ?? {}).map((variable, index) => [
      variable,
      'x'.repeat(index === 0 ? MAX_BOUND_CHARS : 1),
    ]),
  );
}
