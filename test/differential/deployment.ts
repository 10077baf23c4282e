import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { ENVIRONMENT } from '../../lambda/environment.ts';
import type { Address, Gateway } from './gateway.ts';
import type { MiniStack } from './mini-stack.ts';
import { ACCOUNT, REGION } from './mini-stack.ts';

const root = join(import.meta.dirname, '..', '..');

/** Bootstraps the account of the emulator, as the owner of a new AWS account does. */
export function bootstrap(stack: MiniStack): void {
  cdk(['bootstrap', `aws://${ACCOUNT}/${REGION}`], stack);
}

/** What MiniStack does not know. The answers of the WebSocket API go unheard there, and nothing else changes. */
const UNKNOWN_TYPES = ['AWS::ApiGatewayV2::RouteResponse'];

/** What the stacks say about themselves, by their names. */
export type Outputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Synthesizes an app with the CDK CLI.
 *
 * @param app  the file of another app than that of the clone
 * @param config  the file with its configuration
 * @returns the folder of the cloud assembly
 */
export function synthesize(
  { app, config }: { readonly app?: string; readonly config?: string },
  stack: MiniStack,
): string {
  const assembly = join(root, 'cdk.out.deployed');
  rmSync(assembly, { recursive: true, force: true });
  cdk(['synth', '--quiet', '--output', assembly, ...(app ? ['--app', `node ${app}`] : [])], stack, {
    ...(config !== undefined && { REVOCABLE_AUTHORIZER_CONFIG: config }),
  });
  leaveOutUnknownTypes(assembly);
  return assembly;
}

/** Deploys all stacks of a cloud assembly with the CDK CLI. */
export function deploy(assembly: string, stack: MiniStack): Outputs {
  const file = join(assembly, 'outputs.json');
  const options = ['--all', '--concurrency', '3', '--require-approval', 'never', '--outputs-file', file];
  cdk(['deploy', '--app', assembly, ...options], stack);
  return JSON.parse(readFileSync(file, 'utf8'));
}

/**
 * Finds a deployed stack by its outputs, and lets its functions trust the issuer of the local mode.
 *
 * @param issuer  the settings of that issuer, in JSON
 */
export async function openDeployed(
  {
    AuthorizerFunctionArn = '',
    RevocationsFunctionName,
    DemoApiUrl = '',
    DemoHttpApiUrl = '',
  }: Outputs[string],
  stack: MiniStack,
  issuer: string,
): Promise<Gateway> {
  await trust(AuthorizerFunctionArn, issuer, stack);
  if (RevocationsFunctionName !== undefined) await trust(RevocationsFunctionName, issuer, stack);
  return {
    lambdaEndpoint: stack.endpoint,
    revocations: RevocationsFunctionName ?? '',
    rest: addressOf(DemoApiUrl, stack),
    http: addressOf(DemoHttpApiUrl, stack),
  };
}

function leaveOutUnknownTypes(assembly: string): void {
  for (const name of readdirSync(assembly).filter((file) => file.endsWith('.template.json'))) {
    const file = join(assembly, name);
    const template = JSON.parse(readFileSync(file, 'utf8'));
    template.Resources = Object.fromEntries(
      Object.entries<{ Type: string }>(template.Resources).filter(
        ([, { Type }]) => !UNKNOWN_TYPES.includes(Type),
      ),
    );
    writeFileSync(file, JSON.stringify(template));
  }
}

/** The emulator tells its APIs apart by the id in the name of the host, and does not know the rest of AWS's names. */
function addressOf(url: string, { endpoint }: MiniStack): Address {
  const { hostname, pathname } = new URL(url);
  const host = `${hostname.split('.')[0]}.execute-api.localhost`;
  return { origin: endpoint, host, base: pathname.replace(/\/$/, '') };
}

/**
 * The emulator's own user pool signs with keys that are published at AWS's address, which it does not serve. And asked
 * to reset the authorizers' cache of an HTTP API's stage, it deletes the stage: so the admin function is not told of
 * the caches there. (The local gateway's flush has a test of its own.)
 */
async function trust(functionName: string, issuer: string, stack: MiniStack): Promise<void> {
  const client = new LambdaClient({
    endpoint: stack.endpoint,
    region: REGION,
    credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'local' },
  });
  const { Environment } = await client.send(
    new GetFunctionConfigurationCommand({ FunctionName: functionName }),
  );
  const { [ENVIRONMENT.resultsCache]: _, ...deployed } = Environment?.Variables ?? {};
  const Variables = {
    ...deployed,
    [ENVIRONMENT.issuers]: issuer,
    [ENVIRONMENT.localMode]: '1',
  };
  await client.send(
    new UpdateFunctionConfigurationCommand({ FunctionName: functionName, Environment: { Variables } }),
  );
  client.destroy();
}

function cdk(args: readonly string[], stack: MiniStack, environment: Record<string, string> = {}): void {
  const command = join(root, 'node_modules', 'aws-cdk', 'bin', 'cdk');
  execFileSync(process.execPath, [command, ...args, '--no-notices'], {
    cwd: root,
    env: { ...process.env, ...stack.environment, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'], // the error of a failed command holds it
  });
}
