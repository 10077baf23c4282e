import { parseRoute } from '../lambda/route-table.ts';
import type { CheckedApi, KeyedRule } from './attached-apis.ts';

/** What a route table and the APIs behind it come to. */
export interface Coverage {
  readonly apis: readonly CheckedApi[];
  readonly unused: readonly UnusedRule[];
  /** Rules that are meant in spite of what is found. */
  readonly acknowledged: readonly string[];
  /** Whether every API of the authorizer is here; otherwise nobody can say that there is nothing to acknowledge. */
  readonly isWhole: boolean;
}

/** A rule that decides about no route. */
export interface UnusedRule {
  readonly rule: KeyedRule;
  /** A route that it would decide about if that route asked the authorizer. */
  readonly unasked: { readonly route: string; readonly api: string } | undefined;
}

/**
 * Checks that each route has its rule, and each rule its route.
 *
 * @param what  whose table it is, as the reader wrote it: `RevocableAuthorizer "Authorizer"`
 * @returns a sentence for each problem
 */
export function checkCoverage(what: string, { apis, unused, acknowledged, isWhole }: Coverage): string[] {
  const isMeant = (route: string) => acknowledged.includes(route);
  const guarded = apis.flatMap(({ name, routes }) =>
    routes.filter(({ isGuarded }) => isGuarded).map((route) => ({ name, ...route })),
  );
  const uncovered = guarded.filter(({ rules }) => rules.length === 0);
  const isUncovered = (route: string) => uncovered.some((each) => each.route === route);
  const stale = acknowledged.filter((route) => !unused.some(({ rule }) => rule.route === route));
  return [
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
          `${what}: option "routes" has no rule for the route "${route}" of the API "${name}"; ${isRouteKey(route) ? "add one: conditions, 'any' for every live token, or 'nobody'" : 'no key of a rule can name it, so give the API another route, or on an HTTP API add the rule "$default"'}.`,
      ),
    ...unused
      .filter(({ rule }) => !isMeant(rule.route))
      // Nobody may call that route by a token, and something else may close it: a warning says so.
      .filter(({ rule, unasked }) => !(rule.nobody && unasked))
      .map(({ rule: { route }, unasked }) =>
        unasked
          ? `${what}: option "routes" has a rule for "${route}", but the route "${unasked.route}" of the API "${unasked.api}" does not ask the authorizer; give that route the authorizer, or remove the rule.`
          : `${what}: option "routes" has a rule for "${route}", which decides about no route of the attached APIs: there is none, or more specific rules decide about all of it; correct or remove it, or say under "acknowledgedRoutes" what it is for.`,
      ),
    ...(isWhole && apis.length > 0 ? stale : []).map((route) =>
      isUncovered(route)
        ? `${what}: option "acknowledgedRoutes" names "${route}", for which "routes" has no rule; if nobody may call it, write '${route}': 'nobody' there.`
        : `${what}: option "acknowledgedRoutes" names "${route}", about which there is nothing to acknowledge; remove it.`,
    ),
  ];
}

function isRouteKey(route: string): boolean {
  return parseRoute(route) !== undefined;
}
