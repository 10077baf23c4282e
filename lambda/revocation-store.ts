// The revocation table. The only file that talks to DynamoDB; the rest does not know which client it uses.

import type { AttributeValue, KeysAndAttributes } from '@aws-sdk/client-dynamodb';
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { TABLE } from './environment.ts';
import { Fault } from './fault.ts';
import type { RevocationRecord, RevocationTarget } from './revocation.ts';
import { revocationKey } from './revocation.ts';

type Item = Record<string, AttributeValue>;

/** The hard limit of a whole look-up, connecting and retries included, in milliseconds. */
const LOOK_UP_DEADLINE_MS = 800;

/** The same for a command of the admin function: nobody's request waits for it. */
const COMMAND_DEADLINE_MS = 8000;

/** Reads the records of all targets that have one, in one strongly consistent request. */
export type ReadRevocations = (targets: readonly RevocationTarget[]) => Promise<readonly RevocationRecord[]>;

/**
 * Opens the table for the authorizer.
 *
 * The reader answers only when every key was looked up; a key that DynamoDB left unprocessed is asked for again
 * within the deadline, and is never taken as «not revoked».
 *
 * @returns a reader that throws the fault `revocation_store_unavailable` when the table did not answer completely
 *   within 800 ms, or holds something that is no revocation record
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html (UnprocessedKeys)
 */
export function openRevocationReader(tableName: string): ReadRevocations {
  const client = openClient();
  return async (targets) => {
    const abortSignal = AbortSignal.timeout(LOOK_UP_DEADLINE_MS);
    const items: Item[] = [];
    let request: Record<string, KeysAndAttributes> = {
      [tableName]: { Keys: [...new Set(targets.map(revocationKey))].map(stateKey), ConsistentRead: true },
    };
    for (let attempt = 0; Object.keys(request).length > 0; attempt += 1) {
      if (attempt > 0) await backOff(attempt, abortSignal);
      const answer = await client
        .send(new BatchGetItemCommand({ RequestItems: request }), { abortSignal })
        .catch(unavailable);
      const found = answer.Responses?.[tableName];
      if (found === undefined) throw unreadable('an answer without a word about the table');
      items.push(...found);
      request = answer.UnprocessedKeys ?? {};
    }
    return items.map(recordOf);
  };
}

/** The table as the admin function sees it. */
export interface RevocationLedger {
  /** The record of a target, strongly consistent, whether or not it is in force. */
  get(target: RevocationTarget): Promise<RevocationRecord | undefined>;
  /**
   * Writes a record if the table still holds what the caller saw.
   *
   * @param seen  the record that {@link get} gave, which this one replaces
   * @returns false when somebody else wrote in between; then get and decide again
   */
  put(record: RevocationRecord, seen: RevocationRecord | undefined): Promise<boolean>;
  /** A page of all records, in no order; `next` is `undefined` on the last one. */
  scan(limit: number, after: string | undefined): Promise<RevocationPage>;
}

export interface RevocationPage {
  readonly records: readonly RevocationRecord[];
  /** The digest key after which the next page begins. */
  readonly next: string | undefined;
}

/**
 * Opens the table for the admin function. Each method throws the fault `revocation_store_unavailable` when DynamoDB
 * did not confirm within 8 seconds; a write may or may not have happened then, and can be repeated.
 */
export function openRevocationLedger(tableName: string): RevocationLedger {
  const client = openClient();

  async function getItem(key: string): Promise<RevocationRecord | undefined> {
    const { Item: item } = await client
      .send(
        new GetItemCommand({ TableName: tableName, Key: stateKey(key), ConsistentRead: true }),
        deadline(),
      )
      .catch(unavailable);
    return item && recordOf(item);
  }

  return {
    get: (target) => getItem(revocationKey(target)),

    async put(record, seen) {
      const command = new PutItemCommand({
        TableName: tableName,
        Item: itemOf(record),
        ...(seen === undefined
          ? { ConditionExpression: 'attribute_not_exists(nonce)' }
          : {
              ConditionExpression: 'nonce = :seen',
              ExpressionAttributeValues: { ':seen': { S: seen.nonce } },
            }),
      });
      try {
        await client.send(command, deadline());
        return true;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) return unavailable(error);
        // The client's own retry of a put whose answer was lost meets its first attempt.
        const current = await getItem(revocationKey(record));
        return current?.nonce === record.nonce;
      }
    },

    async scan(limit, after) {
      const { Items: items = [], LastEvaluatedKey: last } = await client
        .send(
          new ScanCommand({
            TableName: tableName,
            Limit: limit,
            ConsistentRead: true,
            ...(after !== undefined && { ExclusiveStartKey: stateKey(after) }),
          }),
          deadline(),
        )
        .catch(unavailable);
      return { records: items.map(recordOf), next: last?.[TABLE.partitionKey]?.S };
    },
  };
}

function openClient(): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: 3,
    // Without limits the SDK waits for ever; a request that hangs must leave time for another attempt.
    requestHandler: { connectionTimeout: 250, requestTimeout: 350, throwOnRequestTimeout: true },
  });
}

function deadline(): { abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(COMMAND_DEADLINE_MS) };
}

async function backOff(attempt: number, abortSignal: AbortSignal): Promise<void> {
  if (abortSignal.aborted) throw unreadable('keys were left unprocessed until the deadline');
  const milliseconds = Math.random() * Math.min(200, 10 * 2 ** attempt);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function unavailable(cause: unknown): never {
  throw new Fault('revocation_store_unavailable', 'the revocation table did not answer', { cause });
}

function unreadable(what: string): Fault {
  return new Fault('revocation_store_unavailable', `the revocation table gave ${what}`);
}

function stateKey(key: string): Item {
  return { [TABLE.partitionKey]: { S: key }, [TABLE.sortKey]: { S: 'state' } };
}

function itemOf(record: RevocationRecord): Item {
  const { issuerId, expiresAt } = record;
  return {
    ...stateKey(revocationKey(record)),
    dimension: { S: record.dimension },
    issuer: { S: issuerId },
    value: { S: record.value },
    revokedBefore: { N: String(record.revokedBefore) },
    ...(expiresAt !== undefined && { [TABLE.timeToLiveAttribute]: { N: String(expiresAt) } }),
    reason: { S: record.reason },
    actor: { S: record.actor },
    changedAt: { N: String(record.changedAt) },
    nonce: { S: record.nonce },
  };
}

const Text = v.pipe(
  v.object({ S: v.string() }),
  v.transform(({ S }) => S),
);
const NumericDate = v.pipe(
  v.object({ N: v.string() }),
  v.transform(({ N }) => Number(N)),
  v.integer(),
);
const ItemSchema = v.object({
  dimension: v.pipe(Text, v.picklist(['token', 'subject'])),
  issuer: Text,
  value: Text,
  revokedBefore: NumericDate,
  [TABLE.timeToLiveAttribute]: v.optional(NumericDate),
  reason: Text,
  actor: Text,
  changedAt: NumericDate,
  nonce: Text,
});

/** An item that we cannot read might be a revocation: better no answer than a wrong one. */
function recordOf(item: Item): RevocationRecord {
  const parsed = v.safeParse(ItemSchema, item);
  if (!parsed.success) {
    throw unreadable(
      `an item whose ${v.getDotPath(parsed.issues[0]) ?? 'shape'} is not that of a revocation`,
    );
  }
  const { issuer: issuerId, expiresAt, ...rest } = parsed.output;
  return { ...rest, issuerId, ...(expiresAt !== undefined && { expiresAt }) };
}
