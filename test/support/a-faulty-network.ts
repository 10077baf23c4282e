import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What can happen to a request on its way to DynamoDB and back. */
export const NETWORK_FAULTS = [
  'reset', // the connection breaks before the request arrives
  'lost-answer', // the request arrives and is carried out; its answer does not
  'hang', // no answer, ever
  'server-error', // 500 without an effect
  'lost-answer-500', // carried out, but answered by a 500
  'throttled', // 400 ProvisionedThroughputExceededException
  'empty-answer', // 200 with {}
  'truncated', // half of the answer
  'corrupted', // the answer without what is in it, under the checksum of the whole one
  'unprocessed', // a batch of which nothing was processed
] as const;
export type NetworkFault = (typeof NETWORK_FAULTS)[number];

/** A loopback proxy in front of a DynamoDB. */
export interface FaultyNetwork {
  readonly endpoint: string;
  /** Decides for each request, in their order; `operation` is such as `BatchGetItem`. The request waits for it. */
  plan: (operation: string, count: number) => NetworkFault | undefined | Promise<NetworkFault | undefined>;
  /** The operations that came in. */
  readonly operations: string[];
  close(): Promise<void>;
}

/** Puts a network between a DynamoDB and its client that fails as planned, and not at all to begin with. */
export async function aFaultyNetwork(dynamoDb: string): Promise<FaultyNetwork> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const network: FaultyNetwork = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    plan: () => undefined,
    operations: [],
    close: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return network;

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await bodyOf(incoming);
    const operation = String(incoming.headers['x-amz-target']).split('.')[1] ?? '';
    network.operations.push(operation);
    const fault = await network.plan(operation, network.operations.length);
    if (fault === 'hang') return;
    if (fault === 'reset') return void outgoing.destroy();
    if (fault === 'server-error') return answer(outgoing, 500, '{"__type":"InternalServerError"}');
    if (fault === 'throttled') {
      const type = 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException';
      return answer(outgoing, 400, JSON.stringify({ __type: type }));
    }
    if (fault === 'empty-answer') return answer(outgoing, 200, '{}');
    if (fault === 'unprocessed') {
      const { RequestItems } = JSON.parse(body.toString()) as { RequestItems: Record<string, unknown> };
      const Responses = Object.fromEntries(Object.keys(RequestItems).map((table) => [table, []]));
      return answer(outgoing, 200, JSON.stringify({ Responses, UnprocessedKeys: RequestItems }));
    }
    const { status, headers, text } = await forward(incoming.headers, body);
    if (fault === 'lost-answer') return void outgoing.destroy();
    if (fault === 'lost-answer-500') return answer(outgoing, 500, '{"__type":"InternalServerError"}');
    if (fault === 'truncated') {
      outgoing.writeHead(status, headers).write(text.slice(0, Math.ceil(text.length / 2)));
      return void setTimeout(() => outgoing.destroy(), 5);
    }
    const sent = fault === 'corrupted' ? withoutItems(text) : text;
    outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(sent) }).end(sent);
  }

  function forward(headers: IncomingHttpHeaders, body: Buffer) {
    return new Promise<{ status: number; headers: IncomingHttpHeaders; text: string }>((resolve, reject) => {
      const onward = request(dynamoDb, { method: 'POST', headers, agent }, (response) => {
        bodyOf(response).then(
          (text) =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text: text.toString(),
            }),
          reject,
        );
      });
      onward.on('error', reject).end(body);
    });
  }
}

/** JSON that a reader without a checksum would take for «there is no such record». */
function withoutItems(text: string): string {
  const answer = JSON.parse(text) as { Responses?: Record<string, unknown>; Item?: unknown };
  const { Item: _, ...rest } = answer;
  const Responses = Object.fromEntries(Object.keys(answer.Responses ?? {}).map((table) => [table, []]));
  return JSON.stringify({ ...rest, ...(answer.Responses && { Responses }) });
}

function answer(outgoing: ServerResponse, status: number, body: string): void {
  outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(body);
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
