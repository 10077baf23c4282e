// The route table: who may call what.
import { Minter } from './credentials.ts';
import { deploy, openDeployed, synthesize } from './deployment.ts';
import type { Gateway } from './gateway.ts';
import { ask } from './gateway.ts';
import { openLocalStack } from './local-stack.ts';
import type { MiniStack } from './mini-stack.ts';
import type { Report } from './report.ts';
import type { RouteCase, RouteRequest, StackName } from './route-cases.ts';
import { routeCases, STACKS } from './route-cases.ts';

/** So many tokens are at it at a time, each with one request after the other. */
const AT_ONCE = 4;

/** Asks the local gateway and a deployment of the same cloud assembly. */
export async function compareRoutes(stack: MiniStack, report: Report): Promise<void> {
  const assembly = synthesize({ app: 'test/differential/routes-app.ts' }, stack);
  const outputs = deploy(assembly, stack);
  for (const name of Object.keys(STACKS) as StackName[]) {
    const local = await openLocalStack(assembly, name);
    try {
      const minter = new Minter(local.origin);
      const deployed = await openDeployed(outputs[name] ?? {}, stack, await minter.issuerSettings());
      const cases = routeCases(name);
      while (cases.length > 0) {
        const next = cases.splice(0, AT_ONCE);
        await Promise.all(next.map((each) => compare(each, minter, [local.gateway, deployed], report)));
      }
    } finally {
      await local.close();
    }
  }
}

async function compare(
  { name, claims, warmUp, requests }: RouteCase,
  minter: Minter,
  [local, deployed]: readonly [Gateway, Gateway],
  report: Report,
): Promise<void> {
  const mint = async () => `Bearer ${await minter.mint({ claims })}`;
  const compareOne = async (request: RouteRequest, authorization: string) => {
    const [here, there] = await Promise.all([
      ask(local, request, authorization),
      ask(deployed, request, authorization),
    ]);
    report.note(`${name}, ${request.method} ${request.path}`, request, here, there);
  };
  const warmed = await mint();
  if (warmUp) await compareOne(warmUp, warmed);
  // A new token for each request finds nothing in the cache.
  for (const request of requests) await compareOne(request, warmUp ? warmed : await mint());
}
