import type { IncomingMessage, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { HttpBindings } from '@hono/node-server';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { splitTarget } from './read-request.ts';
import type { WebSocketServer } from './websocket-server.ts';
import { refuseUpgrade } from './websocket-server.ts';

const HOST = '127.0.0.1';

/** The one HTTP server of the local mode, on the loopback interface only. */
export class LocalServer {
  readonly origin: string;
  readonly #server: Server;
  #app: Hono<{ Bindings: HttpBindings }> | undefined;
  readonly #sockets = new Map<string, WebSocketServer>();

  private constructor(server: Server, log: (line: string) => void) {
    this.origin = `http://${HOST}:${(server.address() as AddressInfo).port}`;
    this.#server = server;
    const answer = getRequestListener(
      (request, bindings) =>
        this.#app?.fetch(request, bindings as HttpBindings) ??
        Response.json({ message: 'The local mode is starting; try again in some seconds.' }, { status: 503 }),
      { overrideGlobalObjects: false },
    );
    server.on('request', (incoming, outgoing) => {
      const startedAt = performance.now();
      outgoing.once('close', () => {
        // The query may hold anything, a token included; the path is the caller's own.
        const path = incoming.url?.split('?')[0];
        const elapsed = `${Math.round(performance.now() - startedAt)} ms`;
        log(
          `${incoming.method} ${path} ${outgoing.writableFinished ? outgoing.statusCode : 'aborted'} ${elapsed}`,
        );
      });
      void answer(incoming, outgoing);
    });
    server.on('upgrade', (incoming, socket, head) => this.#upgrade(incoming, socket, head));
  }

  /**
   * Takes the port, before anything slow is done.
   *
   * @param port 0: any free one
   * @param log gets one line per request
   * @throws {Error} one sentence when the port is taken or not allowed
   */
  static async listen(port: number, log: (line: string) => void): Promise<LocalServer> {
    const server = createServer({
      // Any other protocol that a client would like is none of ours, and its request an ordinary one.
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, port)));
      server.listen(port, HOST, resolve);
    });
    return new LocalServer(server, log);
  }

  /** Answers with the app from now on; before, every answer is 503. */
  serve(app: Hono<{ Bindings: HttpBindings }>): void {
    this.#app = app;
  }

  /** Gives the handshakes at a path to the sockets of an API. */
  serveWebSockets(path: string, sockets: WebSocketServer): void {
    this.#sockets.set(path, sockets);
  }

  /** Stops at once; open connections are cut. */
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    for (const sockets of this.#sockets.values()) sockets.close();
  }

  #upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = splitTarget(incoming).path.replace(/\/$/, '');
    const sockets = this.#sockets.get(path);
    if (sockets) void sockets.upgrade(incoming, socket, head);
    else refuseUpgrade(socket, this.#app ? 404 : 503);
  }
}

function explain(error: NodeJS.ErrnoException, port: number): Error {
  const other = `choose another one, for example: PORT=${port < 65_535 ? port + 1 : 4010} npm start`;
  if (error.code === 'EADDRINUSE') return new Error(`Port ${port} is taken by another program; ${other}`);
  if (error.code === 'EACCES')
    return new Error(`Port ${port} needs privileges that this user lacks; ${other}`);
  return error;
}
