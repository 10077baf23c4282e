import type { AuthorizerContext } from './read-authorizer-context.ts';
import { AuthorizerContextMissing, readAuthorizerContext } from './read-authorizer-context.ts';

/** What every proxy integration takes as an answer. */
export interface Refusal {
  readonly statusCode: 403;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Wraps the handler of a backend so that it is called only for requests that the authorizer let through; every other one
 * is answered 403. On the route `$connect` of a WebSocket API that refuses the connection.
 *
 * @param handler  gets the event, and who called
 * @example
 * export const handler = requireAuthorizer(async (event, { sub }) => ({ statusCode: 200, body: `Hello ${sub}` }));
 */
export function requireAuthorizer<Event, Answer>(
  handler: (event: Event, caller: AuthorizerContext) => Promise<Answer>,
): (event: Event) => Promise<Answer | Refusal> {
  return async (event) => {
    let caller: AuthorizerContext;
    try {
      caller = readAuthorizerContext(event);
    } catch (error) {
      if (!(error instanceof AuthorizerContextMissing)) throw error;
      return {
        statusCode: error.statusCode,
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ message: 'Forbidden' }),
      };
    }
    return handler(event, caller);
  };
}
