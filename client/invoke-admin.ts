import { setTimeout as sleep } from 'node:timers/promises';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { CommandInvalid, NotConfirmed, NotReached } from './errors.ts';

/** A command as the admin function takes it; it checks the fields itself. */
export interface Command {
  readonly command: string;
  readonly [field: string]: unknown;
}

export interface Invocation {
  readonly client: Pick<LambdaClient, 'send'>;
  readonly functionName: string;
  /** The bound of all attempts, in milliseconds. */
  readonly timeoutMs: number;
}

const FIRST_PAUSE_MS = 100;
const MAX_ATTEMPTS = 4;

/**
 * Invokes the admin function with one command, and again with growing pauses when it could not confirm: commands can be
 * repeated without harm.
 *
 * @returns the answer, as parsed
 * @throws {CommandInvalid | NotConfirmed | NotReached}
 */
export async function invokeAdmin(
  { client, functionName, timeoutMs }: Invocation,
  command: Command,
): Promise<unknown> {
  const signal = AbortSignal.timeout(timeoutMs);
  let pauseMs = FIRST_PAUSE_MS;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await invokeOnce(client, functionName, command, signal);
    } catch (error) {
      if (!(error instanceof NotConfirmed) || attempt === MAX_ATTEMPTS || signal.aborted) throw error;
      await sleep(pauseMs * (0.5 + Math.random()), undefined, { signal }).catch(() => {
        throw error;
      });
      pauseMs *= 3;
    }
  }
}

async function invokeOnce(
  client: Invocation['client'],
  functionName: string,
  command: Command,
  abortSignal: AbortSignal,
): Promise<unknown> {
  const request = new InvokeCommand({
    FunctionName: functionName,
    Payload: Buffer.from(JSON.stringify(command)),
  });
  const sent = client.send(request, { abortSignal });
  // The signal ends requests, but not a search for credentials that hangs.
  const { FunctionError, Payload } = await Promise.race([sent, rejectWhenAborted(abortSignal)]).catch(
    (error) => {
      throw explain(error, abortSignal);
    },
  );
  const answer = parse(Payload);
  if (FunctionError !== undefined) throw explainFunctionError(answer);
  if (isObject(answer) && answer['command'] === command.command) return answer;
  throw new NotReached(
    'the function does not answer as a revocation admin function does; check its name, and that this package and the deployed stack have the same version',
  );
}

/** What the caller must change, by what the SDK names its errors; everything else may pass. */
const WILL_NOT_PASS: Readonly<Record<string, string>> = {
  AccessDeniedException: 'these credentials may not invoke the admin function; see grantRevoke',
  CredentialsProviderError: 'there are no AWS credentials',
  ExpiredTokenException: 'the AWS credentials have expired',
  InvalidSignatureException: 'AWS does not accept the signature of the request',
  KMSAccessDeniedException: 'the admin function may not use the key of its environment',
  ResourceNotFoundException: 'there is no admin function of this name in this region and account',
  UnrecognizedClientException: 'AWS does not accept the credentials',
  ValidationException: 'Lambda refuses the name of the admin function',
};

function explain(error: unknown, signal: AbortSignal): Error {
  if (signal.aborted) return new NotConfirmed('the admin function did not answer in time', { cause: error });
  const name = error instanceof Error ? error.name : '';
  const what = Object.hasOwn(WILL_NOT_PASS, name) ? WILL_NOT_PASS[name] : undefined;
  if (what !== undefined) return new NotReached(what, { cause: error });
  return new NotConfirmed('the admin function could not be invoked', { cause: error });
}

/** What a function threw arrives as its type and message. */
function explainFunctionError(answer: unknown): Error {
  const { errorType, errorMessage } = isObject(answer) ? answer : {};
  if (errorType === 'CommandInvalid') return new CommandInvalid(String(errorMessage));
  // A fault names its code first. Of anything else the message is not ours, and may say anything.
  const isFault = errorType === 'Fault' && typeof errorMessage === 'string';
  return new NotConfirmed(isFault ? errorMessage : 'the admin function failed');
}

function parse(payload: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(payload ?? []).toString('utf8'));
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function rejectWhenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
