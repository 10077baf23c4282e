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
 * Finds the method that API Gateway would call: the most specific resource wins (literal text over `{name}` over
 * `{name+}`, segment by segment), and in it the verb over `ANY`.
 *
 * @param path as sent, without the stage and without the query; a trailing slash does not count
 * @returns nothing when no resource matches, or when the one that matches has neither the verb nor `ANY`
 */
export function matchRoute<T extends RouteKey>(
  routes: readonly T[],
  httpMethod: string,
  path: string,
): RouteMatch<T> | undefined {
  const sent = segmentsOf(path.replace(/(?<=[^/])\/$/, ''));
  const [best] = routes
    .map((route) => ({ route, template: segmentsOf(route.resourcePath) }))
    .filter(({ template }) => isPathMatch(template, sent))
    .sort((a, b) => bySpecificity(a.template, b.template));
  if (!best) return undefined;
  const candidates = routes.filter((route) => route.resourcePath === best.route.resourcePath);
  const route =
    candidates.find((candidate) => candidate.httpMethod === httpMethod) ??
    candidates.find((candidate) => candidate.httpMethod === 'ANY');
  return route && { route, pathParameters: parametersOf(best.template, sent) };
}
