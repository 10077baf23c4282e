import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';

/** A server that answers with whatever bytes a test wants, on loopback. */
export interface RawServer {
  readonly port: number;
  /** What to do with a connection, once something was sent; a test may exchange it. */
  respond: (socket: Socket) => void;
  /** How many connections were made. */
  connections: number;
  close(): Promise<void>;
}

export async function aRawServer(): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    self.connections += 1;
    sockets.add(socket);
    socket.on('error', () => {}); // the other side hangs up: that is what is being tested
    socket.once('data', () => self.respond(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const self: RawServer = {
    port: (server.address() as AddressInfo).port,
    respond: (socket) => socket.end(),
    connections: 0,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
  return self;
}

/** An answer as it goes over the wire. */
export function anAnswer(
  body: string,
  { status = '200 OK', length = Buffer.byteLength(body), headers = '' } = {},
) {
  return `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n${headers}\r\n${body}`;
}
