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
  const sent = segmentsOf(path);
  const [best] = routes
    .map((route) => ({ route, template: segmentsOf(route.resourcePath) }))
    .filter(({ template }) => isMatch(template, sent))
    .sort((a, b) => bySpecificity(a.template, b.template));
  if (!best) return undefined;
  const candidates = routes.filter((route) => route.resourcePath === best.route.resourcePath);
  const route =
    candidates.find((candidate) => candidate.httpMethod === httpMethod) ??
    candidates.find((candidate) => candidate.httpMethod === 'ANY');
  return route && { route, pathParameters: parametersOf(best.template, sent) };
}

function segmentsOf(path: string): string[] {
  return path.replace(/^\//, '').replace(/\/$/, '').split('/');
}

function isGreedy(segment: string | undefined): boolean {
  return segment?.endsWith('+}') ?? false;
}

function isMatch(template: readonly string[], sent: readonly string[]): boolean {
  if (!isGreedy(template.at(-1)) && template.length !== sent.length) return false;
  return template.every((segment, i) => (segment.startsWith('{') ? Boolean(sent[i]) : segment === sent[i]));
}

/** 0 for literal text, 1 for `{name}`, 2 for `{name+}`. */
function rank(segment: string | undefined): number {
  if (isGreedy(segment)) return 2;
  return segment?.startsWith('{') ? 1 : 0;
}

function bySpecificity(a: readonly string[], b: readonly string[]): number {
  const difference = a.findIndex((segment, i) => rank(segment) !== rank(b[i]));
  return difference < 0 ? b.length - a.length : rank(a[difference]) - rank(b[difference]);
}

function parametersOf(template: readonly string[], sent: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    template.flatMap((segment, i): [string, string][] => {
      const name = /^\{(.+?)\+?\}$/.exec(segment)?.[1];
      if (name === undefined) return [];
      return [[name, isGreedy(segment) ? sent.slice(i).join('/') : (sent[i] ?? '')]];
    }),
  );
}
