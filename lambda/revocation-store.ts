// The revocation table as the authorizer reads it; see revocation-ledger.ts for the admin function.
import type { AttributeValue, BatchGetItemCommandOutput, KeysAndAttributes } from '@aws-sdk/client-dynamodb';
import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { NotBelieved, openDynamoDb, requireConsumed, withinDeadline } from './dynamodb-client.ts';
import type { LookUpSettings } from './environment.ts';
import { LOOK_UP_DEFAULTS, TABLE } from './environment.ts';
import type { Revocation, RevocationTarget } from './revocation.ts';
import { revocationKey } from './revocation.ts';
import { readRevocation, stateKey } from './revocation-item.ts';

/** Reads the records of all targets that have one, in one request. */
export type ReadRevocations = (targets: readonly RevocationTarget[]) => Promise<readonly Revocation[]>;

/** What a read of an item of at most 4 KB consumes, whether or not the item exists. */
const UNITS_PER_KEY = { strong: 1, eventual: 0.5 } as const;

/**
 * Opens the table for the authorizer.
 *
 * The reader answers only when every key is accounted for: a key that DynamoDB left unprocessed is asked for again
 * within the deadline, and is never taken as «not revoked». BatchGetItem leaves out items that do not exist, so an
 * answer is believed only if our table's list is there, its checksum is there and right, and the capacity that it
 * consumed covers every key that it answers.
 *
 * @param isLocalMode  checksum and capacity may be missing; where they are there, they must be right
 * @returns a reader that throws the fault `revocation_store_unavailable` when the table did not answer completely
 *   within the deadline, connecting and retries included, or holds something that is no revocation record
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
export function openRevocationReader(
  tableName: string,
  settings: LookUpSettings = {},
  isLocalMode = false,
): ReadRevocations {
  const { deadlineMs, readConsistency } = { ...LOOK_UP_DEFAULTS, ...settings };
  // An attempt that hangs must leave time for another one.
  const client = openDynamoDb(Math.ceil(deadlineMs * 0.44), isLocalMode);

  return async (targets) => {
    const found: Revocation[] = [];
    let missing: ReadonlySet<string> = new Set(targets.map(revocationKey));
    if (missing.size === 0) return found;
    return withinDeadline(deadlineMs, async (abortSignal) => {
      const request = { Keys: [...missing].map(stateKey), ConsistentRead: readConsistency === 'strong' };
      const answer = await client.send(
        new BatchGetItemCommand({ RequestItems: { [tableName]: request }, ReturnConsumedCapacity: 'TOTAL' }),
        { abortSignal },
      );
      const { items, unprocessed } = readAnswer(answer, missing);
      found.push(...items.map(readRevocation));
      missing = unprocessed;
      if (missing.size > 0) throw new NotBelieved('leaves keys unprocessed');
      return found;
    });
  };

  /** Accounts for every key that was asked for. */
  function readAnswer(
    { Responses = {}, UnprocessedKeys = {}, ConsumedCapacity }: BatchGetItemCommandOutput,
    asked: ReadonlySet<string>,
  ): {
    readonly items: readonly Record<string, AttributeValue>[];
    readonly unprocessed: ReadonlySet<string>;
  } {
    const { [tableName]: items, ...otherLists } = Responses;
    const { [tableName]: left, ...otherKeys } = UnprocessedKeys;
    if (items === undefined) throw new NotBelieved('says nothing about the table');
    if (Object.keys({ ...otherLists, ...otherKeys }).length > 0)
      throw new NotBelieved('is about another table');
    const unprocessed = keysOf(left);
    const open = new Set([...asked].filter((key) => !unprocessed.has(key)));
    if (open.size + unprocessed.size !== asked.size)
      throw new NotBelieved('leaves a key open that was not asked for');
    const units = open.size * UNITS_PER_KEY[readConsistency];
    if (units > 0) requireConsumed(ConsumedCapacity?.[0], tableName, units, isLocalMode);
    for (const item of items) {
      if (!open.delete(item[TABLE.partitionKey]?.S ?? ''))
        throw new NotBelieved('holds an item that was not asked for');
    }
    return { items, unprocessed };
  }
}

function keysOf(unprocessed: KeysAndAttributes | undefined): ReadonlySet<string> {
  return new Set(unprocessed?.Keys?.map((key) => key[TABLE.partitionKey]?.S ?? ''));
}
