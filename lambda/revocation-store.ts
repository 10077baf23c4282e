// The revocation table as the authorizer reads it; see revocation-ledger.ts for the admin function.
import { setTimeout as pause } from 'node:timers/promises';
import type { KeysAndAttributes } from '@aws-sdk/client-dynamodb';
import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { openDynamoDb, withinDeadline } from './dynamodb-client.ts';
import type { LookUpSettings } from './environment.ts';
import { LOOK_UP_DEFAULTS, TABLE } from './environment.ts';
import { Fault } from './fault.ts';
import type { Revocation, RevocationTarget } from './revocation.ts';
import { revocationKey } from './revocation.ts';
import { readRevocation, stateKey } from './revocation-item.ts';

/** Reads the records of all targets that have one, in one request. */
export type ReadRevocations = (targets: readonly RevocationTarget[]) => Promise<readonly Revocation[]>;

/**
 * Opens the table for the authorizer.
 *
 * The reader answers only when every key is accounted for: a key that DynamoDB left unprocessed is asked for again
 * within the deadline, and is never taken as «not revoked».
 *
 * @returns a reader that throws the fault `revocation_store_unavailable` when the table did not answer completely
 *   within the deadline, connecting and retries included, or holds something that is no revocation record
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html (UnprocessedKeys)
 */
export function openRevocationReader(tableName: string, settings: LookUpSettings = {}): ReadRevocations {
  const { deadlineMs, readConsistency } = { ...LOOK_UP_DEFAULTS, ...settings };
  // An attempt that hangs must leave time for another one.
  const client = openDynamoDb(Math.ceil(deadlineMs * 0.44));
  const ConsistentRead = readConsistency === 'strong';

  return (targets) =>
    withinDeadline(deadlineMs, async (abortSignal) => {
      const found: Revocation[] = [];
      let missing = new Set(targets.map(revocationKey));
      for (let attempt = 0; missing.size > 0; attempt += 1) {
        if (attempt > 0)
          await pause(Math.random() * Math.min(200, 10 * 2 ** attempt), undefined, { signal: abortSignal });
        const Keys = [...missing].map(stateKey);
        const answer = await client.send(
          new BatchGetItemCommand({ RequestItems: { [tableName]: { Keys, ConsistentRead } } }),
          { abortSignal },
        );
        const items = answer.Responses?.[tableName];
        if (items === undefined) throw incredible('says nothing about the table');
        const unprocessed = keysOf(answer.UnprocessedKeys?.[tableName]);
        for (const item of items) {
          const key = item[TABLE.partitionKey]?.S ?? '';
          if (!missing.has(key) || unprocessed.has(key))
            throw incredible('holds an item that was not asked for');
          found.push(readRevocation(item));
        }
        if ([...unprocessed].some((key) => !missing.has(key)))
          throw incredible('leaves a key open that was not asked for');
        missing = unprocessed;
      }
      return found;
    });
}

function keysOf(unprocessed: KeysAndAttributes | undefined): Set<string> {
  return new Set(unprocessed?.Keys?.map((key) => key[TABLE.partitionKey]?.S ?? ''));
}

function incredible(what: string): Fault {
  return new Fault('revocation_store_unavailable', `the answer of the revocation table ${what}`);
}
