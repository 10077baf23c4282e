// How everything about a route table grows with its rules and with the path: npm run measure:routes.
// Prints, for each part and each shape of table, the processor time at 10, 100 and 400 rules, and by how much more than the rules it
// grew: 1.0 is linear. All sizes are measured in turn, so that a slow machine is slow for all of them.
import { App, Stack } from 'aws-cdk-lib';
import { MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { Live } from '../lambda/authorizer/check-revocation.ts';
import { openRouteTable } from '../lambda/authorizer/check-route.ts';
import { parseEvent } from '../lambda/authorizer/parse-event.ts';
import type { RouteRule } from '../lambda/route-table.ts';
import { openRules } from '../lambda/routes/check-rules.ts';
import { readRouteTable } from '../lambda/routes/read-route-table.ts';
import type { RouteAccess } from '../lib/index.ts';
import { Issuer, RevocableAuthorizer } from '../lib/index.ts';
import { renderRoutes } from '../lib/render-routes.ts';

const SIZES = [10, 100, 400] as const;
const ROUNDS = 15;
const NOW = 1_800_000_000;

/** The rules of each shape, by number, and a path that the last of them decides about. */
const SHAPES: Readonly<Record<string, (at: number) => { route: string; path: string; access: RouteAccess }>> =
  {
    nested: (at) => ({
      route: `GET /orgs/{o}/teams/{t}/things-${at}/{id}/parts/{part}`,
      path: `orgs/1/teams/2/things-${at}/3/parts/4`,
      access: { scopes: [`s${at % 7}`] },
    }),
    greedy: (at) => ({
      route: at % 2 === 0 ? `ANY /{t}/a${at}/{proxy+}` : `GET /{t}/a${at - 1}/b/{id}`,
      path: at % 2 === 0 ? `x/a${at}/y/z` : `x/a${at - 1}/b/1`,
      access: { scopes: [`s${at}`] },
    }),
    'bound to claims': (at) => ({
      route: `GET /users/{sub}/things-${at}`,
      path: `users/alice/things-${at}`,
      access: { pathClaims: { sub: 'sub' }, scopes: [`s${at % 7}`] },
    }),
    alternating: (at) => ({
      route: `GET ${Array.from({ length: 9 }, (_, bit) => ((at >> bit) & 1 ? '/x' : `/{v${bit}}`)).join('')}`,
      path: Array.from({ length: 9 }, (_, bit) => ((at >> bit) & 1 ? 'x' : 'y')).join('/'),
      access: { scopes: [`s${at % 2}`] },
    }),
  };

/** Takes the processor's time, which other work on the machine does not lengthen much. In milliseconds. */
function measure(run: () => unknown, times: number): number {
  const before = process.cpuUsage();
  for (let time = 0; time < times; time += 1) run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / times;
}

function prepare(shape: string, size: number) {
  const made = Array.from({ length: size }, (_, at) => SHAPES[shape]?.(at)).filter(
    (each) => each !== undefined,
  );
  const rules = made.map(({ route, access }): RouteRule => ({ route, ...(access as object) }));
  const table = { rules };
  const text = renderRoutes('measure', table);
  const all = { sub: 'alice', scope: Array.from({ length: size }, (_, at) => `s${at}`).join(' ') };
  const claims = {
    issuer: { id: 'idp', graceSeconds: 0 },
    subject: 'alice',
    all,
  } as unknown as Live['claims'];
  const live = { claims, caller: { principalId: 'alice', context: {} } };
  const checkRoute = openRouteTable(table, 'iam');
  const stage = 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod';
  const decide = (path: string, resource: string) => {
    const request = parseEvent({ type: 'REQUEST', methodArn: `${stage}/GET/${path}`, resource });
    return checkRoute(live, request, NOW);
  };
  for (const { path, route } of made)
    if (!decide(path, route.slice(route.indexOf('/'))).ok) throw new Error(`${route} denies ${path}`);
  const { path, route } = made.at(-1) as (typeof made)[number];
  const routes = Object.fromEntries(made.map((each) => [each.route, each.access]));
  const app = () => {
    const stack = new Stack(new App(), 'Stack');
    const authorizer = new RevocableAuthorizer(stack, 'Authorizer', {
      issuers: [Issuer.oidc('https://idp.example.com/', { audience: 'orders' })],
      routes,
    });
    const api = new RestApi(stack, 'Api');
    api.root.addProxy({
      anyMethod: true,
      defaultIntegration: new MockIntegration(),
      defaultMethodOptions: { authorizer: authorizer.forRestApi() },
    });
    return authorizer;
  };
  const authorizer = app();
  return {
    decide: () => measure(() => decide(path, route.slice(route.indexOf('/'))), 200),
    'decide, no rule': () => measure(() => decide(`${'x/'.repeat(20)}y`, '/{proxy+}'), 200),
    'start up': () => measure(() => openRouteTable(readRouteTable(text), 'iam'), 5),
    can: () =>
      measure(
        () =>
          openRules(readRouteTable(JSON.stringify(table)))(claims, { api: 'rest', method: 'GET', path }, NOW),
        5,
      ),
    synthesize: () => measure(() => (app().node.root as App).synth(), 1),
    report: () => measure(() => authorizer.routeReport(), 2),
  };
}

console.log(`median of ${ROUNDS} rounds; milliseconds with ${SIZES.join(', ')} rules, and growth / rules`);
for (const shape of Object.keys(SHAPES)) {
  const prepared = SIZES.map((size) => prepare(shape, size));
  const times = new Map<string, number[][]>();
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [at, parts] of prepared.entries())
      for (const [part, run] of Object.entries(parts)) {
        if (part === 'synthesize' && round >= 5) continue;
        const series = times.get(part) ?? SIZES.map(() => []);
        times.set(part, series);
        series[at]?.push(run());
      }
  for (const [part, series] of times) {
    const medians = series.map((each) => each.sort((a, b) => a - b)[Math.floor(each.length / 2)] ?? 0);
    const growth = (from: number, to: number) =>
      ((medians[to] ?? 0) / (medians[from] ?? 1) / ((SIZES[to] ?? 1) / (SIZES[from] ?? 1))).toFixed(2);
    const shown = medians.map((each) => each.toPrecision(3).padStart(9)).join(' ');
    console.log(`${shape.padEnd(16)} ${part.padEnd(16)} ${shown}   ${growth(0, 1)}  ${growth(1, 2)}`);
  }
}
