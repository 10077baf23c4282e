// The backend of the demo, for its REST, HTTP and WebSocket APIs: it shows what a backend learns about its caller.
import { requireAuthorizer } from '../backend/index.ts';

/** The parts of the three proxy events that it reads. */
interface DemoEvent {
  readonly pathParameters?: Readonly<Record<string, string | undefined>> | null;
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly body?: string | null;
  readonly requestContext: { readonly eventType?: string };
}

const HEADERS = { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' };

/** What a client offers beside its token; see `IdentitySource.webSocketProtocol`. */
const PROTOCOL = 'bearer';

const ORDERS = [
  { id: '1', item: 'teapot', quantity: 1 },
  { id: '2', item: 'cup', quantity: 6 },
];

/**
 * Answers the orders, one of them when the path names it, and the caller as the authorizer passed it on; a WebSocket
 * message as it is. Refuses what did not come by the authorizer.
 */
export const handler = requireAuthorizer(async (event: DemoEvent, { sub, clientId, scope }) => {
  switch (event.requestContext.eventType) {
    case 'CONNECT':
      // A browser closes the connection when none of the protocols that it offered is agreed on.
      return { statusCode: 200, headers: isOffered(event) ? { 'Sec-WebSocket-Protocol': PROTOCOL } : {} };
    case 'MESSAGE':
      return { statusCode: 200, body: event.body ?? '' };
    case 'DISCONNECT':
      return { statusCode: 200 };
  }
  const id = event.pathParameters?.['id'];
  const orders = id === undefined ? ORDERS : ORDERS.filter((order) => order.id === id);
  return {
    statusCode: 200,
    headers: HEADERS,
    body: JSON.stringify({ orders, caller: { sub, clientId, scope } }),
  };
});

function isOffered({ headers }: DemoEvent): boolean {
  return Object.entries(headers ?? {}).some(
    ([name, value = '']) =>
      name.toLowerCase() === 'sec-websocket-protocol' &&
      value.split(',').some((protocol) => protocol.trim() === PROTOCOL),
  );
}
