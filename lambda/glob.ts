// Resources of a policy below the stage, as `GET/orders/?*`, seen segment by segment. Pure.
import type { RoutePattern } from './route-pattern.ts';
import { isGreedy, isVariable } from './route-pattern.ts';

/** Verb and path. `*` stands for one segment or more, since IAM's `*` crosses `/`; everything else is literal. */
export type Glob = readonly string[];

export const ANY_RUN = '*';

/** A segment that no route spells out and no claim has. */
export const FRESH = '\u0000';

/** The narrowest glob that covers what a route matches with one verb, or with every verb (`*`). */
export function globOf({ segments, isRest }: RoutePattern, method: string): Glob {
  if (isRest && method === ANY_RUN) return [ANY_RUN];
  return [method, ...segments.map((segment) => (isVariable(segment) ? ANY_RUN : segment))];
}

/** Writes an Allow: each run has a character at least, so `orders/?*` keeps off `orders/`. */
export function renderAllow(glob: Glob): string {
  return glob.map((segment) => (segment === ANY_RUN ? '?*' : segment)).join('/');
}

/**
 * Writes a Deny: runs may be empty, and a slash at the end does not lead around it, because nobody documents what API Gateway
 * makes of `//` and of that slash.
 */
export function renderDeny(glob: Glob): string[] {
  const text = glob.join('/');
  return glob.at(-1) === ANY_RUN || glob.length === 1 ? [text] : [text, `${text}/`];
}

/** Whether a glob covers a request, segment by segment; the first is the verb. */
export function covers(glob: Glob, sent: readonly string[]): boolean {
  return coversFrom(glob, 0, sent, 0);
}

function coversFrom(glob: Glob, i: number, sent: readonly string[], j: number): boolean {
  if (i === glob.length) return j === sent.length;
  if (j === sent.length) return false;
  if (glob[i] !== ANY_RUN) return glob[i] === sent[j] && coversFrom(glob, i + 1, sent, j + 1);
  return coversFrom(glob, i + 1, sent, j + 1) || coversFrom(glob, i, sent, j + 1);
}

/**
 * Lists one request for each way in which a glob and a route can have requests in common: with {@link FRESH} wherever both
 * leave the segment open, up to a length that no more specific route of the table reaches.
 *
 * @param target  the segments of the route, or of a part of it in which variables have their value
 */
export function* meetings(
  glob: Glob,
  method: string,
  target: readonly string[],
  maxSegments: number,
): Generator<string[]> {
  yield* meet(glob, 0, [method, ...target], 0, [], maxSegments);
}

function* meet(
  glob: Glob,
  i: number,
  target: readonly string[],
  j: number,
  met: string[],
  left: number,
): Generator<string[]> {
  if (i === glob.length && j === target.length) yield met;
  const open = glob[i];
  const wanted = target[j];
  if (left === 0 || open === undefined || wanted === undefined) return;
  const isRun = open === ANY_RUN;
  const isOpen = isVariable(wanted);
  if (!isRun && !isOpen && open !== wanted) return;
  for (const segment of isRun ? (isOpen ? openSegments(wanted) : [wanted]) : [open]) {
    const next = [...met, segment];
    yield* meet(glob, i + 1, target, j + 1, next, left - 1);
    if (isRun) yield* meet(glob, i, target, j + 1, next, left - 1);
    if (isGreedy(wanted)) yield* meet(glob, i + 1, target, j, next, left - 1);
    if (isRun && isGreedy(wanted)) yield* meet(glob, i, target, j, next, left - 1);
  }
}

/** In a greedy variable there may be empty segments, which no `{name}` of another route takes. */
function openSegments(wanted: string): string[] {
  return isGreedy(wanted) ? [FRESH, ''] : [FRESH];
}
