// The property that ties the policy compiler to the meaning of the rules.

import { openRoutes } from '../../lambda/authorizer/grant-access.ts';
import { worstCasePolicyBytes } from '../../lambda/route-table.ts';
import type { CheckedClaims } from '../../lambda/routes/check-conditions.ts';
import type { Grants } from '../../lambda/routes/compile-policy.ts';
import { findInseparable } from '../../lambda/routes/find-inseparable.ts';
import { readRouteTable } from '../../lambda/routes/read-route-table.ts';
import { drawClaims, drawRequest, drawTable, NOW, pick, seeded } from './draw-routes.ts';
import { isAllowedByIam, readRules, VERBS } from './read-rules.ts';
import { openCachingApi } from './through-the-cache.ts';

export interface Comparison {
  tables: number;
  /** Tables of which synthesis says that a cached policy cannot follow them. */
  inseparable: number;
  requests: number;
  permitted: number;
  denied: number;
  /** Tables that synthesis refuses, because the policy of some token would not fit. */
  tooLarge: number;
  /** Requests that no rule is about. */
  unrouted: number;
  /** Answers out of the results cache of the local gateway. */
  cached: number;
  /** Requests of inseparable tables that are permitted, and that a cached policy denies. */
  deniedForSafety: number;
  violations: string[];
}

const ARN = 'arn:aws:execute-api:us-east-1:123456789012:abc123/prod/';
const MAX_POLICY_BYTES = 8000;
/** Requests for each table and token. */
const REQUESTS_PER_TABLE = 8;

/**
 * Draws tables, tokens and requests, and compares the policies with the reading of the rules.
 *
 * @param draws  how many requests
 */
export async function compareRoutes(draws: number, seed: number): Promise<Comparison> {
  const random = seeded(seed);
  const counts: Comparison = {
    tables: 0,
    inseparable: 0,
    tooLarge: 0,
    requests: 0,
    permitted: 0,
    denied: 0,
    unrouted: 0,
    cached: 0,
    deniedForSafety: 0,
    violations: [],
  };
  while (counts.requests < draws && counts.violations.length < 20) {
    counts.tables += 1;
    // As the function gets it.
    const table = readRouteTable(JSON.stringify(drawTable(random)));
    const all = drawClaims(random);
    const claims: CheckedClaims = { subject: String(all['sub']), all, issuer: { graceSeconds: 0 } };
    const api = pick(random, ['rest', 'http'] as const);
    const inseparable = findInseparable(table, api);
    if (inseparable.length > 0) counts.inseparable += 1;
    const grant = openRoutes(table);
    // The answer to a request that nobody could mistake for one of a rule, without what is added against it.
    const { allow, deny } = grant(claims, api, { method: 'TRACE', path: 'nobody' }, NOW).grants;
    const compiled = { allow, deny: deny.filter((resource) => resource !== 'TRACE/nobody') };
    const largestBytes = worstCasePolicyBytes(table, [api], ARN.length);
    const isTooLarge = largestBytes > MAX_POLICY_BYTES;
    if (isTooLarge) counts.tooLarge += 1;
    if (bytesOf(compiled) > largestBytes)
      counts.violations.push(
        `${bytesOf(compiled)} bytes, not ${largestBytes}: ${api} ${JSON.stringify({ table, all })}`,
      );
    const cachingApi = openCachingApi(table, api, openRoutes({ ...table, cached: true }), claims, NOW);

    for (let count = 0; count < REQUESTS_PER_TABLE; count += 1) {
      const request = drawRequest(random, table);
      const resource = `${request.method}/${request.path}`;
      const { rule, isPermitted } = readRules(table, api, all, request.method, request.path, NOW);
      const fresh = grant(claims, api, request, NOW);
      const tell = (what: string) =>
        counts.violations.push(
          `${what}: ${api} ${resource} ${JSON.stringify({ table, all, rule: rule?.route, fresh, compiled, inseparable })}`,
        );
      counts.requests += 1;
      counts[rule === undefined ? 'unrouted' : isPermitted ? 'permitted' : 'denied'] += 1;

      const isDecided = fresh.check.denial === undefined || fresh.check.denial.isLogOnly;
      const isAnswered = isAllowedByIam(fresh.grants, resource);
      const isPlain = /^[A-Za-z0-9._~%/-]*$/.test(request.path);
      if (isDecided && !isPermitted) tell('the check permits what the rules deny');
      // Text that could widen a resource gets into none, and a cached answer is not narrowed to one route.
      if (!isDecided && isPermitted && (inseparable.length === 0 || (isPlain && !table.cached)))
        tell('the check denies what the rules permit');
      if (isDecided && !isAnswered) tell('the fresh answer denies what the check permits');
      if (!isDecided && isAnswered && (rule !== undefined || isPlain || !table.cached))
        tell('the fresh answer allows what the check denies');

      if (rule !== undefined) {
        const isCompiled = isAllowedByIam(compiled, resource);
        if (isCompiled && !isPermitted) tell('the compiled policy allows what the rules deny');
        if (!isCompiled && isPermitted && inseparable.length > 0) counts.deniedForSafety += 1;
        else if (!isCompiled && isPermitted) tell('the compiled policy denies what the rules permit');
      }

      if (!VERBS.includes(request.method) && isAllowedByIam(compiled, resource))
        tell('the compiled policy allows a verb that no rule is about');
      if (isTooLarge) continue;
      const isCached = cachingApi.invocations() > 0;
      const { isRouted, isAllowed } = await cachingApi.send(request);
      if (!isRouted) continue;
      if (isCached) counts.cached += 1;
      if (isAllowed && !isPermitted) tell('the gateway allows what the rules deny');
      if (rule !== undefined && isAllowed !== isAllowedByIam(compiled, resource))
        tell('the gateway differs from the compiled policy');
      if (!isAllowed && isPermitted && inseparable.length === 0)
        tell('the gateway denies what the rules permit');
    }
  }
  return counts;
}

function bytesOf({ allow, deny }: Grants): number {
  const statements = [allow, deny].filter((resources) => resources.length > 0);
  const Statement = statements.map((resources) => ({
    Action: 'execute-api:Invoke',
    Effect: 'Allow',
    Resource: resources.map((resource) => ARN + resource),
  }));
  return JSON.stringify({ Version: '2012-10-17', Statement }).length;
}
