import { CliError } from '../cli-error.ts';
import type { ConnectionOptions } from './connection-options.ts';

/** Where a command goes. */
export interface Connection {
  readonly functionName: string;
  readonly endpoint?: URL;
  /** The endpoint is this machine: no real credentials, no configuration needed. */
  readonly isLoopback: boolean;
  readonly region?: string;
  readonly profile?: string;
}

const FUNCTION_ARN = /^arn:[^:]+:lambda:([a-z0-9-]+):/;

/** Tells whether a URL's host name is this machine. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/.test(hostname);
}

/** Refuses to send a signed request, and a token in its body, in the clear over a network. */
export function requireSafe(endpoint: URL): void {
  const { protocol, hostname, host } = endpoint;
  if (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))) return;
  throw new CliError(
    'refused',
    `the endpoint ${protocol}//${host} is not safe to send a token to; allowed are https, and http to localhost, 127.0.0.1 or [::1]`,
  );
}

/**
 * Combines options and environment into where to send the command.
 *
 * Does NOT look into the AWS configuration files: what is left out here, the SDK finds there.
 *
 * @throws {CliError} `refused`  no function is named, or the endpoint is no URL or not a safe one
 */
export function resolveConnection(options: ConnectionOptions, env: NodeJS.ProcessEnv): Connection {
  const functionName = options.function || env['REVOCABLE_AUTHORIZER_FUNCTION'];
  if (!functionName) {
    throw new CliError(
      'refused',
      'no admin function is named; give --function or set REVOCABLE_AUTHORIZER_FUNCTION to its name, which is the output RevocationsFunctionName of the stack (cdk deploy prints it, and CloudFormation keeps it)',
    );
  }
  const endpoint = resolveEndpoint(options.endpointUrl, env);
  const local = endpoint !== undefined && isLoopback(endpoint.hostname);
  const region =
    options.region ||
    FUNCTION_ARN.exec(functionName)?.[1] ||
    env['AWS_REGION'] ||
    env['AWS_DEFAULT_REGION'] || // which the AWS CLI knows, and the SDK does not
    (local ? 'us-east-1' : undefined);
  return {
    functionName,
    isLoopback: local,
    ...(endpoint && { endpoint }),
    ...(region && { region }),
    ...(options.profile && { profile: options.profile }),
  };
}

function resolveEndpoint(option: string | undefined, env: NodeJS.ProcessEnv): URL | undefined {
  const ignored = env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS']?.toLowerCase() === 'true';
  const configured = ignored ? undefined : env['AWS_ENDPOINT_URL_LAMBDA'] || env['AWS_ENDPOINT_URL'];
  const text = option ?? configured;
  if (text === undefined) return undefined;
  if (!URL.canParse(text)) {
    throw new CliError(
      'refused',
      `the endpoint ${JSON.stringify(text.slice(0, 128))} is not a URL; write it like http://127.0.0.1:4010`,
    );
  }
  const endpoint = new URL(text);
  requireSafe(endpoint);
  return endpoint;
}
