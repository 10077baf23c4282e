// Does a full table cost an authorization more than an empty one? Counts the reads and compares the latencies.
//
//   node scripts/measure-million.ts [records, default 100000] [authorizations, default 2000]
//
// Against the DynamoDB of AWS_ENDPOINT_URL_DYNAMODB, or an embedded one, which is JavaScript in the memory of this very
// process: the default takes a minute, a million records 4 to 7 and a larger heap:
//
//   node --max-old-space-size=6000 scripts/measure-million.ts 1000000
import { randomUUID } from 'node:crypto';
import type { AttributeValue, WriteRequest } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { rememberRevocations } from '../lambda/authorizer/remember-revocations.ts';
import { TABLE } from '../lambda/environment.ts';
import type { RevocationRecord, RevocationTarget } from '../lambda/revocation.ts';
import { FOREVER } from '../lambda/revocation.ts';
import { stateItem } from '../lambda/revocation-item.ts';
import { openRevocationReader } from '../lambda/revocation-store.ts';
import { startDynamoDb } from '../playground/dynamodb.ts';

const [records = 100_000, authorizations = 2000] = process.argv.slice(2).map(readCount);
const embedded = process.env['AWS_ENDPOINT_URL_DYNAMODB'] ? undefined : await startDynamoDb();
if (embedded) process.env['AWS_ENDPOINT_URL_DYNAMODB'] = embedded.endpoint;
process.env['AWS_REGION'] ??= 'us-east-1';
process.env['AWS_ACCESS_KEY_ID'] ??= 'local';
process.env['AWS_SECRET_ACCESS_KEY'] ??= 'local';
const client = new DynamoDBClient({});

const empty = await createTable();
const full = await createTable();
await fill(full);
await measure(empty); // warms up the code; its numbers are not kept
const rounds: { readonly empty: Measured; readonly full: Measured }[] = [];
for (let round = 0; round < 5; round += 1) {
  rounds.push({ empty: await measure(empty), full: await measure(full) });
}
report();
for (const tableName of [empty, full]) await client.send(new DeleteTableCommand({ TableName: tableName }));
client.destroy();
embedded?.close();

function readCount(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new Error(`${JSON.stringify(text)} is no count; give a whole number, such as 1000000.`);
}

async function createTable(): Promise<string> {
  const tableName = `Measured-${randomUUID()}`;
  const { indexName, partitionKey, sortKey } = TABLE.listing;
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: TABLE.partitionKey, AttributeType: 'S' },
        { AttributeName: TABLE.sortKey, AttributeType: 'S' },
        { AttributeName: partitionKey, AttributeType: 'S' },
        { AttributeName: sortKey, AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: TABLE.partitionKey, KeyType: 'HASH' },
        { AttributeName: TABLE.sortKey, KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: indexName,
          KeySchema: [
            { AttributeName: partitionKey, KeyType: 'HASH' },
            { AttributeName: sortKey, KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  return tableName;
}

async function fill(tableName: string): Promise<void> {
  const startedAt = performance.now();
  for (let first = 0; first < records; first += 25) {
    const count = Math.min(25, records - first);
    let pending: WriteRequest[] = Array.from({ length: count }, (_, index) => ({
      PutRequest: { Item: itemOf(first + index) },
    }));
    while (pending.length > 0) {
      const answer = await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: pending } }));
      pending = answer.UnprocessedItems?.[tableName] ?? [];
    }
    if (first % 5000 === 0) {
      const rate = (first + count) / ((performance.now() - startedAt) / 1000);
      process.stderr.write(`\r${first + count} of ${records} records, ${rate.toFixed(0)} a second `);
    }
  }
  process.stderr.write('\n');
}

function itemOf(index: number): Record<string, AttributeValue> {
  const record: RevocationRecord = {
    dimension: index % 2 === 0 ? 'token' : 'subject',
    issuerId: 'idp',
    value: `v-${index}`,
    revokedBefore: FOREVER,
    change: 'revoke',
    reason: 'measuring',
    actor: 'measure-million',
    actorSource: 'claimed',
    changedAt: 1_800_000_000,
    requestId: 'none',
    sequence: 1,
    nonce: String(index),
  };
  return stateItem(record);
}

interface Measured {
  readonly keysRead: number;
  readonly requests: number;
  /** In milliseconds, sorted. */
  readonly latencies: readonly number[];
}

async function measure(tableName: string): Promise<Measured> {
  const read = openRevocationReader(tableName, { deadlineMs: 4000 });
  let keysRead = 0;
  let requests = 0;
  const lookUp = rememberRevocations((targets) => {
    keysRead += targets.length;
    requests += 1;
    return read(targets);
  }, 0);
  const latencies: number[] = [];
  for (let index = 0; index < authorizations; index += 1) {
    // Every second token is revoked in the full table.
    const targets = targetsOf(index % 2 === 0 ? `v-${index % records}` : `live-${index}`);
    const startedAt = performance.now();
    await lookUp(targets);
    latencies.push(performance.now() - startedAt);
  }
  return { keysRead, requests, latencies: latencies.sort((a, b) => a - b) };
}

function targetsOf(value: string): RevocationTarget[] {
  const issuerId = 'idp';
  return [
    { dimension: 'token', issuerId, value },
    { dimension: 'session', issuerId, value },
    { dimension: 'subject', issuerId, value },
    { dimension: 'client', issuerId, value: 'web' },
    { dimension: 'key', issuerId, value: 'k' },
    { dimension: 'issuer', issuerId, value: issuerId },
  ];
}

function quantile({ latencies }: Measured, share: number): number {
  return latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function report(): void {
  const line = (what: string, of: (measured: Measured) => number) => {
    const [without, withAll] = [
      median(rounds.map((each) => of(each.empty))),
      median(rounds.map((each) => of(each.full))),
    ];
    const ratio = (withAll / without).toFixed(2);
    console.log(
      `${what.padEnd(30)} ${without.toFixed(3).padStart(9)} ${withAll.toFixed(3).padStart(9)} ${ratio.padStart(7)}`,
    );
  };
  console.log(
    `${authorizations} authorizations, median of ${rounds.length} rounds; records: 0 and ${records}`,
  );
  console.log(`${''.padEnd(30)} ${'empty'.padStart(9)} ${'full'.padStart(9)} ${'ratio'.padStart(7)}`);
  line('requests per authorization', ({ requests }) => requests / authorizations);
  line('keys read per authorization', ({ keysRead }) => keysRead / authorizations);
  line('latency, median, ms', (measured) => quantile(measured, 0.5));
  line('latency, 99th percentile, ms', (measured) => quantile(measured, 0.99));
  const noise = rounds.map(({ empty: each }) => quantile(each, 0.5));
  console.log(
    `noise: medians of the empty table ${Math.min(...noise).toFixed(3)} to ${Math.max(...noise).toFixed(3)} ms`,
  );
}
