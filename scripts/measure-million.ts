// Does a table of a million revocations cost an authorization more than one of a thousand? Counts the requests and the
// keys, and compares the latencies of the look-up, which is all of an authorization that touches the table.
//
//   npm run measure [-- records, default 100000 [rounds, default 300]]
//
// The default takes about two minutes, a million records 5 to 10, less than 1 GB of memory and 0.5 GB below TMPDIR.
// Runs against local DynamoDBs of its own, on disk and in another process; or against that of
// AWS_ENDPOINT_URL_DYNAMODB, where a run that is interrupted leaves its tables behind.
//
// A round asks three tables about the same tokens, in an order that changes: «many»; «few», with the first thousand of
// the same records; and «control», the same as «few». Half of the tokens are among that thousand, so that every table
// finds as many records: to read a record that is there costs something, however many others there are. What counts is
// the ratio of two medians within a round: whatever else the machine does hits both alike. How that of control to few
// scatters is the noise.
//
// Exit code 0: as many requests and keys, and the median ratio of many to few within the middle 90 % of the ratios of
// control to few, and at most 1.05, so that a noisy machine cannot excuse everything. 1: not so. 2: usage. The median over
// all rounds tells smaller differences apart than that, and the report says so: LevelDB needs some microseconds more
// to find a key among a million, in the part of the latency that passes in the local DynamoDB.
import { fork } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { WriteRequest } from '@aws-sdk/client-dynamodb';
import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { rememberRevocations } from '../lambda/authorizer/remember-revocations.ts';
import type { RevocationTarget } from '../lambda/revocation.ts';
import { FOREVER } from '../lambda/revocation.ts';
import type { Item } from '../lambda/revocation-item.ts';
import { stateItem } from '../lambda/revocation-item.ts';
import type { ReadRevocations } from '../lambda/revocation-store.ts';
import { openRevocationReader } from '../lambda/revocation-store.ts';
import type { TestTable } from '../test/support/a-revocation-table.ts';
import { aRevocationTableAt, useDynamoDb } from '../test/support/a-revocation-table.ts';

const FEW = 1000;
const AUTHORIZATIONS = 50;
const WARM_UP_ROUNDS = 30;
const MAX_RATIO = 1.05;
const NAMES = ['few', 'control', 'many'] as const;
type Name = (typeof NAMES)[number];
/** Each table is asked as often before as after each other one. */
const ORDERS: readonly (readonly Name[])[] = [
  ['few', 'control', 'many'],
  ['many', 'control', 'few'],
  ['control', 'many', 'few'],
  ['few', 'many', 'control'],
  ['many', 'few', 'control'],
  ['control', 'few', 'many'],
];

const [records = 100_000, rounds = 300] = process.argv.slice(2).map(Number);
if (!Number.isInteger(records) || records <= FEW || !Number.isInteger(rounds) || rounds < 100) {
  console.error(
    `Give the number of records (more than ${FEW}) and of rounds (at least 100), both whole numbers.`,
  );
  process.exit(2);
}

let requests = 0;
subscribe('http.client.request.start', () => {
  requests += 1;
});

const external = process.env['AWS_ENDPOINT_URL_DYNAMODB'];
const child = external
  ? undefined
  : fork(new URL('measured-dynamodb.ts', import.meta.url), [String(NAMES.length)]);
child?.once('exit', () => {
  console.error('The process with the local DynamoDBs has ended early.');
  process.exit(1);
});
const endpoints = child ? await nextMessage<string[]>() : [];
const tables = await byName((_, index) => aRevocationTableAt(endpoints[index] ?? external ?? ''));
for (const name of NAMES) await fill(tables[name], name === 'many' ? records : FEW);
// What was written last lies in memory still, and the rest is being sorted: begin like a database that has settled.
if (child) await ask('reopen');
const readers = await byName((name) => openReader(tables[name]));

const measured: Record<Name, Block[]> = { few: [], control: [], many: [] };
for (let round = 0; round < WARM_UP_ROUNDS + rounds; round += 1) {
  for (const name of ORDERS[round % ORDERS.length] ?? []) {
    const block = await measure(name, round);
    if (round >= WARM_UP_ROUNDS) measured[name].push(block);
  }
}
process.exitCode = report() ? 0 : 1;
if (external) for (const name of NAMES) await tables[name].close();
child?.removeAllListeners('exit').disconnect();
process.exit();

async function byName<T>(make: (name: Name, index: number) => Promise<T>): Promise<Record<Name, T>> {
  return { few: await make('few', 0), control: await make('control', 1), many: await make('many', 2) };
}

async function nextMessage<T>(): Promise<T> {
  const [message] = child ? await once(child, 'message') : [];
  return message;
}

function ask<T>(question: 'reopen' | 'timings'): Promise<T> {
  child?.send(question);
  return nextMessage();
}

async function fill({ endpoint, tableName }: TestTable, count: number): Promise<void> {
  const client = new DynamoDBClient({ endpoint });
  const startedAt = performance.now();
  let next = 0;
  const write = async () => {
    while (next < count) {
      const first = next;
      next = Math.min(count, first + 25);
      let pending: WriteRequest[] = Array.from({ length: next - first }, (_, index) => ({
        PutRequest: { Item: itemOf(first + index) },
      }));
      while (pending.length > 0) {
        const answer = await client.send(
          new BatchWriteItemCommand({ RequestItems: { [tableName]: pending } }),
        );
        pending = answer.UnprocessedItems?.[tableName] ?? [];
      }
      if (first % 5000 === 0) {
        const rate = next / ((performance.now() - startedAt) / 1000);
        process.stderr.write(`\r${next} of ${count} records, ${rate.toFixed(0)} a second `);
      }
    }
  };
  await Promise.all(Array.from({ length: 4 }, write));
  if (count >= 5000) process.stderr.write('\n');
  client.destroy();
}

