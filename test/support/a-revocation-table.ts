import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import {
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DynamoDBClient,
  PutItemCommand,
  paginateScan,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { TABLE } from '../../lambda/environment.ts';

/** A revocation table in an embedded DynamoDB of its own. */
export interface TestTable {
  readonly tableName: string;
  readonly endpoint: string;
  /** The items as DynamoDB holds them. */
  items(): Promise<Record<string, AttributeValue>[]>;
  /** Those that say what is revoked, without the history. */
  states(): Promise<Record<string, AttributeValue>[]>;
  /** Writes an item behind the product's back. */
  putItem(item: Record<string, AttributeValue>): Promise<void>;
  /** Deletes an item behind the product's back, as DynamoDB does with an expired one. */
  deleteItem(item: Record<string, AttributeValue>): Promise<void>;
  close(): Promise<void>;
}

/** Points the SDK of this process at DynamoDB on `endpoint`, as the local mode does for the functions. */
export function useDynamoDb(endpoint: string): void {
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = endpoint;
  process.env['AWS_REGION'] = 'us-east-1';
  process.env['AWS_ACCESS_KEY_ID'] = 'local';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'local';
}

export async function aRevocationTable(): Promise<TestTable> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const table = await aRevocationTableAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const close = async () => {
    await table.close();
    await new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  };
  return { ...table, close };
}

/** Makes a table of its own in a DynamoDB that is there, and deletes it in the end. */
export async function aRevocationTableAt(endpoint: string): Promise<TestTable> {
  useDynamoDb(endpoint);
  const tableName = `Revocations-${randomUUID()}`;
  const client = new DynamoDBClient({ endpoint });
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: TABLE.partitionKey, AttributeType: 'S' },
        { AttributeName: TABLE.sortKey, AttributeType: 'S' },
        { AttributeName: TABLE.listing.partitionKey, AttributeType: 'S' },
        { AttributeName: TABLE.listing.sortKey, AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: TABLE.partitionKey, KeyType: 'HASH' },
        { AttributeName: TABLE.sortKey, KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: TABLE.listing.indexName,
          KeySchema: [
            { AttributeName: TABLE.listing.partitionKey, KeyType: 'HASH' },
            { AttributeName: TABLE.listing.sortKey, KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName: tableName });
  const items = async () => {
    const found: Record<string, AttributeValue>[] = [];
    for await (const { Items } of paginateScan({ client }, { TableName: tableName, ConsistentRead: true })) {
      found.push(...(Items ?? []));
    }
    return found;
  };
  return {
    tableName,
    endpoint,
    items,
    states: async () => (await items()).filter((item) => item[TABLE.sortKey]?.S === 'state'),
    putItem: async (item) => {
      await client.send(new PutItemCommand({ TableName: tableName, Item: item }));
    },
    deleteItem: async (item) => {
      const names: string[] = [TABLE.partitionKey, TABLE.sortKey];
      const Key = Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));
      await client.send(new DeleteItemCommand({ TableName: tableName, Key }));
    },
    close: async () => {
      await client.send(new DeleteTableCommand({ TableName: tableName }));
      client.destroy();
    },
  };
}
