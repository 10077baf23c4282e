// How both functions talk to DynamoDB: what of an answer is believed, and when it is asked again.
import { setTimeout as pause } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { ConsumedCapacity, PutItemCommandInput } from '@aws-sdk/client-dynamodb';
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  DynamoDBServiceException,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { isThrottlingError, isTransientError } from '@smithy/core/retry';
import { Fault } from './fault.ts';

/** What came is no answer of DynamoDB; the next one may be. */
export class NotBelieved extends Fault {
  constructor(what: string) {
    super('revocation_store_unavailable', `the answer of the revocation table ${what}`);
  }
}

/**
 * Opens a DynamoDB client that neither waits for ever nor believes a damaged answer, as the SDK by itself does.
 *
 * It sends every request once; {@link withinDeadline} repeats it.
 *
 * @param isLocalMode  an answer without a checksum will do: not every emulator writes one
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html (x-amz-crc32)
 */
export function openDynamoDb(attemptTimeoutMs: number, isLocalMode: boolean): DynamoDBClient {
  const client = new DynamoDBClient({
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: attemptTimeoutMs,
      requestTimeout: attemptTimeoutMs,
      throwOnRequestTimeout: true,
    },
  });
  client.middlewareStack.addRelativeTo(checkingBody(isLocalMode), {
    name: 'checkBody',
    relation: 'after',
    toMiddleware: 'deserializerMiddleware',
  });
  return client;
}

/** Sees each answer before the SDK has read it. */
function checkingBody(isLocalMode: boolean) {
  return <Arguments, Answer extends { readonly response: unknown }>(
    next: (args: Arguments) => Promise<Answer>,
  ) =>
    async (args: Arguments): Promise<Answer> => {
      const answer = await next(args);
      await checkBody(answer.response as HttpAnswer, isLocalMode);
      return answer;
    };
}

interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  body: AsyncIterable<Buffer> | Buffer;
}

/**
 * The checksum is what tells an empty but whole answer from a mutilated one that happens to be JSON. Errors do not need
 * one: nobody takes them for «not revoked».
 */
async function checkBody(answer: HttpAnswer, isLocalMode: boolean): Promise<void> {
  const expected = answer.headers['x-amz-crc32'];
  if (expected === undefined) {
    if (answer.statusCode < 300 && !isLocalMode) throw new NotBelieved('has no checksum');
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of answer.body) chunks.push(chunk as Buffer);
  answer.body = Buffer.concat(chunks);
  if (crc32(answer.body) !== Number(expected)) throw new NotBelieved('is damaged');
}

/**
 * Believes only an answer that read or wrote what it was asked for: items that do not exist consume capacity too.
 *
 * @param units        the least that the request consumes, in capacity units
 * @param isLocalMode  an answer that says nothing of capacity will do: not every emulator counts it
 */
export function requireConsumed(
  consumed: ConsumedCapacity | undefined,
  tableName: string,
  units: number,
  isLocalMode: boolean,
): void {
  if (consumed === undefined && isLocalMode) return;
  const isOurs = consumed?.TableName === tableName;
  if (!isOurs || (consumed.CapacityUnits ?? 0) < units) {
    throw new NotBelieved('did not consume the capacity that it must');
  }
}

/** A put with a condition. */
export interface ConditionalPut extends Pick<PutItemCommandInput, 'Item' | 'ExpressionAttributeValues'> {
  readonly ConditionExpression: string;
}

/**
 * Puts an item if its condition holds.
 *
 * @returns false when the condition did not hold
 */
export async function putItem(
  client: DynamoDBClient,
  { tableName, isLocalMode }: { readonly tableName: string; readonly isLocalMode: boolean },
  put: ConditionalPut,
  abortSignal: AbortSignal,
): Promise<boolean> {
  const command = new PutItemCommand({ ...put, TableName: tableName, ReturnConsumedCapacity: 'TOTAL' });
  try {
    const { ConsumedCapacity: consumed } = await client.send(command, { abortSignal });
    requireConsumed(consumed, tableName, 1, isLocalMode);
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

const FIRST_PAUSE_MS = 25;

/**
 * Runs an attempt again and again, with growing pauses of random length, until one succeeds or another would not help;
 * with a hard limit, whatever it waits for.
 *
 * The SDK's own back-off does not know the deadline, and its classification no answers that are not believed.
 *
 * @param attempt  sends one request; what it throws is classified
 * @throws {Fault} `revocation_store_unavailable`  at the deadline, or when another attempt would not help; the last
 *   error is the cause
 */
export async function withinDeadline<T>(
  milliseconds: number,
  attempt: (abortSignal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (milliseconds <= 0) throw new Fault('revocation_store_unavailable', 'there was no time left to ask');
  const controller = new AbortController();
  let lastError: unknown;
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const what = `no complete answer within ${Math.round(milliseconds)} ms`;
      reject(
        new Fault('revocation_store_unavailable', what, lastError === undefined ? {} : { cause: lastError }),
      );
      controller.abort();
    }, milliseconds);
  });
  try {
    return await Promise.race([attemptUntilAborted(controller.signal), deadline]);
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault('revocation_store_unavailable', 'the revocation table refused the request', {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
    controller.abort();
  }

  async function attemptUntilAborted(signal: AbortSignal): Promise<T> {
    for (let count = 0; ; count += 1) {
      try {
        return await attempt(signal);
      } catch (error) {
        if (signal.aborted || !mayPass(error)) throw error;
        lastError = error;
      }
      const longest = Math.min(milliseconds / 4, FIRST_PAUSE_MS * 2 ** count);
      await pause(Math.random() * longest, undefined, { signal });
    }
  }
}

/** Whether another attempt may succeed. Not if DynamoDB refused the request, or the table holds what is no revocation. */
function mayPass(error: unknown): boolean {
  if (error instanceof Fault) return error instanceof NotBelieved;
  if (!(error instanceof DynamoDBServiceException)) return true;
  const sdkError = error as Parameters<typeof isTransientError>[0];
  return error.$fault === 'server' || isThrottlingError(sdkError) || isTransientError(sdkError);
}
