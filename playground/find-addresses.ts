import type { LocalApis } from './local-apis.ts';
import { PREFIXES } from './local-apis.ts';
import type { Addresses } from './walkthrough-steps.ts';

type Settings<Kind extends 'rest' | 'http' | 'webSocket'> = NonNullable<LocalApis[Kind]>['settings'];

/** What of the APIs is looked at. */
interface Apis {
  readonly rest?: Pick<Settings<'rest'>, 'routes'> | undefined;
  readonly http?: Pick<Settings<'http'>, 'routes'> | undefined;
  readonly webSocket?: Pick<Settings<'webSocket'>, 'routes'> | undefined;
}

/**
 * Finds what the walkthrough needs: something protected to call, and the admin function.
 *
 * @param functionNames the local names; the construct calls its admin function `Revocations`
 * @returns nothing when the stack lacks one of them, for example without the demo
 */
export function findAddresses(
  origin: string,
  { rest, http, webSocket }: Apis,
  functionNames: readonly string[],
): Addresses | undefined {
  const restPath = rest?.routes.find(
    ({ httpMethod, authorizer, resourcePath }) =>
      isCallable(httpMethod, resourcePath) && authorizer !== undefined,
  )?.resourcePath;
  const httpPath = http?.routes
    .filter(({ authorizer }) => authorizer !== undefined)
    .map(({ routeKey }) => routeKey.split(' '))
    .find(([verb = '', path = '{']) => isCallable(verb, path))?.[1];
  const isConnectable = webSocket?.routes.get('$connect')?.authorizer !== undefined;

  const addresses = {
    ...(restPath !== undefined && { restUrl: `${origin}${PREFIXES.rest}${restPath}` }),
    ...(httpPath !== undefined && { httpUrl: `${origin}${PREFIXES.http}${httpPath}` }),
    ...(isConnectable && { webSocketUrl: `${origin.replace(/^http/, 'ws')}${PREFIXES.webSocket}` }),
  };
  const revocations = functionNames.find((name) => /(^|-)Revocations$/.test(name));
  if (Object.keys(addresses).length === 0 || !revocations) return undefined;
  return { origin, revocations, ...addresses };
}

function isCallable(verb: string, path: string): boolean {
  return ['GET', 'ANY'].includes(verb) && !path.includes('{');
}
