// From a route table and what a token satisfies of it to IAM statements. Pure.
import type { Glob } from './glob.ts';
import { beyond, covers, isRun, render, SOME_RUN, withEmptyRuns, withSlash } from './glob.ts';
import { isVariable } from './parse-route.ts';
import type { CoveredRule, PathValues, RouteCover } from './route-cover.ts';
import { bindPath, isBound, withOwnSlash } from './route-cover.ts';
import { mergeVerbs, renderMerged, widenGlobs } from './shorten-globs.ts';

export interface Statement {
  readonly Action: 'execute-api:Invoke';
  readonly Effect: 'Allow' | 'Deny';
  readonly Resource: string | readonly string[];
}

/** Which rules of a table a token satisfies. */
export interface Satisfied {
  /** By family: whether its conditions hold, those on the path aside. */
  readonly families: readonly boolean[];
  /** What the variables of a rule have to be; undefined: the token has no such claim, or one that no path can hold. */
  readonly valuesOf: (rule: CoveredRule) => PathValues | undefined;
}

/** Resources below the stage. */
export interface Grants {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

/** What one group of routes brings into a policy. */
export interface GroupGrants extends Grants {
  /** What is to be denied where all else is allowed; undefined: no pattern keeps it off what is permitted. */
  readonly complement: readonly string[] | undefined;
}

/**
 * Compiles what a token may call of one group of routes; all groups together are its permission set. For every request that some
 * rule of the table decides about, the policy allows it exactly where the rule permits it, unless IAM's patterns cannot tell a
 * permitted route from a denied one (`findInseparable` lists these); there it denies.
 *
 * About a request without a rule it makes no promise: an Allow of `/a/{x}` covers `/a/x/y` too. An API whose routes the
 * table covers has no such request, and for a fresh answer see `openRoutes`.
 */
export function compilePolicy(
  cover: RouteCover,
  group: readonly CoveredRule[],
  satisfied: Satisfied,
): GroupGrants {
  const { allow, deny, complement } = compileGlobs(cover, group, satisfied);
  return {
    allow: renderMerged(cover, allow),
    deny: deny.map(render),
    complement: complement && renderMerged(cover, complement),
  };
}

/** A rule, or the part of it with these values, that a token may call. */
export interface Permitted {
  readonly rule: CoveredRule;
  readonly values: PathValues;
}

/** A policy before it is written. */
export interface CompiledGlobs {
  readonly permitted: readonly Permitted[];
  readonly allow: readonly Glob[];
  readonly deny: readonly Glob[];
  readonly complement: readonly Glob[] | undefined;
}

/**
 * An Allow that covers a denied route comes with a Deny: of that route, or, if that would hit a permitted one, of whatever is
 * longer than the Allow's own.
 */
export function compileGlobs(
  cover: RouteCover,
  group: readonly CoveredRule[],
  satisfied: Satisfied,
): CompiledGlobs {
  const isHeld = ({ family }: CoveredRule) => satisfied.families[family] === true;
  const valuesOf = (rule: CoveredRule) =>
    !isBound(rule) ? {} : isHeld(rule) ? satisfied.valuesOf(rule) : undefined;

  const permitted: Permitted[] = [];
  const denied: CoveredRule[] = [];
  for (const rule of group) {
    const values = valuesOf(rule);
    if (isHeld(rule) && values !== undefined) permitted.push({ rule, values });
    if (!isHeld(rule) || isBound(rule)) denied.push(rule);
  }
  /** A run that begins with the verb, or right after it, can get into the paths of other groups. */
  const leaves = (glob: Glob) =>
    glob.slice(0, 2).some(isRun) &&
    cover.rules.some((rule) => !group.includes(rule) && cover.hits(glob, rule));
  const hits = (glob: Glob, { rule, values }: Permitted) =>
    cover.hits(glob, rule, isBound(rule) ? values : undefined);
  const known = new Map<string, boolean>();
  const hitsPermitted = (glob: Glob) => {
    const text = render(glob);
    const isHit = known.get(text) ?? (permitted.some((part) => hits(glob, part)) || leaves(glob));
    known.set(text, isHit);
    return isHit;
  };

  const allow = new Map<string, Glob>();
  const deny = new Map<string, Glob>();
  for (const glob of allowedGlobs()) {
    if (allow.has(render(glob))) continue;
    allow.set(render(glob), glob);
    for (const each of denied.flatMap((other) => deniesBetween(glob, other))) deny.set(render(each), each);
  }
  return {
    permitted,
    allow: [...allow.values()],
    deny: mergeVerbs([...deny.values()], isUnpermitted),
    complement: complement(),
  };

  function isUnpermitted(glob: Glob): boolean {
    return !hitsPermitted(glob);
  }

  function complement(): Glob[] | undefined {
    const globs = widenGlobs(
      denied.flatMap((rule) => rule.cover),
      isUnpermitted,
    );
    return withOwnSlash(cover.api, globs).some(hitsPermitted) ? undefined : mergeVerbs(globs, isUnpermitted);
  }

  function allowedGlobs(): Glob[] {
    const bound = permitted.filter(({ rule }) => isBound(rule));
    const free = permitted.filter(({ rule }) => !isBound(rule)).flatMap(({ rule }) => rule.cover);
    const isClean = (prefix: Glob) => !denied.some((rule) => cover.hits(prefix, rule)) && !leaves(prefix);
    return [
      ...(cover.isLarge ? widenGlobs(free, isClean) : free),
      ...bound.flatMap(({ rule, values }) => rule.cover.map((glob) => boundGlob(glob, rule, values))),
    ];
  }

  /** What keeps an Allow off a denied route. */
  function deniesBetween(glob: Glob, other: CoveredRule): readonly Glob[] {
    const isDenied = (request: readonly string[]) => !isOwnPart(request, other, valuesOf(other));
    if (!cover.isMet(glob, other, isDenied)) return [];
    const whole = withOwnSlash(
      cover.api,
      other.cover.filter(([verb]) => verb === glob[0]),
    );
    const isEnough = (globs: readonly Glob[]) =>
      !cover.isMet(
        glob,
        other,
        (request) => isDenied(request) && !globs.some((each) => covers(each, request)),
      );
    const choices = [whole.map(withEmptyRuns), whole, ...beyond(glob).filter(isEnough)];
    // Where each of them hits something permitted, the one that hits the fewest rules: a Deny too many, never one too few.
    const chosen = choices.reduce((best, each) => (hitCount(each) < hitCount(best) ? each : best));
    // Where a slash makes another path, it shall not lead around the Deny either, unless that path is permitted.
    return [...chosen, ...chosen.flatMap(withSlash).filter(isUnpermitted)];
  }

  function hitCount(globs: readonly Glob[]): number {
    if (!globs.some(hitsPermitted)) return 0;
    return permitted.filter((part) => globs.some((glob) => hits(glob, part))).length;
  }
}

/** Whether a request of a rule with bound variables is of the part that the token may call. */
function isOwnPart(request: readonly string[], rule: CoveredRule, values?: PathValues): boolean {
  if (!isBound(rule) || values === undefined) return false;
  const { pattern } = rule;
  return bindPath(pattern, values).every(
    (segment, at) => segment === pattern.segments[at] || segment === request[at + 1],
  );
}

/** The part of a glob that is left where variables have their values. */
export function boundGlob(glob: Glob, rule: CoveredRule, values: PathValues): Glob {
  if (!isBound(rule)) return glob;
  const [method = ''] = glob;
  const path = bindPath(rule.pattern, values);
  return [method, ...path.map((segment) => (isVariable(segment) ? SOME_RUN : segment))];
}
