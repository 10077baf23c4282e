import type { RestApiSettings } from './read-rest-api.ts';
import type { Addresses } from './walkthrough-steps.ts';

/**
 * Finds what the walkthrough needs: a protected GET method, and the admin function.
 *
 * @param functionNames the local names; the construct calls its admin function `Revocations`
 * @returns nothing when the stack lacks one of them, for example without the demo
 */
export function findAddresses(
  origin: string,
  { routes }: Pick<RestApiSettings, 'routes'>,
  functionNames: readonly string[],
): Addresses | undefined {
  const route = routes.find(
    ({ httpMethod, authorizer, resourcePath }) =>
      ['GET', 'ANY'].includes(httpMethod) && authorizer !== undefined && !resourcePath.includes('{'),
  );
  const revocations = functionNames.find((name) => /(^|-)Revocations$/.test(name));
  if (!route || !revocations) return undefined;
  return { origin, callUrl: `${origin}/rest${route.resourcePath}`, revocations };
}
