// Runs inside the worker thread of one function: what the Lambda runtime does around a handler. See lambda-runtime.ts.
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { FromWorker, LambdaError, ToWorker, WorkerSettings } from './lambda-runtime.ts';

type Handler = (event: unknown, context: unknown) => unknown;

const { file, exportName, context } = workerData as WorkerSettings;

function post(message: FromWorker): void {
  parentPort?.postMessage(message);
}

/** Formats what a handler threw as the Lambda runtime posts it. */
function toLambdaError(thrown: unknown): LambdaError {
  if (thrown instanceof Error) {
    return { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? '').split('\n') };
  }
  return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
}

async function load(): Promise<Handler> {
  const loaded = (await import(pathToFileURL(file).href)) as Record<string, unknown> & {
    default?: Record<string, unknown>;
  };
  const handler = loaded[exportName] ?? loaded.default?.[exportName];
  if (typeof handler !== 'function') {
    throw Object.assign(new Error(`index.${exportName} is undefined or not exported`), {
      name: 'Runtime.HandlerNotFound',
    });
  }
  if (handler.length > 2) {
    throw Object.assign(
      new Error('Callback-style handlers are not supported from Node.js 24 on; use async.'),
      {
        name: 'Runtime.CallbackHandlerDeprecated',
      },
    );
  }
  return handler as Handler;
}

/** Does what JSON does on the way out of Lambda: `undefined` arrives as null. */
function toPayload(result: unknown): string {
  try {
    return JSON.stringify(result) ?? 'null';
  } catch {
    throw Object.assign(new Error('Unable to stringify response body'), { name: 'Runtime.MarshalError' });
  }
}

async function invoke(handler: Handler, { id, event, deadlineMs }: ToWorker): Promise<void> {
  try {
    const result = await handler(JSON.parse(event), {
      ...context,
      awsRequestId: id,
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => deadlineMs - Date.now(),
    });
    post({ type: 'done', id, payload: toPayload(result) });
  } catch (thrown) {
    post({ type: 'failed', id, error: toLambdaError(thrown) });
  }
}

try {
  const handler = await load();
  parentPort?.on('message', (message: ToWorker) => void invoke(handler, message));
  post({ type: 'ready' });
} catch (thrown) {
  post({ type: 'init-failed', error: toLambdaError(thrown) });
}
