// What a route of a route table matches, and which of several routes API Gateway chooses. Pure.

/** The verbs that `ANY` stands for; a request with another one has no rule. */
export const VERBS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;

export type RoutedApi = 'rest' | 'http' | 'websocket';

/** A route, taken apart. */
export interface RoutePattern {
  /** The verbs that it takes; `$connect` for the route that has none. */
  readonly methods: readonly string[];
  readonly isAny: boolean;
  /** Literal text, `{name}`, or `{name+}` in the last place; the root has one empty one; `$connect` has none. */
  readonly segments: readonly string[];
  /** `$default`: whatever no other route of an HTTP API takes. */
  readonly isRest: boolean;
}

const ROUTE = /^(ANY|[A-Z]+) \/((?:[^\s/]+(?:\/[^\s/]+)*)?)$/;
/** Anything but what IAM or API Gateway reads as more than text. */
const LITERAL = /^[A-Za-z0-9._~@!$+,;=:-]+$/;
const VARIABLE = /^\{[A-Za-z0-9._-]+\+?\}$/;

/**
 * Parses a route: a verb or `ANY`, a space and a path such as `/orders/{id}` or `/admin/{proxy+}`; `$connect`; `$default`.
 *
 * @returns undefined when the text is no such route
 */
export function parseRoute(route: string): RoutePattern | undefined {
  if (route === '$connect') return { methods: [route], isAny: false, segments: [], isRest: false };
  if (route === '$default') {
    return { methods: VERBS, isAny: true, segments: ['{rest+}'], isRest: true };
  }
  const [, method = '', path = ''] = ROUTE.exec(route) ?? [];
  const isAny = method === 'ANY';
  if (!isAny && !VERBS.some((verb) => verb === method)) return undefined;
  const segments = path.split('/');
  const isSound = segments.every(
    (segment, at) =>
      (path === '' || LITERAL.test(segment) || VARIABLE.test(segment)) &&
      (!isGreedy(segment) || at === segments.length - 1),
  );
  return isSound ? { methods: isAny ? VERBS : [method], isAny, segments, isRest: false } : undefined;
}

export function isVariable(segment: string): boolean {
  return segment.startsWith('{');
}

export function isGreedy(segment: string): boolean {
  return segment.endsWith('+}');
}

/** The name of a variable, `proxy` for `{proxy+}`. */
export function nameOf(segment: string): string {
  return segment.replace(/^\{|\+?\}$/g, '');
}

/** Whether an API of this type can have the route at all. */
export function isRouteOf(api: RoutedApi, { methods, isRest }: RoutePattern): boolean {
  const isConnect = methods[0] === '$connect';
  return api === 'websocket' ? isConnect : !isConnect && (api === 'http' || !isRest);
}

/** Drops a slash after a path as sent: on REST APIs it does not count, on HTTP APIs it does. */
export function withoutSlash(api: RoutedApi, sent: readonly string[]): readonly string[] {
  const endsInSlash = sent.at(-1) === '' && Boolean(sent.at(-2));
  return api === 'rest' && endsInSlash ? sent.slice(0, -1) : sent;
}

/** Tells whether a request is one of the route's; a variable is never empty. */
export function isMatch(pattern: RoutePattern, method: string, sent: readonly string[]): boolean {
  if (!pattern.methods.includes(method)) return false;
  const { segments, isRest } = pattern;
  if (isRest || segments.length === 0) return true;
  if (sent.length !== segments.length && !(isGreedy(segments.at(-1) ?? '') && sent.length > segments.length))
    return false;
  return segments.every((segment, at) => {
    if (isGreedy(segment)) return sent.slice(at).join('/') !== '';
    return isVariable(segment) ? Boolean(sent[at]) : segment === sent[at];
  });
}

/**
 * Sorts the route first that API Gateway would choose: literal text before `{name}` before `{name+}`, segment by segment;
 * then the verb before `ANY`; `$default` last. On HTTP APIs every route without `{name+}` comes before those with one.
 */
export function bySpecificity(api: RoutedApi): (a: RoutePattern, b: RoutePattern) => number {
  return (a, b) =>
    Number(a.isRest) - Number(b.isRest) ||
    (api === 'http' ? Number(endsGreedy(a)) - Number(endsGreedy(b)) : 0) ||
    bySegments(a.segments, b.segments) ||
    Number(a.isAny) - Number(b.isAny);
}

function endsGreedy({ segments }: RoutePattern): boolean {
  return isGreedy(segments.at(-1) ?? '');
}

function bySegments(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const difference = rank(a[at]) - rank(b[at]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** -1 where a path has ended, 0 for literal text, 1 for `{name}`, 2 for `{name+}`: so that the order is a total one. */
function rank(segment: string | undefined): number {
  if (segment === undefined) return -1;
  if (isGreedy(segment)) return 2;
  return isVariable(segment) ? 1 : 0;
}
