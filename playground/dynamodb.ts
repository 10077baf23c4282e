import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import * as v from 'valibot';
import { listenOnLoopback } from './listen-on-loopback.ts';
import { LOCAL } from './local-values.ts';
import type { Lookup } from './resolve-intrinsics.ts';
import type { Template } from './template.ts';

const keySchema = v.array(v.object({ AttributeName: v.string(), KeyType: v.picklist(['HASH', 'RANGE']) }));

const TableProperties = v.object({
  KeySchema: keySchema,
  AttributeDefinitions: v.array(
    v.object({ AttributeName: v.string(), AttributeType: v.picklist(['S', 'N', 'B']) }),
  ),
  GlobalSecondaryIndexes: v.optional(
    v.array(
      v.object({
        IndexName: v.string(),
        KeySchema: keySchema,
        Projection: v.object({
          ProjectionType: v.optional(v.picklist(['ALL', 'KEYS_ONLY', 'INCLUDE']), 'ALL'),
          NonKeyAttributes: v.optional(v.array(v.string())),
        }),
      }),
    ),
  ),
});

const TABLE_TYPES = ['AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table'];

/** Starts an embedded DynamoDB on a free loopback port. Its tables live as long as this process. */
export async function startDynamoDb(): Promise<{ readonly endpoint: string; readonly close: () => void }> {
  // Its own server never listens: it would answer the preflight request of every web page.
  const dynamoDb = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const { server, origin } = await listenOnLoopback({
    port: 0,
    onRequest: (request, response) => dynamoDb.emit('request', request, response),
  });
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { endpoint: origin, close };
}

/**
 * Creates the tables of the template, unless they are there already.
 *
 * Does NOT set the TTL attribute: the functions compare times themselves, and DynamoDB only collects garbage by it.
 *
 * @throws when nothing answers at the endpoint within some seconds
 */
export async function createTables(template: Template, lookup: Lookup, endpoint: string): Promise<void> {
  const client = new DynamoDBClient({
    endpoint,
    region: LOCAL.region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    for (const resource of TABLE_TYPES.flatMap((type) => template.resources(type))) {
      const properties = v.parse(TableProperties, template.properties(resource, lookup));
      await createTable(client, {
        ...properties,
        TableName: String(lookup.ref(resource.logicalId)),
        BillingMode: 'PAY_PER_REQUEST',
      });
    }
  } catch (error) {
    throw new Error(
      `The table could not be created in the DynamoDB at ${endpoint} (${describe(error as Error)}). Check ` +
        'AWS_ENDPOINT_URL_DYNAMODB, or unset it to use the embedded DynamoDB.',
      { cause: error },
    );
  } finally {
    client.destroy();
  }
}

async function createTable(client: DynamoDBClient, input: CreateTableCommandInput): Promise<void> {
  const look = () =>
    client.send(new DescribeTableCommand({ TableName: input.TableName }), {
      abortSignal: AbortSignal.timeout(10_000),
    });
  try {
    await look();
    return;
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
  try {
    await client.send(new CreateTableCommand(input), { abortSignal: AbortSignal.timeout(10_000) });
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error; // somebody else was faster
  }
  while ((await look()).Table?.TableStatus !== 'ACTIVE') {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function describe({ name, message }: Error): string {
  return message ? `${name}: ${message}` : name;
}
