import type { RouteRule } from '../route-table.ts';
import type { RoutedRequest } from './match-route.ts';
import { matchRoutes, sortRoutes } from './match-route.ts';
import type { RoutedApi } from './parse-route.ts';
import { parseRoute } from './parse-route.ts';

/**
 * Opens a list of routes that is kept beside the rules of a route table.
 *
 * @param listed  routes of the grammar of route tables
 * @param rules   of the route table; none without one
 * @returns whether a request is for a listed route: of all routes of the list and the rules, the most specific one that
 *   matches is on the list
 */
export function openRouteList(
  listed: readonly string[],
  rules: readonly RouteRule[] = [],
): (request: RoutedRequest) => boolean {
  const routes = [...new Set([...listed, ...rules.map(({ route }) => route)])].flatMap((route) => {
    const pattern = parseRoute(route);
    return pattern === undefined ? [] : [{ pattern, isListed: listed.includes(route) }];
  });
  const sorted = new Map<RoutedApi, typeof routes>();
  return (request) => {
    const own = sorted.get(request.api) ?? sortRoutes(routes, request.api);
    sorted.set(request.api, own);
    return matchRoutes(own, request).every(({ route }) => route?.isListed === true);
  };
}
