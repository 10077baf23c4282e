import type { IncomingMessage } from 'node:http';
import type { GatewayRequest } from './gateway-request.ts';
import type { Handshake } from './websocket-events.ts';

/**
 * Reads a request from Node itself: hono's own view has lost the letter case of headers and the raw path.
 *
 * @param prefix what stands before the path of the API
 */
export function readRequest(incoming: IncomingMessage, prefix: string, body: Uint8Array): GatewayRequest {
  const { path, query } = splitTarget(incoming);
  const ownPath = path.slice(prefix.length);
  return {
    httpMethod: incoming.method ?? 'GET',
    path: ownPath === '' ? '/' : ownPath,
    query,
    headers: readHeaders(incoming),
    body,
    sourceIp: incoming.socket.remoteAddress ?? '127.0.0.1',
  };
}

/** Reads the request that asks for a WebSocket connection. */
export function readHandshake(incoming: IncomingMessage): Handshake {
  return {
    query: splitTarget(incoming).query,
    headers: readHeaders(incoming),
    sourceIp: incoming.socket.remoteAddress ?? '127.0.0.1',
  };
}

/** Splits the request target into path and query, both as sent. */
export function splitTarget({ url: target = '/' }: IncomingMessage): {
  readonly path: string;
  readonly query: string;
} {
  const mark = target.indexOf('?');
  return mark < 0
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

function readHeaders({ rawHeaders }: IncomingMessage): GatewayRequest['headers'] {
  return rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [[name, rawHeaders[i + 1] ?? ''] as const] : []));
}
