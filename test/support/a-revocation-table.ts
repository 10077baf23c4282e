import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { CreateTableCommand, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { TABLE } from '../../lambda/environment.ts';

/** A revocation table in an embedded DynamoDB of its own. */
export interface TestTable {
  readonly tableName: string;
  readonly endpoint: string;
  /** The items as DynamoDB holds them. */
  items(): Promise<Record<string, AttributeValue>[]>;
  /** Writes an item behind the product's back. */
  putItem(item: Record<string, AttributeValue>): Promise<void>;
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
  const server = dynalite({ createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  useDynamoDb(endpoint);
  const tableName = 'Revocations';
  const client = new DynamoDBClient({ endpoint });
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: TABLE.partitionKey, AttributeType: 'S' },
        { AttributeName: TABLE.sortKey, AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: TABLE.partitionKey, KeyType: 'HASH' },
        { AttributeName: TABLE.sortKey, KeyType: 'RANGE' },
      ],
    }),
  );
  return {
    tableName,
    endpoint,
    items: async () =>
      (await client.send(new ScanCommand({ TableName: tableName, ConsistentRead: true }))).Items ?? [],
    putItem: async (item) => {
      await client.send(new PutItemCommand({ TableName: tableName, Item: item }));
    },
    close: async () => {
      client.destroy();
      await new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      });
    },
  };
}
