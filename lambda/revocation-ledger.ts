// The revocation table as the admin function reads and writes it; see revocation-store.ts for the authorizer.
import type { DynamoDBClient, QueryCommandInput, QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import { GetItemCommand, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { ConditionalPut } from './dynamodb-client.ts';
import { NotBelieved, openDynamoDb, putItem, requireConsumed, withinDeadline } from './dynamodb-client.ts';
import { TABLE } from './environment.ts';
import type { RevocationRecord, RevocationTarget } from './revocation.ts';
import { revocationKey } from './revocation.ts';
import type { Item } from './revocation-item.ts';
import { CHANGE_PREFIX, changeItem, changeKey, readRecord, stateItem, stateKey } from './revocation-item.ts';

/** The longest that one request takes, its repetitions included. */
export const REQUEST_DEADLINE_MS = 5000;
const ATTEMPT_TIMEOUT_MS = 1500;

/** Where a page ends: the key of its last item, attribute by attribute. */
export type Position = Readonly<Record<string, string | number>>;

export interface RecordPage {
  readonly records: readonly RevocationRecord[];
  /** Where the next page begins; undefined: this is the last one. */
  readonly next: Position | undefined;
}

/** The table as the admin function sees it. */
export interface RevocationLedger {
  /** The record of a target, strongly consistent, whether or not it is in force. */
  get(target: RevocationTarget): Promise<RevocationRecord | undefined>;
  /**
   * Writes a record if the table still holds what the caller saw. Whoever replaces a record has appended its change
   * before ({@link recordChange}): by that a put whose answer was lost knows itself again after it was overtaken.
   *
   * @param seen  the record that {@link get} gave, which this one replaces
   * @returns false when somebody else wrote in between; then get and decide again
   */
  put(record: RevocationRecord, seen: RevocationRecord | undefined): Promise<boolean>;
  /** Appends the change that led to the record to the history; once more is the same as once. */
  recordChange(record: RevocationRecord): Promise<void>;
  /** A page of the changes of a target, newest first, strongly consistent. */
  changes(target: RevocationTarget, limit: number, after?: Position): Promise<RecordPage>;
  /**
   * A page of one partition of the index, the latest change first. It may lag behind {@link get}.
   *
   * @param listing  see `listingOf`
   * @param since    NumericDate; only records changed at or after it
   */
  list(listing: string, since: number, limit: number, after?: Position): Promise<RecordPage>;
  /** A page of the whole index, in no order. It may lag behind {@link get}. */
  scan(limit: number, after?: Position): Promise<RecordPage>;
  /**
   * The same table, for somebody whose time runs out.
   *
   * @param timeLeftMs  how much is left, at the moment
   */
  within(timeLeftMs: () => number): RevocationLedger;
}

/**
 * Opens the table for the admin function. Each method throws the fault `revocation_store_unavailable` when DynamoDB
 * did not confirm within 5 seconds; a write may or may not have happened then, and can be repeated.
 *
 * @param isLocalMode  checksum and capacity may be missing; where they are there, they must be right
 */
export function openRevocationLedger(tableName: string, isLocalMode = false): RevocationLedger {
  const client = openDynamoDb(ATTEMPT_TIMEOUT_MS, isLocalMode);
  return ledgerOf({ client, tableName, isLocalMode }, () => REQUEST_DEADLINE_MS);
}

interface Table {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly isLocalMode: boolean;
}

function ledgerOf(table: Table, timeLeftMs: () => number): RevocationLedger {
  const { client, tableName, isLocalMode } = table;
  const request = { TableName: tableName, ReturnConsumedCapacity: 'TOTAL' } as const;
  const within = <T>(attempt: (abortSignal: AbortSignal) => Promise<T>) =>
    withinDeadline(Math.min(REQUEST_DEADLINE_MS, timeLeftMs()), attempt);

  function getItem(key: Item): Promise<RevocationRecord | undefined> {
    return within(async (abortSignal) => {
      const command = new GetItemCommand({ ...request, Key: key, ConsistentRead: true });
      const { Item: item, ConsumedCapacity: consumed } = await client.send(command, { abortSignal });
      requireConsumed(consumed, tableName, 1, isLocalMode);
      if (item === undefined) return undefined;
      if (Object.entries(key).some(([name, { S }]) => item[name]?.S !== S))
        throw new NotBelieved('holds an item that was not asked for');
      return readRecord(item);
    });
  }

  const put = (input: ConditionalPut) => within((abortSignal) => putItem(client, table, input, abortSignal));

  function query(input: Omit<QueryCommandInput, 'TableName'>): Promise<RecordPage> {
    return within(async (abortSignal) =>
      pageOf(await client.send(new QueryCommand({ ...request, ...input }), { abortSignal })),
    );
  }

  function pageOf(
    answer: Pick<QueryCommandOutput, 'Items' | 'Count' | 'LastEvaluatedKey' | 'ConsumedCapacity'>,
  ): RecordPage {
    const { Items: items, Count: count, LastEvaluatedKey: last, ConsumedCapacity: consumed } = answer;
    requireConsumed(consumed, tableName, 0, isLocalMode);
    if (items === undefined) throw new NotBelieved('has no items');
    if (items.length !== count) throw new NotBelieved('does not hold as many items as it counts');
    const next =
      last && Object.fromEntries(Object.entries(last).map(([name, { S, N }]) => [name, S ?? Number(N)]));
    return { records: items.map(readRecord), next };
  }

  return {
    get: (target) => getItem(stateKey(revocationKey(target))),

    async put(record, seen) {
      const isWritten = await put({
        Item: stateItem(record),
        ...(seen === undefined
          ? { ConditionExpression: 'attribute_not_exists(nonce)' }
          : {
              ConditionExpression: 'nonce = :seen',
              ExpressionAttributeValues: { ':seen': { S: seen.nonce } },
            }),
      });
      if (isWritten) return true;
      // The client's own retry of a put whose answer was lost meets its first attempt, or what has replaced it since.
      const current = await getItem(stateKey(revocationKey(record)));
      if (current?.nonce === record.nonce) return true;
      const change = await getItem(changeKey(record));
      return change?.nonce === record.nonce;
    },

    async recordChange(record) {
      await put({ Item: changeItem(record), ConditionExpression: 'attribute_not_exists(nonce)' });
    },

    changes: (target, limit, after) =>
      query({
        ConsistentRead: true,
        KeyConditionExpression: '#key = :key AND begins_with(#entry, :change)',
        ExpressionAttributeNames: { '#key': TABLE.partitionKey, '#entry': TABLE.sortKey },
        ExpressionAttributeValues: { ':key': { S: revocationKey(target) }, ':change': { S: CHANGE_PREFIX } },
        ScanIndexForward: false,
        Limit: limit,
        ...startAfter(after),
      }),

    list: (listing, since, limit, after) =>
      query({
        IndexName: TABLE.listing.indexName,
        KeyConditionExpression: '#listing = :listing AND #changedAt >= :since',
        ExpressionAttributeNames: {
          '#listing': TABLE.listing.partitionKey,
          '#changedAt': TABLE.listing.sortKey,
        },
        ExpressionAttributeValues: { ':listing': { S: listing }, ':since': { N: String(since) } },
        ScanIndexForward: false,
        Limit: limit,
        ...startAfter(after),
      }),

    scan: (limit, after) =>
      within(async (abortSignal) => {
        const command = new ScanCommand({
          ...request,
          IndexName: TABLE.listing.indexName,
          Limit: limit,
          ...startAfter(after),
        });
        return pageOf(await client.send(command, { abortSignal }));
      }),

    within: (left) => ledgerOf(table, left),
  };
}

function startAfter(position: Position | undefined): { ExclusiveStartKey?: Item } {
  if (position === undefined) return {};
  const key = Object.entries(position).map(([name, value]) => [
    name,
    typeof value === 'string' ? { S: value } : { N: String(value) },
  ]);
  return { ExclusiveStartKey: Object.fromEntries(key) };
}
