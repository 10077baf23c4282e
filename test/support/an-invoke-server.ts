import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Lambda's Invoke operation on loopback, in front of one function. */
export interface InvokeServer {
  readonly endpoint: string;
  /** The payloads that were invoked with, parsed. */
  readonly payloads: unknown[];
  /** Answers the n-th request, counted from 1, in place of the function, or lets it through. */
  onInvoke: (
    count: number,
  ) => { status: number; errorType?: string; body?: string; functionError?: true } | 'hang' | undefined;
  close(): Promise<void>;
}

/** Points the SDK of this process at the server, as the local mode does. */
export function useLambda({ endpoint }: InvokeServer): void {
  process.env['AWS_ENDPOINT_URL_LAMBDA'] = endpoint;
  process.env['AWS_REGION'] = 'us-east-1';
  process.env['AWS_ACCESS_KEY_ID'] = 'local';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'local';
}

/** @param invoke  the function; what it throws is told as the Lambda runtime tells it */
export async function anInvokeServer(invoke: (event: unknown) => Promise<unknown>): Promise<InvokeServer> {
  const server = createServer(async (request, response) => {
    const event = JSON.parse(await text(request));
    invokes.payloads.push(event);
    const given = invokes.onInvoke(invokes.payloads.length);
    if (given === 'hang') return;
    if (given !== undefined) {
      const { status, errorType, body = '{}', functionError } = given;
      response.writeHead(status, {
        'content-type': 'application/json',
        ...(errorType !== undefined && { 'x-amzn-errortype': errorType }),
        ...(functionError && { 'x-amz-function-error': 'Unhandled' }),
      });
      response.end(body);
      return;
    }
    try {
      response.end(JSON.stringify(await invoke(event)));
    } catch (error) {
      const { name: errorType, message: errorMessage } = error as Error;
      response.writeHead(200, { 'x-amz-function-error': 'Unhandled' });
      response.end(JSON.stringify({ errorType, errorMessage, trace: [] }));
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const invokes: InvokeServer = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    payloads: [],
    onInvoke: () => undefined,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return invokes;
}
