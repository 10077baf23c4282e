// Many sandboxes revoke at once; they take turns at flushing, and share the flush of whoever's turn it is.
import { setTimeout as sleep } from 'node:timers/promises';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { ConditionalCheckFailedException, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { openDynamoDb } from '../dynamodb-client.ts';
import { TABLE } from '../environment.ts';
import type { FlushedStage } from './flush-stage.ts';

/** One item beside the revocations; its key is no digest, so it is none of theirs. */
const KEY = { [TABLE.partitionKey]: { S: 'results-cache' }, [TABLE.sortKey]: { S: 'flush' } };

const POLL_MS = 150;
const ATTEMPT_TIMEOUT_MS = 1500;

interface Turn {
  /** How many flushes have begun. */
  readonly begun: number;
  /** The last one that ended. */
  readonly ended: number;
  /** When whoever flushes must have ended; later, it is taken for dead. Milliseconds since the epoch. */
  readonly until: number;
  readonly outcome: readonly FlushedStage[];
}

const Outcome = v.pipe(
  v.string(),
  v.parseJson(),
  v.array(v.object({ api: v.string(), stage: v.string(), ok: v.boolean() })),
);

/** Flushes, or shares the flush of somebody else. */
export type TakeTurn = (
  flush: () => Promise<readonly FlushedStage[]>,
  signal: AbortSignal,
) => Promise<readonly FlushedStage[]>;

/**
 * Opens the turns, which are kept in the revocation table.
 *
 * A turn returns the outcome of a flush that began after the call, its own or another's: flushes are numbered, and the
 * one after the last that had begun at the call is the first that qualifies. Numbers, because clocks differ.
 *
 * @param turnMs  the longest that a flush takes, in milliseconds
 * @returns throws when the table does not answer, or the signal is aborted
 */
export function openFlushTurns(tableName: string, turnMs: number, clock: () => number): TakeTurn {
  const client = openDynamoDb(ATTEMPT_TIMEOUT_MS);

  return async (flush, signal) => {
    let seen = await read(signal);
    const wanted = seen.begun + 1;
    while (true) {
      if (seen.ended >= wanted) return seen.outcome;
      const isFree = seen.ended === seen.begun || seen.until < clock();
      if (isFree) {
        const mine = { ...seen, begun: seen.begun + 1, until: clock() + turnMs };
        if (await replace(seen, mine, signal)) {
          const outcome = await flush();
          // Those who wait for this one take their own turn when the note is lost.
          await replace(mine, { ...mine, ended: mine.begun, outcome }, signal).catch(() => false);
          return outcome;
        }
      }
      await sleep(POLL_MS * (0.5 + Math.random()), undefined, { signal });
      seen = await read(signal);
    }
  };

  async function read(abortSignal: AbortSignal): Promise<Turn> {
    const command = new GetItemCommand({
      TableName: tableName,
      Key: KEY,
      ConsistentRead: true,
      ReturnConsumedCapacity: 'TOTAL',
    });
    const { Item: item, ConsumedCapacity: consumed } = await client.send(command, { abortSignal });
    // Without it, an empty answer of something between us and DynamoDB looks like a missing item.
    if (consumed === undefined) throw new Error('an answer that DynamoDB did not give');
    return {
      begun: Number(item?.['begun']?.N ?? 0),
      ended: Number(item?.['ended']?.N ?? 0),
      until: Number(item?.['until']?.N ?? 0),
      outcome: v.parse(Outcome, item?.['outcome']?.S ?? '[]'),
    };
  }

  /** @returns false when somebody else did something in between */
  async function replace(seen: Turn, next: Turn, abortSignal: AbortSignal): Promise<boolean> {
    const Item: Record<string, AttributeValue> = {
      ...KEY,
      begun: { N: String(next.begun) },
      ended: { N: String(next.ended) },
      until: { N: String(next.until) },
      outcome: { S: JSON.stringify(next.outcome) },
    };
    try {
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item,
          ...(seen.begun === 0
            ? { ConditionExpression: 'attribute_not_exists(begun)' }
            : {
                ConditionExpression: 'begun = :begun AND ended = :ended',
                ExpressionAttributeValues: {
                  ':begun': { N: String(seen.begun) },
                  ':ended': { N: String(seen.ended) },
                },
              }),
        }),
        { abortSignal },
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}
