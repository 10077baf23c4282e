import { parseRoute } from '../lambda/route-table.ts';
import type { CheckedApi } from './attached-apis.ts';

/** What a route table and the APIs behind it come to. */
export interface Coverage {
  readonly apis: readonly CheckedApi[];
  /** Rules that decide about no route. */
  readonly unused: readonly string[];
  /** Rules that are meant in spite of what is found. */
  readonly acknowledged: readonly string[];
}

/**
 * Checks that each route has its rule, and each rule its route.
 *
 * @param what  whose table it is, as the reader wrote it: `RevocableAuthorizer "Authorizer"`
 * @returns a sentence for each problem
 */
export function checkCoverage(what: string, { apis, unused, acknowledged }: Coverage): string[] {
  const isMeant = (route: string) => acknowledged.includes(route);
  const guarded = apis.flatMap(({ name, routes }) =>
    routes.filter(({ isGuarded }) => isGuarded).map((route) => ({ name, ...route })),
  );
  const uncovered = guarded.filter(({ rules }) => rules.length === 0);
  const isUncovered = (route: string) => uncovered.some((each) => each.route === route);
  const stale = acknowledged.filter((route) => !unused.includes(route));
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
      .filter((route) => !isMeant(route))
      .map(
        (route) =>
          `${what}: option "routes" has a rule for "${route}", which decides about no route of the attached APIs: there is none, or more specific rules decide about all of it; correct or remove it, or say under "acknowledgedRoutes" what it is for.`,
      ),
    ...(apis.length === 0 ? [] : stale).map((route) =>
      isUncovered(route)
        ? `${what}: option "acknowledgedRoutes" names "${route}", for which "routes" has no rule; if nobody may call it, write '${route}': 'nobody' there.`
        : `${what}: option "acknowledgedRoutes" names "${route}", about which there is nothing to acknowledge; remove it.`,
    ),
  ];
}

function isRouteKey(route: string): boolean {
  return parseRoute(route) !== undefined;
}
