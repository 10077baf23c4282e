// Many sandboxes revoke at once; they take turns at flushing, and share the flush of whoever's turn it is.
import { setTimeout as sleep } from 'node:timers/promises';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { openDynamoDb, putItem, requireConsumed, withinDeadline } from '../dynamodb-client.ts';
import { TABLE } from '../environment.ts';
import type { FlushedStage } from './flush-stage.ts';
import { FLUSH_OUTCOMES } from './flush-stage.ts';

/** One item beside the revocations; its key is no digest, so it is none of theirs. */
const KEY = { [TABLE.partitionKey]: { S: 'results-cache' }, [TABLE.sortKey]: { S: 'flush' } };

const POLL_MS = 150;
const ATTEMPT_TIMEOUT_MS = 1500;

/** The longest that noting the end of a flush takes. */
export const NOTE_MS = 1000;

interface Turn {
  /** How many flushes have begun. */
  readonly begun: number;
  /** The last one that ended. */
  readonly ended: number;
  /** When whoever flushes must have ended; later, it is taken for dead. Milliseconds since the epoch. */
  readonly until: number;
  readonly outcome: readonly FlushedStage[];
}

/** Another version wrote it differently: then it is not known what came of it. */
const Outcome = v.fallback(
  v.pipe(
    v.string(),
    v.parseJson(),
    v.array(v.object({ api: v.string(), stage: v.string(), flushed: v.picklist(FLUSH_OUTCOMES) })),
  ),
  [{ api: '*', stage: '*', flushed: 'failed' }],
);

/**
 * Flushes, or waits for a flush that another sandbox began after the call.
 *
 * @param waitMs  the longest that it waits for its turn, in milliseconds; the flush and its note come on top
 */
export type TakeTurn = (
  flush: () => Promise<readonly FlushedStage[]>,
  waitMs: number,
) => Promise<readonly FlushedStage[]>;

/**
 * Opens the turns, which are kept in the revocation table.
 *
 * A turn returns the outcome of a flush that began after the call, its own or another's: flushes are numbered, and the
 * one after the last that had begun at the call is the first that qualifies. Numbers, because clocks differ.
 *
 * @param turnMs       the longest that a flush takes, in milliseconds
 * @param isLocalMode  see `openRevocationLedger`
 * @returns rejects when the table does not answer, or it waited for too long
 */
export function openFlushTurns(
  tableName: string,
  turnMs: number,
  clock: () => number,
  isLocalMode = false,
): TakeTurn {
  const client = openDynamoDb(ATTEMPT_TIMEOUT_MS, isLocalMode);

  return async (flush, waitMs) => {
    const endsAt = performance.now() + waitMs;
    const leftMs = () => Math.max(0, endsAt - performance.now());
    let seen = await read(leftMs());
    const wanted = seen.begun + 1;
    while (true) {
      if (seen.ended >= wanted) return seen.outcome;
      const isFree = seen.ended === seen.begun || seen.until < clock();
      if (isFree) {
        const mine = { ...seen, begun: seen.begun + 1, until: clock() + turnMs };
        if (await replace(seen, mine, leftMs())) {
          const outcome = await flush();
          // Those who wait for this one take their own turn when the note is lost.
          await replace(mine, { ...mine, ended: mine.begun, outcome }, NOTE_MS).catch(() => false);
          return outcome;
        }
      }
      await sleep(POLL_MS * (0.5 + Math.random()));
      seen = await read(leftMs());
    }
  };

  async function read(deadlineMs: number): Promise<Turn> {
    const command = new GetItemCommand({
      TableName: tableName,
      Key: KEY,
      ConsistentRead: true,
      ReturnConsumedCapacity: 'TOTAL',
    });
    const item = await withinDeadline(deadlineMs, async (abortSignal) => {
      const { Item, ConsumedCapacity: consumed } = await client.send(command, { abortSignal });
      requireConsumed(consumed, tableName, 1, isLocalMode);
      return Item;
    });
    return {
      begun: Number(item?.['begun']?.N ?? 0),
      ended: Number(item?.['ended']?.N ?? 0),
      until: Number(item?.['until']?.N ?? 0),
      outcome: v.parse(Outcome, item?.['outcome']?.S ?? '[]'),
    };
  }

  /** @returns false when somebody else did something in between */
  async function replace(seen: Turn, next: Turn, deadlineMs: number): Promise<boolean> {
    const Item: Record<string, AttributeValue> = {
      ...KEY,
      begun: { N: String(next.begun) },
      ended: { N: String(next.ended) },
      until: { N: String(next.until) },
      outcome: { S: JSON.stringify(next.outcome) },
    };
    const put = {
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
    };
    return withinDeadline(deadlineMs, (abortSignal) =>
      putItem(client, { tableName, isLocalMode }, put, abortSignal),
    );
  }
}
