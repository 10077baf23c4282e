import { DescribeTableCommand, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTables, startDynamoDb } from '../../playground/dynamodb.ts';
import { localValues } from '../../playground/local-values.ts';
import { Template } from '../../playground/template.ts';

const KEY = [
  { AttributeName: 'key', KeyType: 'HASH' },
  { AttributeName: 'entry', KeyType: 'RANGE' },
];
const template = new Template({
  Resources: {
    Table: {
      Type: 'AWS::DynamoDB::GlobalTable',
      Metadata: { 'aws:cdk:path': 'Stack/Authorizer/Table/Resource' },
      Properties: {
        KeySchema: KEY,
        AttributeDefinitions: [
          { AttributeName: 'key', AttributeType: 'S' },
          { AttributeName: 'entry', AttributeType: 'S' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'byEntry',
            KeySchema: [{ AttributeName: 'entry', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        Replicas: [{ Region: 'us-east-1' }],
      },
    },
  },
});
const lookup = localValues(template, 'http://127.0.0.1:4010/issuer');
const TableName = 'Authorizer-Table';

let dynamoDb: Awaited<ReturnType<typeof startDynamoDb>>;
let client: DynamoDBClient;

beforeAll(async () => {
  dynamoDb = await startDynamoDb();
  client = new DynamoDBClient({
    endpoint: dynamoDb.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
});
afterAll(() => {
  client.destroy();
  dynamoDb.close();
});

describe('createTables', () => {
  it('creates the table with the keys and indexes of the template', async () => {
    await createTables(template, lookup, dynamoDb.endpoint);

    await expect(client.send(new DescribeTableCommand({ TableName }))).resolves.toMatchObject({
      Table: { TableStatus: 'ACTIVE', KeySchema: KEY, GlobalSecondaryIndexes: [{ IndexName: 'byEntry' }] },
    });
  });

  it('leaves a table alone that is there already', async () => {
    await client.send(new PutItemCommand({ TableName, Item: { key: { S: 'k' }, entry: { S: 'state' } } }));

    await createTables(template, lookup, dynamoDb.endpoint);

    await expect(client.send(new ScanCommand({ TableName }))).resolves.toMatchObject({ Count: 1 });
  });

  it('says what to do when nothing answers', async () => {
    const { endpoint, close } = await startDynamoDb();
    close();

    await expect(createTables(template, lookup, endpoint)).rejects.toThrow(
      /could not be created in the DynamoDB at http:\/\/127\.0\.0\.1:\d+ \(.*ECONNREFUSED.*\).*unset it to use the embedded/,
    );
  });
});