function itemOf(index: number): Item {
  return stateItem({
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
  });
}

async function openReader({ endpoint, tableName }: TestTable): Promise<ReadRevocations> {
  useDynamoDb(endpoint);
  const read = openRevocationReader(tableName, { deadlineMs: 4000 });
  await read(targetsOf('first')); // the SDK looks at the environment at the first request
  return read;
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

/** What one round asked one table. */
interface Block {
  readonly requests: number;
  readonly keysRead: number;
  /** In milliseconds. */
  readonly latencies: readonly number[];
  readonly latency: number;
  /** The part of the latency that passed in the local DynamoDB, and the rest: the product, the SDK, the loopback. */
  readonly inside: number;
  readonly outside: number;
}

async function measure(name: Name, round: number): Promise<Block> {
  let keysRead = 0;
  const lookUp = rememberRevocations(
    (targets) => {
      keysRead += targets.length;
      return readers[name](targets);
    },
    { allowForMs: 0 },
    // With time standing still, the broad records are read once in every block: the number of keys is exact.
    { monotonic: () => 0, wall: () => 0 },
  );
  const requestsBefore = requests;
  const latencies: number[] = [];
  for (let index = 0; index < AUTHORIZATIONS; index += 1) {
    const token = round * AUTHORIZATIONS + index;
    const targets = targetsOf(index % 2 === 0 ? `v-${token % FEW}` : `live-${token}`);
    const startedAt = performance.now();
    await lookUp(targets);
    latencies.push(performance.now() - startedAt);
  }
  const timings = child && (await ask<number[][]>('timings'));
  const inside = median(timings?.[NAMES.indexOf(name)] ?? []);
  const latency = median(latencies);
  return {
    requests: requests - requestsBefore,
    keysRead,
    latencies,
    latency,
    inside,
    outside: latency - inside,
  };
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** One for each round. */
function ratios(of: Name, to: Name, part: 'latency' | 'inside' | 'outside'): number[] {
  return measured[of].map((block, round) => block[part] / (measured[to][round]?.[part] ?? Number.NaN));
}

/** Between what the median of ever so many such values would lie, with 95 % confidence. */
function confidence(values: readonly number[]): readonly [number, number] {
  const reach = 0.98 / Math.sqrt(values.length);
  return [quantile(values, 0.5 - reach), quantile(values, 0.5 + reach)];
}

function describe(values: readonly number[]): string {
  const [low, high] = confidence(values);
  return `${median(values).toFixed(3)}   (95 % confidence: ${low.toFixed(3)} to ${high.toFixed(3)})`;
}

/** Prints what was found; returns whether the table of many records is as good as one of few. */
function report(): boolean {
  const counted = (what: 'requests' | 'keysRead') => (name: Name) =>
    measured[name].reduce((sum, block) => sum + block[what], 0) / (rounds * AUTHORIZATIONS);
  const medianOf = (part: 'latency' | 'inside' | 'outside') => (name: Name) =>
    median(measured[name].map((block) => block[part]));
  const print = (what: string, of: (name: Name) => number) =>
    console.log(what.padEnd(32), ...NAMES.map((name) => of(name).toFixed(3).padStart(9)));

  console.log(`${rounds} rounds of ${AUTHORIZATIONS} authorizations on each table\n`);
  console.log(''.padEnd(32), ...NAMES.map((name) => name.padStart(9)));
  console.log('records'.padEnd(32), ...[FEW, FEW, records].map((count) => String(count).padStart(9)));
  print('requests per authorization', counted('requests'));
  print('keys read per authorization', counted('keysRead'));
  print('latency, median, ms', medianOf('latency'));
  if (child) print('  in the local DynamoDB', medianOf('inside'));
  if (child) print('  outside it', medianOf('outside'));
  print('latency, 99th percentile, ms', (name) =>
    quantile(
      measured[name].flatMap((block) => block.latencies),
      0.99,
    ),
  );

  const full = ratios('many', 'few', 'latency');
  const noise = ratios('control', 'few', 'latency');
  const [low, high] = [quantile(noise, 0.05), quantile(noise, 0.95)];
  console.log(`\nlatency, many to few             ${describe(full)}`);
  if (child) console.log(`  in the local DynamoDB          ${describe(ratios('many', 'few', 'inside'))}`);
  if (child) console.log(`  outside it                     ${describe(ratios('many', 'few', 'outside'))}`);
  console.log(`latency, control to few          ${describe(noise)}`);
  console.log(`  in 9 of 10 rounds between      ${low.toFixed(3)} and ${high.toFixed(3)}`);

  const isSameWork = (['requests', 'keysRead'] as const).every(
    (what) => counted(what)('many') === counted(what)('few'),
  );
  const ratio = median(full);
  const isWithinNoise = low <= ratio && ratio <= Math.min(high, MAX_RATIO);
  const isResolved = confidence(full)[0] > confidence(noise)[1] || confidence(full)[1] < confidence(noise)[0];
  console.log(`
${isSameWork ? 'As many' : 'NOT AS MANY'} requests and keys. The latency differs by ${((ratio - 1) * 100).toFixed(1)} %, \
${isWithinNoise ? 'within' : 'BEYOND'} the noise of a round; over all rounds together that ${isResolved ? 'shows' : 'does not show'}.`);
  return isSameWork && isWithinNoise;
}
