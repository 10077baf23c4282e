// Resources of a policy below the stage, as `GET/orders/?*`, seen segment by segment. Pure.
import type { RoutePattern } from './parse-route.ts';
import { isGreedy, isVariable } from './parse-route.ts';

/**
 * Verb and path, as they stand in a resource. `*` and `?*` stand for one segment or more, since IAM's `*` crosses `/`;
 * everything else is literal. Only a Deny has one of them for a verb: an Allow would be one for verbs that no rule names, too.
 */
export type Glob = readonly string[];

/** One segment or more. */
export const SOME_RUN = '?*';

/** The same, and one empty segment too: nobody documents what API Gateway makes of `//`, so a Deny covers it. */
export const ANY_RUN = '*';

/** A segment that no route spells out and no claim has. */
export const FRESH = '\u0000';

export function isRun(segment: string | undefined): boolean {
  return segment === SOME_RUN || segment === ANY_RUN;
}

export function isVerbMatch(pattern: string | undefined, verb: string): boolean {
  return isRun(pattern) || pattern === verb;
}

/** The narrowest glob that covers what a route matches with one verb. */
export function globOf({ segments, isRest }: RoutePattern, verb: string): Glob {
  if (isRest) return [verb, ANY_RUN];
  return [verb, ...segments.map((segment) => (isVariable(segment) ? SOME_RUN : segment))];
}

export function withEmptyRuns(glob: Glob): Glob {
  return glob.map((segment) => (segment === SOME_RUN ? ANY_RUN : segment));
}

/** The same with a slash at the end, if it has neither one nor a run, which takes it. */
export function withSlash(glob: Glob): Glob[] {
  const last = glob.at(-1);
  return glob.length === 1 || last === '' || isRun(last) ? [] : [[...glob, '']];
}

export function render(glob: Glob): string {
  return glob.join('/');
}

/**
 * Lists choices of globs for what one with runs covers besides the paths of its own route, the fewest first: where a run takes
 * several segments, and where an empty one.
 */
export function beyond(glob: Glob): (readonly Glob[])[] {
  const runs = glob.flatMap((segment, at) => (at > 0 && isRun(segment) ? [at] : []));
  if (runs.length === 0) return [];
  const insert = (...segments: readonly string[]) =>
    runs.map((at) => [...glob.slice(0, at), ...segments, ...glob.slice(at + 1)]);
  const longer = [insert(SOME_RUN, ANY_RUN), insert(SOME_RUN, SOME_RUN)];
  return [...longer, ...longer.map((each) => [...each, ...insert('', ANY_RUN)])];
}

/** Whether a glob covers a request, segment by segment; the first is the verb. */
export function covers(glob: Glob, sent: readonly string[]): boolean {
  const [verb = ''] = sent;
  return isVerbMatch(glob[0], verb) && coversFrom(withVerb(glob, verb), 0, sent, 0);
}

function withVerb(glob: Glob, verb: string): Glob {
  return isRun(glob[0]) ? glob : [verb, ...glob.slice(1)];
}

function coversFrom(glob: Glob, i: number, sent: readonly string[], j: number, isInRun = false): boolean {
  if (i === glob.length) return j === sent.length;
  const segment = sent[j];
  if (segment === undefined) return false;
  if (!isRun(glob[i])) return glob[i] === segment && coversFrom(glob, i + 1, sent, j + 1);
  const mayEnd = isInRun || segment !== '' || glob[i] === ANY_RUN;
  return (mayEnd && coversFrom(glob, i + 1, sent, j + 1)) || coversFrom(glob, i, sent, j + 1, true);
}

/**
 * Goes through the requests that a glob and a route have in common, one for each way in which they can: with {@link FRESH}
 * wherever both leave the segment open, up to a length that no more specific route of the table reaches.
 *
 * @param target    the segments of the route, or of a part of it in which variables have their value
 * @param isWanted  gets verb and segments
 * @returns whether some request is wanted; it is the last one that was looked at
 */
export function someMeeting(
  glob: Glob,
  method: string,
  target: readonly string[],
  maxSegments: number,
  isWanted: (request: readonly string[]) => boolean,
): boolean {
  const spelled = withVerb(glob, method);
  const wanted = [method, ...target];
  return isVerbMatch(glob[0], method) && meet(0, 0, [], false);

  function meet(i: number, j: number, met: readonly string[], isInRun: boolean): boolean {
    const open = spelled[i];
    const segment = wanted[j];
    if (open === undefined || segment === undefined) return open === segment && isWanted(met);
    if (met.length === maxSegments) return false;
    const inRun = isRun(open);
    const isOpen = isVariable(segment);
    if (!inRun && !isOpen) return open === segment && meet(i + 1, j + 1, [...met, open], false);
    return choicesFor(inRun ? undefined : open, segment).some((choice) => {
      const next = [...met, choice];
      const mayEnd = isInRun || choice !== '' || open !== SOME_RUN;
      const mayStay = isGreedy(segment);
      return (
        (mayEnd && meet(i + 1, j + 1, next, false)) ||
        (inRun && meet(i, j + 1, next, true)) ||
        (mayEnd && mayStay && meet(i + 1, j, next, false)) ||
        (inRun && mayStay && meet(i, j, next, true))
      );
    });
  }
}

/** In a greedy variable there may be empty segments, which no `{name}` of another route takes. */
function choicesFor(literal: string | undefined, segment: string): readonly string[] {
  if (literal !== undefined) return [literal];
  if (!isVariable(segment)) return [segment];
  return isGreedy(segment) ? [FRESH, ''] : [FRESH];
}
