import type { OpenRoute } from './api-route.ts';
import { warn } from './warn.ts';

/** Warns of a method or route that everybody may call, in an API that has an authorizer. */
export function warnOfOpenRoute({ route, construct }: OpenRoute, api: string): void {
  const what = route === undefined ? `The method ${construct.node.path}` : `The route "${route}"`;
  warn(
    construct,
    'openRoute',
    `${what} of the API "${api}" has no authorizer, although other routes of that API have one, so everybody may call it; give it the authorizer, or acknowledge this warning if that is meant.`,
  );
}
