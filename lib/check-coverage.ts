import type { Inseparable } from '../lambda/route-table.ts';
import type { CheckedApi } from './attached-apis.ts';

/** What a route table and the APIs behind it come to. */
export interface Coverage {
  readonly apis: readonly CheckedApi[];
  /** Rules that decide about no route. */
  readonly unused: readonly string[];
  /** Rules that a cached answer cannot tell apart. */
  readonly inseparable: readonly Inseparable[];
  /** Whether an answer for one route is cached for all of them. */
  readonly isCachedForAllRoutes: boolean;
  /** Rules that are meant in spite of what is found. */
  readonly acknowledged: readonly string[];
}

/** So many pairs of rules are written out. */
const MAX_SHOWN = 5;

/**
 * Checks that each route has its rule, each rule its route, and that cached answers say the same as the rules.
 *
 * @param what  whose table it is, as the reader wrote it: `RevocableAuthorizer "Authorizer"`
 * @returns a sentence for each problem
 */
export function checkCoverage(
  what: string,
  { apis, unused, inseparable, isCachedForAllRoutes, acknowledged }: Coverage,
): string[] {
  const isMeant = (route: string) => acknowledged.includes(route);
  const guarded = apis.flatMap(({ name, routes }) =>
    routes.filter(({ isGuarded }) => isGuarded).map((route) => ({ name, ...route })),
  );
  const uncovered = guarded.filter(({ rules }) => rules.length === 0);
  // A cached answer about another path could allow what no rule is about.
  const open = guarded.filter(
    ({ rules, isComplete }) => isCachedForAllRoutes && rules.length > 0 && !isComplete,
  );
  const isUncovered = (route: string) => uncovered.some((each) => each.route === route);
  const stale = acknowledged.filter(
    (route) => !unused.includes(route) && !inseparable.some(({ permitted }) => permitted === route),
  );
  return [
    // One that no rule is about could be allowed by a cached answer.
    ...apis.flatMap(({ name, withoutPath }) =>
      withoutPath.map(
        (method) =>
          `${what}: option "routes" cannot be compared with the method "${method}" of the API "${name}", because its path is not in this application; make it with addResource() and addMethod().`,
      ),
    ),
    ...uncovered
      .filter(({ route }) => !isMeant(route))
      .map(
        ({ name, route }) =>
          `${what}: option "routes" has no rule for the route "${route}" of the API "${name}"; add one: conditions, 'any' for every live token, or 'nobody'.`,
      ),
    ...open.map(
      ({ name, route }) =>
        `${what}: option "routes" has no rule for some requests to the route "${route}" of the API "${name}", and a cached answer about another path may allow them; add a rule for "${route}", such as 'nobody', or leave "resultsCacheTtl" out.`,
    ),
    ...unused
      .filter((route) => !isMeant(route))
      .map(
        (route) =>
          `${what}: option "routes" has a rule for "${route}", which decides about no route of the attached APIs: there is none, or more specific rules decide about all of it; correct or remove it, or say under "acknowledgedRoutes" what it is for.`,
      ),
    ...describeInseparable(
      what,
      inseparable.filter(({ permitted }) => !isMeant(permitted)),
    ),
    ...(apis.length === 0 ? [] : stale).map((route) =>
      isUncovered(route)
        ? `${what}: option "acknowledgedRoutes" names "${route}", for which "routes" has no rule; if nobody may call it, write '${route}': 'nobody' there.`
        : `${what}: option "acknowledgedRoutes" names "${route}", about which there is nothing to acknowledge; remove it.`,
    ),
  ];
}

function describeInseparable(what: string, pairs: readonly Inseparable[]): string[] {
  if (pairs.length === 0) return [];
  const shown = pairs
    .slice(0, MAX_SHOWN)
    .map(({ permitted, denied }) =>
      permitted === denied
        ? `"${permitted}" of one caller from that of another`
        : `"${permitted}" from "${denied}"`,
    );
  const rest = pairs.length > MAX_SHOWN ? `, and ${pairs.length - MAX_SHOWN} more` : '';
  return [
    `${what}: there are "routes" and "resultsCacheTtl", and patterns of IAM cannot tell apart: ${shown.join(', ')}${rest}. A token that may call the first of the two and not the second is denied some requests to the first by cached answers; it is never allowed too much. Give the two the same conditions, rename a path, leave "resultsCacheTtl" out (then every answer is exact), give exactRoutes: true, or say under "acknowledgedRoutes", for the first, why it may be so.`,
  ];
}
