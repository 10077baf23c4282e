import { bySpecificity, isGreedy, isPathMatch, parametersOf, segmentsOf } from './path-template.ts';

/** What an HTTP API calls a route: `GET /orders/{id}`, `ANY /{proxy+}`, or `$default`. */
export interface HttpRouteKey {
  readonly routeKey: string;
}

export interface HttpRouteMatch<T extends HttpRouteKey> {
  readonly route: T;
  /** As they stand in the path. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

/**
 * Finds the route of an HTTP API: first a full match of path and verb, then one with a greedy parameter, then
 * `$default`; among several the most specific path, and of one path the verb before `ANY`.
 *
 * @param path decoded, without the stage and without the query; a trailing slash counts
 */
export function matchHttpRoute<T extends HttpRouteKey>(
  routes: readonly T[],
  httpMethod: string,
  path: string,
): HttpRouteMatch<T> | undefined {
  const sent = segmentsOf(path);
  const [best] = routes
    .filter(({ routeKey }) => routeKey !== '$default')
    .map((route) => {
      const [verb = '', template = ''] = route.routeKey.split(' ');
      return { route, verb, template: segmentsOf(template) };
    })
    .filter(({ verb, template }) => (verb === 'ANY' || verb === httpMethod) && isPathMatch(template, sent))
    .sort(
      (a, b) =>
        Number(isGreedy(a.template)) - Number(isGreedy(b.template)) ||
        bySpecificity(a.template, b.template) ||
        Number(a.verb === 'ANY') - Number(b.verb === 'ANY'),
    );
  if (best) return { route: best.route, pathParameters: parametersOf(best.template, sent) };
  const rest = routes.find(({ routeKey }) => routeKey === '$default');
  return rest && { route: rest, pathParameters: {} };
}
