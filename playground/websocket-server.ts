import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { WebSocketServer as Server } from 'ws';
import { readHandshake } from './read-request.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import type { WebSocketApi } from './websocket-api.ts';
import type { Connection } from './websocket-events.ts';

/** The limit of API Gateway for one message. */
const MAX_MESSAGE_BYTES = 128 * 1024;
const NO_STATUS_RECEIVED = 1005;

/** A socket that is open. */
interface OpenSocket {
  readonly connection: Connection;
  readonly socket: WebSocket;
  /** Milliseconds since the epoch. */
  lastActiveAt: number;
}

/** The sockets of a WebSocket API: handshakes, messages both ways, and the operations of its management API. */
export class WebSocketServer {
  readonly #api: WebSocketApi;
  readonly #log: (line: string) => void;
  readonly #open = new Map<string, OpenSocket>();
  readonly #protocols = new WeakMap<IncomingMessage, string>();
  readonly #server = new Server({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    // Without an answer of $connect there is no subprotocol, and a client that offered one closes the connection.
    handleProtocols: (_offered, request) => this.#protocols.get(request) ?? false,
  });

  /** @param log gets one line per handshake; never a query or a token */
  constructor(api: WebSocketApi, log: (line: string) => void) {
    this.#api = api;
    this.#log = log;
  }

  /** Answers a handshake on the socket of an HTTP server. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => {}); // a client that hangs up in the middle; ws has its own listener afterwards
    const admission = await this.#api.connect(readHandshake(request)).catch((error: Error) => {
      this.#log(`The local mode failed: ${error.stack}`);
      return { ok: false, status: 500 } as const;
    });
    this.#log(`GET ${request.url?.split('?')[0]} ${admission.ok ? 101 : admission.status}`);
    if (!admission.ok) {
      refuseUpgrade(socket, admission.status);
      return;
    }
    if (admission.protocol !== undefined) this.#protocols.set(request, admission.protocol);
    this.#server.handleUpgrade(request, socket, head, (opened) => this.#serve(opened, admission.connection));
  }

  /** Describes an open connection; nothing when it is gone. */
  find(id: string): Pick<OpenSocket, 'connection' | 'lastActiveAt'> | undefined {
    return this.#open.get(id);
  }

  /** Sends a message. @returns whether there was such a connection */
  send(id: string, data: Uint8Array): boolean {
    const open = this.#open.get(id);
    open?.socket.send(data, { binary: false });
    return open !== undefined;
  }

  /** Ends a connection. @returns whether there was such a connection */
  disconnect(id: string): boolean {
    const open = this.#open.get(id);
    this.#open.delete(id);
    open?.socket.close(1000);
    return open !== undefined;
  }

  /** Ends every connection at once. */
  close(): void {
    for (const { socket } of this.#open.values()) socket.terminate();
    this.#server.close();
  }

  #serve(socket: WebSocket, connection: Connection): void {
    const open: OpenSocket = { connection, socket, lastActiveAt: connection.connectedAt };
    this.#open.set(connection.id, open);
    socket.on('error', () => {}); // a 'close' follows
    socket.on('message', (data, isBinary) => {
      open.lastActiveAt = Date.now();
      void this.#receive(open, toBuffer(data), isBinary);
    });
    socket.on('close', (code, reason) => {
      this.#open.delete(connection.id);
      const text = code === NO_STATUS_RECEIVED ? '' : reason.toString('utf8');
      this.#api.disconnect(connection, code, text).catch((error: Error) => this.#log(`${error.stack}`));
    });
  }

  async #receive({ connection, socket }: OpenSocket, data: Buffer, isBase64Encoded: boolean): Promise<void> {
    try {
      const body = data.toString(isBase64Encoded ? 'base64' : 'utf8');
      const answer = await this.#api.receive(connection, { body, isBase64Encoded });
      if (answer !== undefined) socket.send(answer);
    } catch (error) {
      this.#log(`The local mode failed: ${(error as Error).stack}`);
    }
  }
}

function toBuffer(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? Buffer.from(data) : data;
}
