import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpBindings } from '@hono/node-server';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { listenOnLoopback } from './listen-on-loopback.ts';
import { splitTarget } from './read-request.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import type { WebSocketServer } from './websocket-server.ts';

/** The HTTP server of the local mode: APIs, issuer, and what of AWS is served. */
export class LocalServer {
  readonly origin: string;
  readonly #server: Server;
  readonly #log: (line: string) => void;
  #app: Hono<{ Bindings: HttpBindings }> | undefined;
  readonly #sockets = new Map<string, WebSocketServer>();
  readonly #answer = getRequestListener(
    (request, bindings) =>
      this.#app?.fetch(request, bindings as HttpBindings) ??
      Response.json({ message: 'The local mode is starting; try again in some seconds.' }, { status: 503 }),
    { overrideGlobalObjects: false },
  );

  private constructor({ server, origin }: { server: Server; origin: string }, log: (line: string) => void) {
    this.origin = origin;
    this.#server = server;
    this.#log = log;
  }

  /**
   * Takes the port, before anything slow is done.
   *
   * @param port 0: any free one
   * @param log gets one line per request
   * @param allowedOrigins the origins whose web pages are let in
   * @throws {Error} one sentence when the port is taken or not allowed
   */
  static async listen(
    port: number,
    log: (line: string) => void,
    allowedOrigins: readonly string[] = [],
  ): Promise<LocalServer> {
    const opened = await listenOnLoopback({
      port,
      allowedOrigins,
      onRequest: (incoming, outgoing) => local.#serve(incoming, outgoing),
      onUpgrade: (incoming, socket, head) => local.#upgrade(incoming, socket, head),
      log,
    }).catch((error: NodeJS.ErrnoException) => {
      throw explain(error, port);
    });
    const local = new LocalServer(opened, log);
    return local;
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

  #serve(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const startedAt = performance.now();
    outgoing.once('close', () => {
      // The query may hold anything, a token included; the path is the caller's own.
      const { path } = splitTarget(incoming);
      const status = outgoing.writableFinished ? outgoing.statusCode : 'aborted';
      this.#log(`${incoming.method} ${path} ${status} ${Math.round(performance.now() - startedAt)} ms`);
    });
    void this.#answer(incoming, outgoing);
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
