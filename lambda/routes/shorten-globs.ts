// Fewer resources for the same permissions. Pure.
import type { Glob } from './glob.ts';
import { ANY_RUN, isRun, isVerbMatch, render, SOME_RUN, withSlash } from './glob.ts';
import { isVariable } from './parse-route.ts';
import type { CoveredRule, RouteCover } from './route-cover.ts';
import { withOwnSlash } from './route-cover.ts';

/**
 * Replaces globs by prefixes of them that serve several of them.
 *
 * @param isClean  whether a prefix covers nothing that it must not
 */
export function widenGlobs(globs: readonly Glob[], isClean: (prefix: Glob) => boolean): Glob[] {
  const uses = new Map<string, number>();
  for (const prefix of globs.flatMap(prefixesOf)) {
    uses.set(render(prefix), (uses.get(render(prefix)) ?? 0) + 1);
  }
  return globs.map(
    (glob) =>
      prefixesOf(glob).find(
        (prefix) =>
          // What is below a path does not cover it, but `renderMerged` makes one of the two.
          prefix.length <= glob.length && (uses.get(render(prefix)) ?? 0) > 1 && isClean(prefix),
      ) ?? glob,
  );
}

/** The prefixes of a glob, the shortest first, and what is below it. */
function prefixesOf([verb = '', ...path]: Glob): Glob[] {
  if (path[0] === '') return [];
  const end = path.findIndex((segment) => isRun(segment) || segment === '');
  const literals = end < 0 ? path : path.slice(0, end);
  return [[], ...literals.map((_, at) => literals.slice(0, at + 1))].map((each) => [verb, ...each, SOME_RUN]);
}

/**
 * Replaces Denies of one path with several verbs by one of all verbs.
 *
 * @param isClean  whether a glob covers nothing that it must not
 */
export function mergeVerbs(globs: readonly Glob[], isClean: (glob: Glob) => boolean): Glob[] {
  const counts = new Map<string, number>();
  for (const [, ...path] of globs) counts.set(render(path), (counts.get(render(path)) ?? 0) + 1);
  const merged = globs.map((glob) => {
    const [, ...path] = glob;
    const all = [ANY_RUN, ...path];
    return (counts.get(render(path)) ?? 0) > 1 && isClean(all) ? all : glob;
  });
  return [...new Map(merged.map((glob) => [render(glob), glob])).values()];
}

/**
 * Writes globs: where a path and everything below it are both covered, as one pattern `GET/orders*`, if no rule of the table
 * is about another path that begins so. On REST APIs a slash at the end does not count, so it is covered with the path.
 */
export function renderMerged(
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

function isLonelyPrefix(rules: readonly CoveredRule[], glob: Glob): boolean {
  const [verb, ...path] = glob;
  const last = path.at(-1) ?? '';
  if (last === '' || glob.some(isRun)) return false;
  return rules.every(({ pattern: { methods, segments } }) => {
    if (!methods.some((method) => isVerbMatch(verb, method))) return true;
    const differs = path
      .slice(0, -1)
      .some((text, at) => !isVariable(segments[at] ?? '{+}') && segments[at] !== text);
    if (differs) return true;
    if (segments.slice(0, path.length).some(isVariable)) return false;
    const there = segments[path.length - 1];
    return there === undefined || there === last || !there.startsWith(last);
  });
}
