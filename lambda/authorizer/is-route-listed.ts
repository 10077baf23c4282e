import type { MethodArn } from './parse-method-arn.ts';

/**
 * Tells whether a request is for one of the listed routes, such as `GET /orders/{id}`, `ANY /admin/{proxy+}`, `$connect`.
 *
 * The path is compared as the client wrote it; with a percent sign in it, it is never on the list, because API Gateway
 * may read it differently.
 */
export function isRouteListed({ method, path }: MethodArn, routes: readonly string[]): boolean {
  return !path.includes('%') && routes.some((route) => isSame(route, method, path));
}

function isSame(route: string, method: string, path: string): boolean {
  const [verb, template] = route.split(' ');
  if (template === undefined) return verb === method; // a WebSocket route has no path
  if (verb !== 'ANY' && verb !== method) return false;
  const wanted = template.slice(1).split('/');
  const given = path.split('/');
  const isGreedy = wanted.at(-1)?.endsWith('+}') ?? false;
  if (isGreedy ? given.length < wanted.length : given.length !== wanted.length) return false;
  return wanted.every((segment, index) =>
    segment.startsWith('{') ? given[index] !== '' : segment === given[index],
  );
}
