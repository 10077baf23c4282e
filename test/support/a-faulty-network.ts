import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';

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
  'unprocessed-elsewhere', // the same, under the name of another table
  'elsewhere', // the answer under the name of another table
  'empty-body', // 200 with nothing
  'html', // 200 with a page
  'truncated-json', // half of the answer, and whole as far as HTTP goes
  'empty-list', // 200 with an empty list of our table, and nothing else
  'no-checksum', // the answer without its checksum
  'no-capacity', // the answer without its consumed capacity
  'emptied-page', // a page without what is in it, and its count as it was
  'little-capacity', // the answer without what is in it, and the capacity of one key less
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
    if (fault === 'empty-body') return answer(outgoing, 200, '');
    if (fault === 'html') return answer(outgoing, 200, '<html><body>Please sign in</body></html>');
    if (fault === 'empty-list') return answer(outgoing, 200, JSON.stringify({ Responses: noItems(body) }));
    if (fault === 'unprocessed' || fault === 'unprocessed-elsewhere') {
      const { RequestItems } = JSON.parse(body.toString()) as { RequestItems: Record<string, unknown> };
      const UnprocessedKeys = fault === 'unprocessed' ? RequestItems : underAnotherName(RequestItems);
      const text = JSON.stringify({ Responses: noItems(body), UnprocessedKeys });
      return answer(outgoing, 200, text, checksumOf(text));
    }
    const { status, headers, text } = await forward(incoming.headers, body);
    if (fault === 'no-checksum' || fault === 'truncated-json') {
      return answer(outgoing, status, fault === 'no-checksum' ? text : text.slice(0, -5));
    }
    if (fault !== undefined && Object.hasOwn(CHANGES, fault)) {
      const changed = CHANGES[fault as keyof typeof CHANGES](text);
      return answer(outgoing, status, changed, checksumOf(changed));
    }
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
  const { Item: _, Items, Responses, ...rest } = JSON.parse(text) as DynamoDbAnswer;
  const empty = Object.fromEntries(Object.keys(Responses ?? {}).map((table) => [table, []]));
  return JSON.stringify({ ...rest, ...(Responses && { Responses: empty }), ...(Items && { Items: [] }) });
}

interface DynamoDbAnswer {
  readonly Item?: unknown;
  readonly Items?: object;
  readonly Responses?: Record<string, unknown>;
  readonly ConsumedCapacity?: unknown;
}

/** What else an answer can be, under a checksum of its own. */
const CHANGES = {
  elsewhere: (text: string) => {
    const { Responses = {}, ...rest } = JSON.parse(text) as DynamoDbAnswer;
    return JSON.stringify({ ...rest, Responses: underAnotherName(Responses) });
  },
  'no-capacity': (text: string) => {
    const { ConsumedCapacity: _, ...rest } = JSON.parse(text) as DynamoDbAnswer;
    return JSON.stringify(rest);
  },
  'emptied-page': withoutItems,
  'little-capacity': (text: string) => {
    const { ConsumedCapacity, ...rest } = JSON.parse(withoutItems(text)) as DynamoDbAnswer;
    const isList = Array.isArray(ConsumedCapacity);
    const [capacity] = (isList ? ConsumedCapacity : [ConsumedCapacity]) as { CapacityUnits: number }[];
    const less = { ...capacity, CapacityUnits: (capacity?.CapacityUnits ?? 0) - 1 };
    return JSON.stringify({ ...rest, ConsumedCapacity: isList ? [less] : less });
  },
} as const;

function underAnotherName(byTable: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(byTable).map(([table, value]) => [`${table}-2`, value]));
}

function noItems(request: Buffer): Record<string, unknown> {
  const { RequestItems = {} } = JSON.parse(request.toString()) as { RequestItems?: Record<string, unknown> };
  return Object.fromEntries(Object.keys(RequestItems).map((table) => [table, []]));
}

function checksumOf(text: string): { readonly 'x-amz-crc32': string } {
  return { 'x-amz-crc32': String(crc32(text)) };
}

function answer(outgoing: ServerResponse, status: number, body: string, headers: object = {}): void {
  outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.0', ...headers }).end(body);
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
