// CDK asks what it was given as `authorizer` for its `authorizerId` (REST APIs) or for `bind` (HTTP and WebSocket APIs). A
// REST method whose authorizer has no id is open to everybody, without a word.
import type { RoutedApi } from '../lambda/route-table.ts';

/** What each kind of API takes as `authorizer`. */
const TAKES = {
  rest: ['a REST method', 'authorizer.forRestApi() or authorizer.forRestApiRequest()'],
  http: ['an HTTP route', 'authorizer.forHttpApi()'],
  websocket: ['a WebSocket route', 'authorizer.forWebSocketApi()'],
} as const satisfies Record<RoutedApi, readonly [string, string]>;

/** The type of what no API may read: `tsc` prints it, with the advice, where an API is given the construct itself. */
export interface NotAnAuthorizer<Advice extends string> {
  readonly advice: Advice;
}

/** What `tsc` is to advise for a kind of API. */
export type AdviceFor<Kind extends RoutedApi> = `pass ${(typeof TAKES)[Kind][1]}`;

/**
 * Says that an API was given something else than what it takes as `authorizer`.
 *
 * @param received  what was given, such as `the construct itself`
 */
export function refuseMisplaced(kind: RoutedApi, received: string): never {
  const [place, advice] = TAKES[kind];
  throw new Error(`Option "authorizer" of ${place} is ${received}; give ${advice}.`);
}

/** Returns a `bind` for what is no authorizer of HTTP or WebSocket APIs. */
export function refuseBinding(received: string): (options: unknown) => never {
  return (options) => refuseMisplaced(bindingApi(options) ?? 'http', received);
}

/** Makes what has neither an id nor a `bind` of an authorizer refuse to be used as one: a construct, or a method that nobody called. */
export function refuseAsAuthorizer(target: object, received: string): void {
  const refuse = refuseBinding(received);
  Object.defineProperties(target, {
    authorizerId: { get: () => refuseMisplaced('rest', received) },
    bind: {
      value: (self: unknown, ...args: unknown[]) =>
        typeof target === 'function' && bindingApi(self) === undefined
          ? Function.prototype.bind.call(target, self, ...args)
          : refuse(self),
    },
  });
}

/** Tells what kind of API calls `bind`; undefined: none, but somebody who binds a method. */
function bindingApi(options: unknown): 'http' | 'websocket' | undefined {
  const isBinding = typeof options === 'object' && options !== null && 'route' in options;
  if (!isBinding || typeof options.route !== 'object' || options.route === null) return undefined;
  return 'webSocketApi' in options.route ? 'websocket' : 'http';
}
