import { bySpecificity, isPathMatch, parametersOf, segmentsOf } from './path-template.ts';

/** One method of a REST API. */
export interface RouteKey {
  /** Like `/orders/{id}` or `/{proxy+}`; the root is `/`. */
  readonly resourcePath: string;
  /** A verb, or `ANY`. */
  readonly httpMethod: string;
}

export interface RouteMatch<T extends RouteKey> {
  readonly route: T;
  /** As sent, not decoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

/**
 * Finds the method that API Gateway would call: of the resources that have the verb or `ANY`, the most specific one wins
 * (literal text over `{name}` over `{name+}`, segment by segment), and in it the verb over `ANY`. So a literal resource
 * without the verb leaves the request to a wider one.
 *
 * @param path as sent, without the stage and without the query; a trailing slash does not count
 */
export function matchRoute<T extends RouteKey>(
  routes: readonly T[],
  httpMethod: string,
  path: string,
): RouteMatch<T> | undefined {
  const sent = segmentsOf(path.replace(/(?<=[^/])\/$/, ''));
  const [best] = routes
    .map((route) => ({ route, template: segmentsOf(route.resourcePath) }))
    .filter(
      ({ route, template }) => [httpMethod, 'ANY'].includes(route.httpMethod) && isPathMatch(template, sent),
    )
    .sort(
      (a, b) =>
        bySpecificity(a.template, b.template) ||
        Number(a.route.httpMethod === 'ANY') - Number(b.route.httpMethod === 'ANY'),
    );
  return best && { route: best.route, pathParameters: parametersOf(best.template, sent) };
}
