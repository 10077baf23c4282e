// Errors of the SDK and of the admin function -> one sentence and an exit code. Names, not classes: this file must
// load without the SDK.
import { CliError } from '../cli-error.ts';
import type { ExitName } from '../exit-codes.ts';
import type { AdminCommand } from './ask-admin.ts';
import type { Connection } from './resolve-connection.ts';

const SAFE_TO_REPEAT = 'it is safe to give the command again';

/** What to do after a command of which nobody knows what came; one that only reads changed nothing. */
export function adviseRepetition(command: object): string {
  const { command: name, dryRun } = command as Partial<AdminCommand>;
  const isChange = (name === 'revoke' || name === 'reinstate') && dryRun !== true;
  return isChange
    ? `whether the command was carried out is not known, and ${SAFE_TO_REPEAT}`
    : SAFE_TO_REPEAT;
}

interface Circumstances {
  readonly message: string;
  readonly place: string;
  readonly functionName: string;
  readonly profile?: string | undefined;
}
type Explain = (circumstances: Circumstances) => string;

const CREDENTIALS_REFUSED: Explain = ({ message }) =>
  `AWS does not accept the credentials (${message}); sign in again, or name another profile with --profile`;
const THROTTLED: Explain = () =>
  'AWS throttles calls of the admin function at the moment; wait a little and give the command again';
const NOT_ALLOWED: Explain = ({ message, functionName }) =>
  `these credentials may not call ${functionName}: they need lambda:InvokeFunction on it (${message})`;

/** By the code of a system error (the SDK calls many of them TimeoutError), or by the name of an error. */
const EXPLANATIONS: Readonly<Record<string, readonly [ExitName, Explain]>> = {
  CredentialsProviderError: [
    'unreachable',
    ({ message, profile }) =>
      `no AWS credentials were found${profile ? ` for the profile ${profile}` : ''} (${message}); sign in, set AWS_PROFILE, or give --profile`,
  ],
  AccessDeniedException: ['unreachable', NOT_ALLOWED],
  AccessDenied: ['unreachable', NOT_ALLOWED],
  ResourceNotFoundException: [
    'unreachable',
    ({ place, functionName }) =>
      `there is no function ${functionName} ${place}; compare --function with the output RevocationsFunctionName of the stack, and --region with where it is`,
  ],
  ExpiredTokenException: [
    'unreachable',
    () => 'the AWS credentials have expired; sign in again, or name another profile with --profile',
  ],
  UnrecognizedClientException: ['unreachable', CREDENTIALS_REFUSED],
  InvalidSignatureException: ['unreachable', CREDENTIALS_REFUSED],
  IncompleteSignatureException: ['unreachable', CREDENTIALS_REFUSED],
  MissingAuthenticationTokenException: ['unreachable', CREDENTIALS_REFUSED],
  TooManyRequestsException: ['unreachable', THROTTLED],
  ThrottlingException: ['unreachable', THROTTLED],
  ValidationException: [
    'refused',
    ({ message }) => `Lambda refuses the name of the function (${message}); see --function`,
  ],
  InvalidParameterValueException: ['refused', ({ message }) => `Lambda refuses the request (${message})`],
  RequestTooLargeException: [
    'refused',
    () => 'the command is larger than Lambda accepts; give a shorter one',
  ],
  ECONNREFUSED: [
    'unreachable',
    ({ place }) => `nothing listens ${place}; start the local mode (npm start), or correct --endpoint-url`,
  ],
  ENOTFOUND: [
    'unreachable',
    ({ place }) =>
      `the name of the Lambda endpoint ${place} has no address; check --region, --endpoint-url and the network`,
  ],
  EAI_AGAIN: [
    'unreachable',
    ({ place }) => `the name of the Lambda endpoint ${place} could not be looked up; check the network`,
  ],
  ECONNRESET: [
    'unreachable',
    ({ place }) => `the connection was cut ${place} before an answer came; ${SAFE_TO_REPEAT}`,
  ],
  TimeoutError: [
    'unreachable',
    ({ place }) => `no connection was made ${place} in time; check --region, --endpoint-url and the network`,
  ],
};

/**
 * Says in one sentence why the admin function was not reached.
 *
 * @returns `unreachable`, or `refused` when the usage is at fault (region, name); `unexpected` when it is unknown
 */
export function explainSdkError(
  error: unknown,
  { functionName, endpoint, region, profile }: Connection,
): CliError {
  const { name, message, code, status } = facts(error);
  const place = endpoint ? `at ${endpoint.origin}` : `in ${region ?? 'the configured region'}`;
  const row = lookUp(code) ?? lookUp(name);
  if (row) {
    const [exit, explain] = row;
    return new CliError(exit, explain({ message, place, functionName, profile }), { cause: error });
  }
  if (message === 'Region is missing') {
    return new CliError('refused', 'no AWS region is known; give --region, or set AWS_REGION', {
      cause: error,
    });
  }
  if (/CERT|TLS|SSL|VERIFY|^EPROTO$/.test(code)) {
    return new CliError('unreachable', `no trusted TLS connection was made ${place} (${message})`, {
      cause: error,
    });
  }
  if (status !== undefined) {
    return new CliError(
      'unreachable',
      `Lambda ${place} could not carry out the call (HTTP ${status}, ${name}: ${message}); ${SAFE_TO_REPEAT}`,
      { cause: error },
    );
  }
  if (code !== '') {
    return new CliError('unreachable', `the call ${place} failed (${code}: ${message}); ${SAFE_TO_REPEAT}`, {
      cause: error,
    });
  }
  return new CliError('unexpected', `the call ${place} failed (${name}: ${message})`, { cause: error });
}

/**
 * Says in one sentence what the admin function threw.
 *
 * @param payload  `{ errorType, errorMessage }` as Lambda reports it
 * @param command  the command that failed
 * @returns `refused` for a wrong command, else `adminFailed`
 */
export function explainFunctionError(payload: string, command: object): CliError {
  const { errorType, errorMessage } = parseFailure(payload);
  if (errorType === 'CommandInvalid')
    return new CliError('refused', errorMessage || 'the command was refused');
  const message = errorMessage || errorType || 'no reason was given';
  return new CliError(
    'adminFailed',
    `the admin function failed: ${message.replace(/\.$/, '')}; ${whatToDo(errorType, message, command)}`,
  );
}

function whatToDo(errorType: string, message: string, command: object): string {
  if (message.startsWith('config_invalid') || errorType.startsWith('Runtime.ImportModule'))
    return 'trying again does not help before it is deployed correctly';
  // Its message says what was done.
  if (message.startsWith('revocation_store_unavailable')) return SAFE_TO_REPEAT;
  return adviseRepetition(command);
}

function lookUp(key: string): readonly [ExitName, Explain] | undefined {
  return Object.hasOwn(EXPLANATIONS, key) ? EXPLANATIONS[key] : undefined;
}

/** Reads what errors of the SDK, of Node and of the network have in common. Does NOT ask for their class. */
function facts(error: unknown): { name: string; message: string; code: string; status: number | undefined } {
  const { name, message, code, $metadata } = Object(error);
  return {
    name: String(name ?? 'Error'),
    message: String(message || 'no reason was given').replace(/\.$/, ''),
    code: typeof code === 'string' ? code : '',
    status: $metadata?.httpStatusCode,
  };
}

function parseFailure(payload: string): { errorType: string; errorMessage: string } {
  try {
    const { errorType, errorMessage } = JSON.parse(payload);
    return { errorType: String(errorType ?? ''), errorMessage: String(errorMessage ?? '') };
  } catch {
    return { errorType: '', errorMessage: '' };
  }
}
