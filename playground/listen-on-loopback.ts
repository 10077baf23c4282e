import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { refuseRequest } from './refuse-request.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';

const ADDRESS = '127.0.0.1';

interface Options {
  /** 0: any free port. */
  readonly port: number;
  /** The origins whose web pages are let in; none, if left out. */
  readonly allowedOrigins?: readonly string[];
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  /** Gets the WebSocket handshakes; if left out, they are ordinary requests. */
  readonly onUpgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Gets one line per request that is refused here; never its path or query. */
  readonly log?: (line: string) => void;
}

/**
 * Opens an HTTP server on the loopback interface. Every server of the local mode is opened here, so that none of them
 * serves a request of a web page; see {@link refuseRequest}.
 *
 * @returns the server, and its URL without a path
 * @throws what Node.js throws, if the port is unavailable
 */
export async function listenOnLoopback({
  port,
  allowedOrigins = [],
  onRequest,
  onUpgrade,
  log,
}: Options): Promise<{ readonly server: Server; readonly origin: string }> {
  const server = createServer({
    // Any other protocol that a client offers is not spoken here, and its request is an ordinary one.
    shouldUpgradeCallback: ({ headers }) =>
      onUpgrade !== undefined && headers.upgrade?.toLowerCase() === 'websocket',
  });
  const refuse = (request: IncomingMessage) => {
    const refusal = refuseRequest(request, allowedOrigins);
    if (refusal) log?.(`${refusal.status} ${refusal.message}`);
    return refusal;
  };
  server.on('request', (request, response) => {
    const refusal = refuse(request);
    if (!refusal) return onRequest(request, response);
    const body = JSON.stringify({ message: refusal.message });
    response.writeHead(refusal.status, {
      Connection: 'close',
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
    });
    response.end(body);
  });
  server.on('upgrade', (request, socket, head) => {
    const refusal = refuse(request);
    if (refusal) refuseUpgrade(socket, refusal.status, refusal.message);
    else onUpgrade?.(request, socket, head);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, ADDRESS, resolve);
  });
  return { server, origin: `http://${ADDRESS}:${(server.address() as AddressInfo).port}` };
}
