// The only file that imports the AWS SDK. It takes longer to load than everything else: import it lazily.
import type { LambdaClientConfig } from '@aws-sdk/client-lambda';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CliError } from '../cli-error.ts';
import { adviseRepetition, explainFunctionError, explainSdkError } from './explain-error.ts';
import type { Connection } from './resolve-connection.ts';
import { isLoopback, requireSafe } from './resolve-connection.ts';

const CONNECT_MS = 3_000;
/** Above the longest time-out that the admin function has. */
const WHOLE_CALL_MS = 35_000;
/** Commands can be repeated without harm; see the admin function. */
const ATTEMPTS = 2;
/** When thousands of commands are on their way, throttling is part of the day: wait, do not fail. */
const PATIENT_ATTEMPTS = 8;

/** The admin function, over connections that are kept. */
export interface AdminClient {
  /** Sends one command and waits for its answer, a JSON text; throws as {@link invokeAdmin}. */
  invoke(command: object): Promise<string>;
  close(): void;
}

/**
 * Invokes the admin function with one command, and waits for its answer.
 *
 * @param wholeCallMs  bound of everything: finding credentials, all attempts, the answer; milliseconds
 * @returns the answer, a JSON text
 * @throws {CliError} `unreachable`  see {@link explainSdkError}; `refused`, `adminFailed`  see {@link explainFunctionError}
 */
export async function invokeAdmin(
  connection: Connection,
  command: object,
  wholeCallMs = WHOLE_CALL_MS,
): Promise<string> {
  const client = createClient(connection, { maxAttempts: ATTEMPTS, retryMode: 'standard' });
  try {
    return await invoke(client, connection, command, wholeCallMs);
  } finally {
    client.destroy();
  }
}

/** Opens the admin function for many commands; calls slow down when AWS throttles them. */
export function openAdmin(connection: Connection): AdminClient {
  const client = createClient(connection, { maxAttempts: PATIENT_ATTEMPTS, retryMode: 'adaptive' });
  return {
    invoke: (command) => invoke(client, connection, command, WHOLE_CALL_MS),
    close: () => client.destroy(),
  };
}

async function invoke(
  client: LambdaClient,
  connection: Connection,
  command: object,
  wholeCallMs: number,
): Promise<string> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), wholeCallMs);
  const { signal } = deadline;
  try {
    const sent = client.send(
      new InvokeCommand({
        FunctionName: connection.functionName,
        Payload: Buffer.from(JSON.stringify(command)),
      }),
      { abortSignal: signal },
    );
    // The signal ends requests, but not a search for credentials that hangs.
    const { FunctionError, Payload } = await Promise.race([sent, rejectWhenAborted(signal)]);
    const payload = Payload ? Buffer.from(Payload).toString('utf8') : '';
    if (FunctionError !== undefined) throw explainFunctionError(payload, command);
    return payload;
  } catch (error) {
    if (error instanceof CliError) throw error;
    if (!signal.aborted) throw explainSdkError(error, connection);
    throw new CliError(
      'unreachable',
      `the admin function did not answer within ${wholeCallMs / 1000} seconds; ${adviseRepetition(command)}`,
      { cause: error },
    );
  } finally {
    clearTimeout(timer);
  }
}

function createClient(
  { endpoint, isLoopback: local, region, profile }: Connection,
  retries: Pick<LambdaClientConfig, 'maxAttempts' | 'retryMode'>,
): LambdaClient {
  // It speaks of later versions of the SDK, to whoever operates this one.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const client = new LambdaClient({
    ...retries,
    requestHandler: { connectionTimeout: CONNECT_MS },
    ...(endpoint && { endpoint: endpoint.href }),
    ...(region && { region }),
    ...(profile && !local && { profile }),
    // Whatever listens on a local port gets no signature made with real credentials.
    ...(local && {
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      useDualstackEndpoint: false,
      useFipsEndpoint: false,
    }),
  });
  // An endpoint may also come from the AWS configuration files, and only here is it known.
  client.middlewareStack.add(
    (next) => (args) => {
      const { protocol, hostname, port } = args.request as {
        protocol: string;
        hostname: string;
        port?: number;
      };
      const resolved = new URL(`${protocol}//${hostname}${port ? `:${port}` : ''}`);
      requireSafe(resolved);
      if (!local && isLoopback(hostname)) {
        throw new CliError(
          'refused',
          `the AWS configuration file leads to ${resolved.origin}, a local port that real credentials must not sign for; give --endpoint-url ${resolved.origin} as well`,
        );
      }
      return next(args);
    },
    { step: 'build', name: 'requireSafeEndpoint' },
  );
  return client;
}

function rejectWhenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
