import { Annotations } from 'aws-cdk-lib';
import type { OpenRoute } from './api-route.ts';

/** To acknowledge it: `Annotations.of(method).acknowledgeWarning(OPEN_ROUTE)`, or of anything that the method is in. */
export const OPEN_ROUTE = 'revocable-authorizer:openRoute';

/** Warns of a method or route that everybody may call, in an API that has an authorizer. */
export function warnOfOpenRoute({ route, construct }: OpenRoute, api: string): void {
  const what = route === undefined ? `The method ${construct.node.path}` : `The route "${route}"`;
  Annotations.of(construct).addWarningV2(
    OPEN_ROUTE,
    `${what} of the API "${api}" has no authorizer, although other routes of that API have one, so everybody may call it; give it the authorizer, or acknowledge this warning if that is meant.`,
  );
}
