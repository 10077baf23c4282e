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

/** Makes a function of AWS Lambda refuse to be used as an authorizer: of HTTP and WebSocket APIs, too. */
export function refuseFunction(lambda: object, name: string): void {
  const received = `the function ${name}`;
  Object.defineProperties(lambda, {
    authorizerId: { get: () => refuseMisplaced('rest', received) },
    bind: { value: refuseBinding(received) },
  });
}

/** Makes a method that returns an authorizer refuse to be used as one, where a reader forgot to call it. */
export function refuseUncalled(method: (...args: never) => unknown, name: string): void {
  const received = `the method ${name} itself`;
  Object.defineProperties(method, {
    authorizerId: { get: () => refuseMisplaced('rest', received) },
    bind: {
      value: (self: unknown, ...args: never[]) => {
        const kind = bindingApi(self);
        if (kind !== undefined) refuseMisplaced(kind, received);
        return Function.prototype.bind.call(method, self, ...args);
      },
    },
  });
}

/** Tells what kind of API calls `bind`; undefined: none, but somebody who binds a method. */
function bindingApi(options: unknown): 'http' | 'websocket' | undefined {
  const isBinding = typeof options === 'object' && options !== null && 'route' in options;
  if (!isBinding || typeof options.route !== 'object' || options.route === null) return undefined;
  return 'webSocketApi' in options.route ? 'websocket' : 'http';
}
