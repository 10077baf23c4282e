import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { ENVIRONMENT } from '../../lambda/environment.ts';
import type { Gateway } from './gateway.ts';
import type { MiniStack } from './mini-stack.ts';
import { ACCOUNT, REGION } from './mini-stack.ts';

const root = join(import.meta.dirname, '..', '..');

/** Bootstraps the account of the emulator, as the owner of a new AWS account does. */
export function bootstrap(stack: MiniStack): void {
  cdk(['bootstrap', `aws://${ACCOUNT}/${REGION}`], stack);
}

/** What MiniStack does not know. The answers of the WebSocket API go unheard there, and nothing else changes. */
const UNKNOWN_TYPES = ['AWS::ApiGatewayV2::RouteResponse'];

/**
 * Synthesizes and deploys a configuration with the CDK CLI, and lets its functions trust the issuer of the local mode.
 *
 * @param issuer  the settings of that issuer, in JSON
 */
export async function deploy(config: string, stack: MiniStack, issuer: string): Promise<Gateway> {
  const assembly = join(root, 'cdk.out.deployed');
  const outputsFile = join(assembly, 'outputs.json');
  cdk(['synth', '--quiet', '--output', assembly], stack, { REVOCABLE_AUTHORIZER_CONFIG: config });
  leaveOutUnknownTypes(assembly);
  cdk(['deploy', '--app', assembly, '--require-approval', 'never', '--outputs-file', outputsFile], stack);
  const [outputs = {}] = Object.values<Record<string, string>>(JSON.parse(readFileSync(outputsFile, 'utf8')));
  const {
    AuthorizerFunctionArn = '',
    RevocationsFunctionName = '',
    DemoApiUrl = '',
    DemoHttpApiUrl = '',
  } = outputs;
  for (const name of [AuthorizerFunctionArn, RevocationsFunctionName]) await trust(name, issuer, stack);
  return {
    lambdaEndpoint: stack.endpoint,
    revocations: RevocationsFunctionName,
    rest: { origin: stack.endpoint, host: `${apiIdOf(DemoApiUrl)}.execute-api.localhost`, base: '/prod' },
    http: { origin: stack.endpoint, host: `${apiIdOf(DemoHttpApiUrl)}.execute-api.localhost`, base: '' },
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

function apiIdOf(url: string): string {
  return new URL(url).hostname.split('.')[0] ?? '';
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
