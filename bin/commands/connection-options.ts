import type { Command } from 'commander';

/** How to reach the admin function, as typed. */
export interface ConnectionOptions {
  readonly function?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
  readonly json?: boolean;
}

/** Adds the options that every command has. */
export function addConnectionOptions(command: Command): Command {
  return command
    .option(
      '--function <name>',
      'name or ARN of the admin function: the output RevocationsFunctionName of the stack (default: $REVOCABLE_AUTHORIZER_FUNCTION)',
    )
    .option('--region <region>', 'AWS region (default: as for the AWS CLI)')
    .option('--profile <name>', 'profile of the AWS configuration files (default: as for the AWS CLI)')
    .option(
      '--endpoint-url <url>',
      'another Lambda endpoint; a loopback one gets placeholder credentials (default: $AWS_ENDPOINT_URL_LAMBDA, $AWS_ENDPOINT_URL)',
    )
    .option('--json', "print the admin function's answer as JSON, and nothing else");
}
