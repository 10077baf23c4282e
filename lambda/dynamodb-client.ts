import { crc32 } from 'node:zlib';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Fault } from './fault.ts';

/**
 * Opens a DynamoDB client that neither waits for ever nor believes a damaged answer, as the SDK by itself does.
 *
 * @param attemptTimeoutMs  for one attempt; the SDK makes at most three
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html (x-amz-crc32)
 */
export function openDynamoDb(attemptTimeoutMs: number): DynamoDBClient {
  const client = new DynamoDBClient({
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: attemptTimeoutMs,
      requestTimeout: attemptTimeoutMs,
      throwOnRequestTimeout: true,
    },
  });
  client.middlewareStack.addRelativeTo(checkingBody, {
    name: 'checkBody',
    relation: 'after',
    toMiddleware: 'deserializerMiddleware',
  });
  return client;
}

/** Sees each answer before the SDK has read it. */
function checkingBody<Arguments, Answer extends { readonly response: unknown }>(
  next: (args: Arguments) => Promise<Answer>,
) {
  return async (args: Arguments): Promise<Answer> => {
    const answer = await next(args);
    await checkBody(answer.response as HttpAnswer);
    return answer;
  };
}

interface HttpAnswer {
  readonly headers: Readonly<Record<string, string | undefined>>;
  body: AsyncIterable<Buffer> | Buffer;
}

/** The checksum is what tells an empty but whole answer from a mutilated one that happens to be JSON. */
async function checkBody(answer: HttpAnswer): Promise<void> {
  const expected = answer.headers['x-amz-crc32'];
  if (expected === undefined || Buffer.isBuffer(answer.body)) return;
  const chunks: Buffer[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  answer.body = Buffer.concat(chunks);
  if (crc32(answer.body) !== Number(expected)) {
    // The SDK tries again whatever has this property.
    const fault = new Fault('revocation_store_unavailable', 'the revocation table gave a damaged answer');
    throw Object.assign(fault, { $retryable: {} });
  }
}

/**
 * Runs something with a hard limit, whatever it waits for: the SDK does not look at its signal between two attempts.
 *
 * @throws {Fault} `revocation_store_unavailable`  at the deadline, or when `work` threw; its error is the cause
 */
export async function withinDeadline<T>(
  milliseconds: number,
  work: (abortSignal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Fault('revocation_store_unavailable', `no complete answer within ${milliseconds} ms`));
      controller.abort();
    }, milliseconds);
  });
  try {
    return await Promise.race([work(controller.signal), deadline]);
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault('revocation_store_unavailable', 'the revocation table did not answer', { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
