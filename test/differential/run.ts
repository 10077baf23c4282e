// Asks the local gateway and a real `cdk deploy` into MiniStack the same questions. A difference that is not in the list
// of known ones fails, and so does an answer of the local gateway that AWS would not give.
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { IssuerSettings } from '../../lambda/environment.ts';
import { bundleLambdas } from '../../scripts/bundle.ts';
import type { Answer, Case, Credentials } from './cases.ts';
import { allCases, expectedAnswer } from './cases.ts';
import { Minter } from './credentials.ts';
import { bootstrap, deploy } from './deployment.ts';
import type { Gateway } from './gateway.ts';
import { ask } from './gateway.ts';
import { KNOWN_DIFFERENCES } from './known-differences.ts';
import { LocalMode } from './local-mode.ts';
import { MiniStack, REGION } from './mini-stack.ts';

const CONFIGS = { off: 'authorizer.config.ts', on: 'test/differential/cached.config.ts' } as const;

const problems: string[] = [];
const seen = new Map<string, number>();
let answers = 0;

await bundleLambdas();
const stack = await MiniStack.start();
const locals: LocalMode[] = [];
try {
  bootstrap(stack);
  for (const cache of ['off', 'on'] as const) {
    const local = await LocalMode.start(CONFIGS[cache]);
    locals.push(local);
    const minter = new Minter(local.origin);
    const deployed = await deploy(
      CONFIGS[cache],
      stack,
      JSON.stringify([await issuerOf(minter, local.origin)]),
    );
    await compare(cache, minter, local.gateway, deployed);
  }
} finally {
  for (const local of locals) local.stop();
  stack.stop();
}

for (const [name, count] of seen) console.log(`known difference, ${count} times: ${name}`);
for (const problem of problems) console.error(problem);
console.log(`${answers - problems.length} passed, ${problems.length} failed`);
process.exit(problems.length === 0 ? 0 : 1);

async function compare(
  cache: Case['cache'],
  minter: Minter,
  local: Gateway,
  deployed: Gateway,
): Promise<void> {
  const headers = new Map<string, string | undefined>();
  for (const gateway of [local, deployed])
    await revoke(gateway, { dimension: 'subject', subject: 'mallory' }, { block: true });
  for (const row of allCases().filter((each) => each.cache === cache)) {
    // One token for all routes of a kind, so that the later ones hit the cache.
    const key = `${row.kind} ${row.credentials}`;
    if (!headers.has(key)) headers.set(key, await prepare(row.credentials, minter, [local, deployed]));
    const authorization = headers.get(key);
    const [here, there] = [await ask(local, row, authorization), await ask(deployed, row, authorization)];
    check(row, here, there);
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

function check(row: Case, here: Answer, there: Answer): void {
  answers += 1;
  const name = `${row.kind}, cache ${row.cache}, ${row.credentials}, ${row.route}`;
  const expected = expectedAnswer(row);
  if (!isSame(here, expected))
    problems.push(`${name}: the local gateway ${show(here)}, AWS ${show(expected)}`);
  const known = KNOWN_DIFFERENCES.find(({ instead }) => isSame(there, instead(row, expected)));
  if (known) seen.set(known.name, (seen.get(known.name) ?? 0) + 1);
  else if (!isSame(there, expected))
    problems.push(`${name}: MiniStack ${show(there)}, AWS ${show(expected)}`);
}

function isSame(a: Answer, b: Answer | undefined): boolean {
  return a.status === b?.status && a.says === b.says;
}

function show({ status, says }: Answer): string {
  return `answers ${status} «${says}»`;
}

/** Both deployments trust the issuer of the local mode, in the role of the demo's user pool. */
async function issuerOf(minter: Minter, origin: string): Promise<IssuerSettings> {
  const [, payload = ''] = (await minter.mint()).split('.');
  const { iss, client_id: clientId } = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return {
    kind: 'cognito',
    id: iss,
    issuers: [iss],
    jwksUri: `${origin}/issuer/.well-known/jwks.json`,
    audience: [clientId],
  };
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
