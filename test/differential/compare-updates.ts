// A deployed update from a cached to an uncached authorizer, and back.
import { setTimeout as sleep } from 'node:timers/promises';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { Revocations } from '../../client/index.ts';
import type { Answer } from './cases.ts';
import { Minter } from './credentials.ts';
import { deploy, openDeployed, synthesize } from './deployment.ts';
import type { Gateway } from './gateway.ts';
import { ask } from './gateway.ts';
import { openLocalStack } from './local-stack.ts';
import type { MiniStack } from './mini-stack.ts';
import { ACCOUNT, REGION } from './mini-stack.ts';
import type { Report } from './report.ts';

/** The variable by which the app of this comparison is told the lifetime of its cache. */
export const TTL_SECONDS = 'UPDATES_RESULTS_CACHE_TTL_SECONDS';

const ORDERS: Answer = { status: 200, says: 'orders' };
const REFUSED: Answer = { status: 401, says: 'The security token included in the request is invalid.' };

/** What a stage serves. */
interface Served {
  readonly deploymentId: string;
  readonly ttlSeconds: number;
}

/**
 * Asks a deployment with the token that was revoked while its results cache held it, and looks at what its stage serves.
 * The cache that was turned off must be off for callers, too.
 */
export async function compareUpdates(stack: MiniStack, report: Report): Promise<void> {
  process.env[TTL_SECONDS] = '3600';
  const assembly = synthesize({ app: 'test/differential/updates-app.ts' }, stack);
  const local = await openLocalStack(assembly, 'Updates');
  try {
    const minter = new Minter(local.origin);
    let served: Served | undefined;
    let earlier: string | undefined;
    for (const ttlSeconds of [3600, 0, 3600]) {
      const cache = ttlSeconds > 0 ? 'on' : 'off';
      const what = `an update to ${ttlSeconds} seconds of cache`;
      const note = (name: string, expected: Answer, there: Answer) =>
        report.note(`${what}, ${name}`, { api: 'rest', cache, expected }, expected, there);

      const { gateway, apiId } = await update(ttlSeconds, minter, stack);
      const now = await readServed(apiId, stack);
      note(
        'the deployment',
        fact('anew'),
        fact(now.deploymentId === served?.deploymentId ? 'of before' : 'anew'),
      );
      note('the authorizer', fact(ttlSeconds), fact(now.ttlSeconds));
      served = now;

      if (earlier !== undefined && cache === 'off')
        note('the token that was revoked before', REFUSED, await askForOrders(gateway, earlier));
      const token = await minter.mint();
      note('a live token', ORDERS, await askForOrders(gateway, token));
      await revoke(gateway, token);
      note('the same, revoked', cache === 'on' ? ORDERS : REFUSED, await askForOrders(gateway, token));
      earlier = token;
    }
  } finally {
    delete process.env[TTL_SECONDS];
    await local.close();
  }
}

async function update(
  ttlSeconds: number,
  minter: Minter,
  stack: MiniStack,
): Promise<{ gateway: Gateway; apiId: string }> {
  process.env[TTL_SECONDS] = String(ttlSeconds);
  const outputs = deploy(synthesize({ app: 'test/differential/updates-app.ts' }, stack), stack)['Updates'];
  if (outputs === undefined) throw new Error('The stack Updates has no outputs.');
  await sleep(1000); // the CDK CLI held the event loop: notice the connections that were closed meanwhile
  const gateway = await openDeployed(outputs, stack, await minter.issuerSettings());
  const [apiId = ''] = new URL(outputs['DemoApiUrl'] ?? '').hostname.split('.');
  return { gateway, apiId };
}

async function readServed(apiId: string, stack: MiniStack): Promise<Served> {
  const { deploymentId } = await get(`/restapis/${apiId}/stages/prod`, stack);
  const { item: resources } = await get(`/restapis/${apiId}/resources`, stack);
  const orders = resources.find(({ path }: { path: string }) => path === '/orders');
  const { authorizerId } = await get(`/restapis/${apiId}/resources/${orders.id}/methods/GET`, stack);
  // MiniStack makes another authorizer when one changes, and keeps both.
  const authorizer = await get(`/restapis/${apiId}/authorizers/${authorizerId}`, stack);
  return { deploymentId, ttlSeconds: authorizer.authorizerResultTtlInSeconds };
}

// biome-ignore lint/suspicious/noExplicitAny: a comparison fails loudly when a field is missing
async function get(path: string, { endpoint }: MiniStack): Promise<any> {
  const Credential = `${ACCOUNT}/20260101/${REGION}/apigateway/aws4_request`;
  const response = await fetch(`${endpoint}${path}`, {
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=${Credential}, SignedHeaders=host, Signature=0` },
  });
  if (!response.ok) throw new Error(`MiniStack answers ${response.status} to GET ${path}.`);
  return response.json();
}

function askForOrders(gateway: Gateway, token: string): Promise<Answer> {
  return ask(gateway, { api: 'rest', method: 'GET', path: '/orders' }, `Bearer ${token}`);
}

async function revoke({ lambdaEndpoint, revocations }: Gateway, token: string): Promise<void> {
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'local' };
  const client = new LambdaClient({ endpoint: lambdaEndpoint, region: REGION, credentials });
  const admin = new Revocations({ functionName: revocations, actor: 'test', client });
  await admin.revokeToken({ token }, { reason: 'comparison' });
  client.destroy();
}

/** Something other than an answer that is compared with what it has to be. */
function fact(says: string | number): Answer {
  return { status: 200, says: String(says) };
}
