// The property that ties the responses of the authorizer to the meaning of the rules.
import type { Live } from '../../lambda/authorizer/check-revocation.ts';
import { openRouteTable } from '../../lambda/authorizer/check-route.ts';
import { readRouteTable } from '../../lambda/routes/read-route-table.ts';
import { ARN, askAuthorizer } from './ask-authorizer.ts';
import { drawClaims, drawRequest, drawTable, NOW, pick, seeded } from './draw-routes.ts';
import { isAllowedByIam, readRules } from './read-rules.ts';
import { openCachingApi } from './through-the-cache.ts';

export interface Comparison {
  tables: number;
  requests: number;
  permitted: number;
  denied: number;
  /** Requests that no rule covers. */
  unrouted: number;
  /** Responses out of the results cache of the local gateway. */
  cached: number;
  violations: string[];
}

/** Requests for each table and token. */
const REQUESTS_PER_TABLE = 8;

/**
 * Draws tables, tokens and requests, and compares the responses with the reading of the rules: as they come from the
 * authorizer, and out of the results cache. Each request is asked twice.
 *
 * @param draws  how many requests
 */
export async function compareRoutes(draws: number, seed: number): Promise<Comparison> {
  const random = seeded(seed);
  const counts: Comparison = {
    tables: 0,
    requests: 0,
    permitted: 0,
    denied: 0,
    unrouted: 0,
    cached: 0,
    violations: [],
  };
  while (counts.requests < draws && counts.violations.length < 20) {
    counts.tables += 1;
    // As the function gets it.
    const table = readRouteTable(JSON.stringify(drawTable(random)));
    const all = drawClaims(random);
    const issuer = { id: String(all['iss']), graceSeconds: 0 };
    const claims = { subject: String(all['sub']), all, issuer } as unknown as Live['claims'];
    const api = pick(random, ['rest', 'http'] as const);
    const checkRoute = openRouteTable(table, 'iam');
    const cachingApi = openCachingApi(table, api, checkRoute, claims, NOW);
    const asked: string[] = [];

    for (let count = 0; count < REQUESTS_PER_TABLE; count += 1) {
      const request = drawRequest(random, table);
      const resource = `${request.method}/${request.path}`;
      const { rule, isPermitted } = readRules(table, api, all, request.method, request.path, NOW);
      const response = askAuthorizer(checkRoute, claims, api, request, NOW);
      const tell = (what: string) =>
        counts.violations.push(
          `${what}: ${api} ${resource} ${JSON.stringify({ table, all, rule: rule?.route, response })}`,
        );
      counts.requests += 1;
      counts[rule === undefined ? 'unrouted' : isPermitted ? 'permitted' : 'denied'] += 1;

      const isAllowed = isAllowedByIam(response, ARN + resource);
      if (isAllowed && !isPermitted) tell('the response allows what the rules deny');
      if (!isAllowed && isPermitted) tell('the response denies what the rules permit');
      if (!isAllowed && response.deny[0] !== `${ARN}*`) tell('the response is silent');
      asked.push(resource);
      for (const other of [...asked, `${resource}x`, `${resource}/x`, `POST/${request.path}`, 'GET/'])
        if (other !== resource && isAllowedByIam(response, ARN + other))
          tell(`the response allows ${other}, too`);

      for (let time = 0; time < 2; time += 1) {
        const before = cachingApi.invocations();
        const passed = await cachingApi.send(request);
        if (passed.route === undefined) break;
        if (cachingApi.invocations() === before) counts.cached += 1;
        const routed = readRules(table, api, all, request.method, request.path, NOW, passed.route);
        if (passed.isAllowed && !routed.isPermitted) tell('the gateway allows what the rules deny');
        if (!passed.isAllowed && routed.isPermitted) tell('the gateway denies what the rules permit');
      }
    }
  }
  return counts;
}
