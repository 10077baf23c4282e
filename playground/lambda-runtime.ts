import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';

/** What the Lambda runtime posts when an invocation fails. */
export interface LambdaError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** How an invocation ended: the JSON text that the handler returned, or the error. */
export type InvocationResult =
  | { readonly ok: true; readonly payload: string }
  | { readonly ok: false; readonly error: LambdaError };

/** What one function is made of, as its template declares it. */
export interface FunctionSettings {
  readonly name: string;
  readonly arn: string;
  /** The bundle, an absolute path. */
  readonly file: string;
  /** The name of the handler among the exports of the bundle. */
  readonly exportName: string;
  /** Everything that `process.env` holds in the function. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
}

export interface WorkerSettings {
  readonly file: string;
  readonly exportName: string;
  readonly context: Readonly<Record<string, string>>;
}

export interface ToWorker {
  readonly id: string;
  readonly event: string;
  /** Milliseconds since the epoch. */
  readonly deadlineMs: number;
}

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'init-failed'; readonly error: LambdaError }
  | { readonly type: 'done'; readonly id: string; readonly payload: string }
  | { readonly type: 'failed'; readonly id: string; readonly error: LambdaError };

const INIT_TIMEOUT_SECONDS = 10;

/**
 * One Lambda function: a worker thread that runs the bundle, like one warm sandbox.
 *
 * It starts at the first invocation, takes one event at a time (more of them wait), and is replaced at the next
 * invocation after a crash, a time-out or a failed start.
 */
export class LambdaFunction {
  readonly settings: FunctionSettings;
  readonly #log: (line: string) => void;
  #worker: Promise<Worker> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @param log gets each line that the function writes to its standard output or error */
  constructor(settings: FunctionSettings, log: (line: string) => void) {
    this.settings = settings;
    this.#log = log;
  }

  /**
   * Runs the handler with the event.
   *
   * @param event JSON text
   * @returns the outcome; it never throws for what the function does
   */
  invoke(event: string): Promise<InvocationResult> {
    const result = this.#last.then(() => this.#invokeNow(event));
    this.#last = result;
    return result;
  }

  /** Ends the worker thread at once, whatever it is doing. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await (await worker?.catch(() => undefined))?.terminate();
  }

  async #invokeNow(event: string): Promise<InvocationResult> {
    const id = randomUUID();
    const { timeoutSeconds } = this.settings;
    try {
      this.#worker ??= this.#start();
      const worker = await this.#worker;
      const deadlineMs = Date.now() + timeoutSeconds * 1000;
      const answered = listen(worker, id, timeoutSeconds);
      worker.postMessage({ id, event, deadlineMs } satisfies ToWorker);
      return { ok: true, payload: await answered };
    } catch (thrown) {
      if (!(thrown instanceof InvocationFailure)) throw thrown;
      if (thrown.endsSandbox) await this.close();
      return { ok: false, error: thrown.error };
    }
  }

  async #start(): Promise<Worker> {
    const { file, exportName, name, arn, memoryMegabytes, environment } = this.settings;
    const worker = new Worker(new URL('./lambda-worker.ts', import.meta.url), {
      argv: [],
      env: { ...environment },
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdout: true,
      stderr: true,
      workerData: {
        file,
        exportName,
        context: {
          functionName: name,
          functionVersion: '$LATEST',
          invokedFunctionArn: arn,
          memoryLimitInMB: String(memoryMegabytes),
          logGroupName: environment['AWS_LAMBDA_LOG_GROUP_NAME'] ?? '',
          logStreamName: environment['AWS_LAMBDA_LOG_STREAM_NAME'] ?? '',
        },
      } satisfies WorkerSettings,
    });
    for (const input of [worker.stdout, worker.stderr]) createInterface({ input }).on('line', this.#log);
    // An 'error' without a listener, between two invocations, would end this process.
    worker.on('error', (error) => this.#log(`${error.name}: ${error.message}`));
    worker.on('exit', () => {
      this.#worker = undefined;
    });
    try {
      await listen(worker, 'init', INIT_TIMEOUT_SECONDS);
    } catch (error) {
      await worker.terminate();
      throw error;
    }
    return worker;
  }
}

class InvocationFailure extends Error {
  readonly error: LambdaError;
  readonly endsSandbox: boolean;

  constructor(error: LambdaError, endsSandbox: boolean) {
    super(error.errorMessage);
    this.error = error;
    this.endsSandbox = endsSandbox;
  }
}

/**
 * Waits for the worker's answer to one invocation, or for its start.
 *
 * @param id of the invocation, or `init`
 * @returns the payload; for `init` an empty text
 */
function listen(worker: Worker, id: string, timeoutSeconds: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const end = (errorType: string, errorMessage: string, trace: readonly string[] = []) =>
    reject(new InvocationFailure({ errorType, errorMessage, trace }, true));

  const onMessage = (message: FromWorker) => {
    if (message.type === 'ready') resolve('');
    else if (message.type === 'init-failed') reject(new InvocationFailure(message.error, true));
    else if (message.id !== id) return;
    else if (message.type === 'done') resolve(message.payload);
    else reject(new InvocationFailure(message.error, false));
  };
  // What nobody caught in the thread: an exception in a timer, a rejected promise that nobody awaits.
  const onError = (error: Error) => end(error.name, error.message, (error.stack ?? '').split('\n'));
  const onExit = (code: number) =>
    end('Runtime.ExitError', `RequestId: ${id} Error: Runtime exited with error: exit status ${code}`);
  const timer = setTimeout(
    () =>
      end(
        'Sandbox.Timedout',
        `RequestId: ${id} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
      ),
    timeoutSeconds * 1000,
  );

  worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  return promise.finally(() => {
    clearTimeout(timer);
    worker.off('message', onMessage).off('error', onError).off('exit', onExit);
  });
}
