import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the stand-in for Lambda answers to one invocation. */
export interface InvokeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string goes as it is, all else as JSON. */
  readonly body: unknown;
  /** Ends the connection without an answer. */
  readonly cut?: boolean;
}

/** What came to it. */
export interface Invocation {
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly command: Readonly<Record<string, unknown>>;
}

export interface LambdaEndpoint {
  readonly url: string;
  close(): void;
}

/** A Lambda of this process, on a port of its own, that only knows Invoke. */
export async function aLambdaEndpoint(
  invoke: (invocation: Invocation) => InvokeAnswer | undefined | Promise<InvokeAnswer | undefined>,
): Promise<LambdaEndpoint> {
  const server = createServer(async (request, response) => {
    const answer = await invoke(await read(request));
    if (answer?.cut) request.socket.destroy();
    response.writeHead(answer?.status ?? 200, { 'content-type': 'application/json', ...answer?.headers });
    response.end(typeof answer?.body === 'string' ? answer.body : JSON.stringify(answer?.body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function read(request: IncomingMessage): Promise<Invocation> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return { path: request.url, authorization: request.headers.authorization, command: JSON.parse(body) };
}

/** What Lambda answers when the function threw. */
export function thrown(errorType: string, errorMessage: string): InvokeAnswer {
  return { headers: { 'x-amz-function-error': 'Unhandled' }, body: { errorType, errorMessage, trace: [] } };
}
