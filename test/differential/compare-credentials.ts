// The demo: what each credential is answered.
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Case, Credentials } from './cases.ts';
import { allCases, expectedAnswer, KINDS } from './cases.ts';
import { Minter } from './credentials.ts';
import { deploy, openDeployed, synthesize } from './deployment.ts';
import type { Gateway } from './gateway.ts';
import { ask } from './gateway.ts';
import { LocalMode } from './local-mode.ts';
import type { MiniStack } from './mini-stack.ts';
import { REGION } from './mini-stack.ts';
import type { Report } from './report.ts';

const CONFIGS = { off: 'authorizer.config.ts', on: 'test/differential/cached.config.ts' } as const;

/** Asks the local mode and a deployment of the same configuration, without and with a results cache. */
export async function compareCredentials(stack: MiniStack, report: Report): Promise<void> {
  for (const cache of ['off', 'on'] as const) {
    const config = CONFIGS[cache];
    const local = await LocalMode.start(config);
    try {
      const minter = new Minter(local.origin);
      const [outputs = {}] = Object.values(deploy(synthesize({ config }, stack), stack));
      const deployed = await openDeployed(outputs, stack, await minter.issuerSettings());
      await compare(cache, minter, local.gateway, deployed, report);
    } finally {
      local.stop();
    }
  }
}

async function compare(
  cache: Case['cache'],
  minter: Minter,
  local: Gateway,
  deployed: Gateway,
  report: Report,
): Promise<void> {
  const headers = new Map<string, string | undefined>();
  for (const gateway of [local, deployed])
    await revoke(gateway, { dimension: 'subject', subject: 'mallory' }, { block: true });
  for (const row of allCases().filter((each) => each.cache === cache)) {
    // One token for all routes of a kind, so that the later ones hit the cache.
    const key = `${row.kind} ${row.credentials}`;
    if (!headers.has(key)) headers.set(key, await prepare(row.credentials, minter, [local, deployed]));
    const [method = '', path = ''] = row.route.split(' ');
    const { api, prefix } = KINDS[row.kind];
    const question = { api, method, path: `${prefix}${path}` };
    const [here, there] = [
      await ask(local, question, headers.get(key)),
      await ask(deployed, question, headers.get(key)),
    ];
    const name = `${row.kind}, cache ${row.cache}, ${row.credentials}, ${row.route}`;
    report.note(name, { api, cache, expected: expectedAnswer(row) }, here, there);
  }
}

async function prepare(credentials: Credentials, minter: Minter, gateways: readonly Gateway[]) {
  const authorization = await minter.headerOf(credentials);
  if (credentials === 'a revoked token' && authorization !== undefined) {
    const token = authorization.replace('Bearer ', '');
    for (const gateway of gateways) await revoke(gateway, { dimension: 'token', token });
  }
  return authorization;
}

async function revoke(
  { lambdaEndpoint, revocations }: Gateway,
  target: object,
  options: object = {},
): Promise<void> {
  const client = new LambdaClient({
    endpoint: lambdaEndpoint,
    region: REGION,
    credentials: { accessKeyId: '123456789012', secretAccessKey: 'local' },
  });
  const command = { command: 'revoke', target, reason: 'comparison', actor: 'test', ...options };
  const { FunctionError, Payload } = await client.send(
    new InvokeCommand({ FunctionName: revocations, Payload: JSON.stringify(command) }),
  );
  client.destroy();
  if (FunctionError) throw new Error(`The admin function failed: ${Payload?.transformToString()}`);
}
