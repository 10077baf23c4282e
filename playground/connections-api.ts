import type { Context } from 'hono';
import { Hono } from 'hono';
import type { WebSocketServer } from './websocket-server.ts';

const MAX_MESSAGE_BYTES = 128 * 1024;

/**
 * Serves the management API of a WebSocket API, by which a backend sends to a client, looks at its connection, or ends
 * it. Signatures are not looked at.
 *
 * @param prefix the address of the WebSocket API
 */
export function connectionsApi(
  sockets: Pick<WebSocketServer, 'find' | 'send' | 'disconnect'>,
  prefix: `/${string}`,
): Hono {
  const path = `${prefix}/:area{(?:@|%40)connections}/:id` as const;
  return new Hono()
    .post(path, async (c) => {
      const data = new Uint8Array(await c.req.arrayBuffer());
      if (data.byteLength > MAX_MESSAGE_BYTES) {
        c.header('x-amzn-ErrorType', 'PayloadTooLargeException');
        return c.json({ message: 'Payload too large' }, 413);
      }
      return sockets.send(c.req.param('id'), data) ? c.body(null, 200) : gone(c);
    })
    .get(path, (c) => {
      const found = sockets.find(c.req.param('id'));
      if (!found) return gone(c);
      const { connectedAt, userAgent = '', handshake } = found.connection;
      return c.json({
        connectedAt: new Date(connectedAt).toISOString(),
        identity: { sourceIp: handshake.sourceIp, userAgent },
        lastActiveAt: new Date(found.lastActiveAt).toISOString(),
      });
    })
    .delete(path, (c) => (sockets.disconnect(c.req.param('id')) ? c.body(null, 204) : gone(c)));
}

function gone(c: Context): Response {
  c.header('x-amzn-ErrorType', 'GoneException');
  return c.json({ message: 'Gone' }, 410);
}
