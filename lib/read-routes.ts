import type { DenialDetail } from '../lambda/environment.ts';
import type { RouteTable } from '../lambda/route-table.ts';
import { conflicts } from '../lambda/route-table.ts';
import { readOneOf } from './read-one-of.ts';
import type { RouteAccess } from './read-route-access.ts';
import { readRouteAccess } from './read-route-access.ts';
import { readRouteKey } from './read-route-key.ts';
import { refuseReservedNames } from './refuse-reserved-names.ts';
import { showValue } from './show-value.ts';

/** Whether refusals by the route table are carried out (`enforce`), or only logged. The first is the default. */
export const ROUTES_MODES = ['enforce', 'log-only'] as const;
export type RoutesMode = (typeof ROUTES_MODES)[number];

/** Who may call what. */
export interface RouteOptions {
  /**
   * Who may call which route; everything else is denied. The keys are those of API Gateway, for REST methods, HTTP routes
   * and `$connect`; of several that match a request the most specific one decides alone. `'any'` stands for every live
   * token, `'nobody'` for none. Checked at synthesis against the APIs that the authorizer is attached to.
   *
   * @default - every live token may call every route
   * @example
   * const routes = {
   *   'GET /health': 'any',
   *   'GET /orders/{id}': { scopes: ['orders:read'] },
   *   'POST /orders': { anyScope: ['orders:write', 'orders:admin'], amr: ['mfa'] },
   *   'GET /users/{sub}/orders': { scopes: ['orders:read'], pathClaims: { sub: 'sub' } },
   *   'ANY /admin/{proxy+}': { groups: ['admins'], maxAuthAge: Duration.minutes(15) },
   *   'DELETE /orders': 'nobody', // retired
   * };
   */
  readonly routes?: Readonly<Record<string, 'any' | 'nobody' | RouteAccess>>;
  /**
   * Whether refusals by `routes` are carried out, or only logged: `log-only` lets an existing API adopt a table without
   * an outage. Of one rule only: its `logOnly`.
   *
   * @default - 'enforce'
   */
  readonly routesMode?: RoutesMode;
  /**
   * The claim that holds the groups of a user, such as `cognito:groups` or `roles`. Rules with `groups` or `anyGroup`
   * need it.
   *
   * @default - none
   */
  readonly groupsClaim?: string;
  /**
   * Whether the policy of an answer is about the requested route alone, instead of all that the token may call. For tables
   * whose policies API Gateway would not take. With `resultsCacheTtl`, answers are then cached by verb and path too, which
   * `forRestApi()` cannot do: use `forRestApiRequest()`.
   *
   * @default - false
   */
  readonly exactRoutes?: boolean;
  /**
   * Rules that are meant in spite of what synthesis finds: that no route of this application needs, or of which cached
   * answers deny some requests to tokens that may call them. By route key, with the reason, which the report shows.
   *
   * @default - none, each is an error
   * @example
   * const acknowledgedRoutes = { 'GET /reports': 'A route of the reports application.' };
   */
  readonly acknowledgedRoutes?: Readonly<Record<string, string>>;
}

/**
 * Reads the options of the route table.
 *
 * @param what  whose options they are, as the reader wrote it: `RevocableAuthorizer "Authorizer"`
 * @param others  what they have to agree with
 * @returns the table as the functions take it; undefined when there is none
 */
export function readRoutes(
  what: string,
  options: RouteOptions,
  others: { readonly cacheTtlSeconds: number; readonly denialDetail: DenialDetail },
): RouteTable | undefined {
  const { routes, routesMode }: { routes?: unknown; routesMode?: unknown } = options;
  const mode = readOneOf(what, 'routesMode', routesMode, ROUTES_MODES);
  const groupsClaim = readGroupsClaim(what, options.groupsClaim);
  if (routes === undefined) {
    for (const option of ['routesMode', 'groupsClaim', 'exactRoutes', 'acknowledgedRoutes'] as const) {
      if (options[option] === undefined) continue;
      throw new Error(
        `${what}: option "${option}" does nothing without "routes"; add them, or leave it out.`,
      );
    }
    return undefined;
  }
  const isExact = readExact(what, options.exactRoutes);
  if (others.denialDetail === 'reason' && others.cacheTtlSeconds > 0 && !isExact) {
    throw new Error(
      `${what}: there are "routes", option "denialDetail" is "reason", and option "resultsCacheTtl" is ${others.cacheTtlSeconds} seconds; a cached answer would give the reason of the route that it was made for on all others, so leave one of the two out, or give exactRoutes: true, by which answers are cached route by route.`,
    );
  }
  const option = `${what}: option "routes"`;
  const entries = typeof routes === 'object' && routes !== null ? Object.entries(routes) : [];
  if (Array.isArray(routes) || entries.length === 0) {
    throw new Error(
      `${option} is ${showValue(routes)}; give routes and who may call them, such as { 'GET /orders': { scopes: ['orders:read'] } }, or leave it out to let every live token call every route.`,
    );
  }
  const rules = entries.map(([route, access]) =>
    readRouteAccess(`${option}: "${route}"`, route, readRouteKey(option, route), access),
  );
  const grouped = rules.find(({ groups, anyGroup }) => groups ?? anyGroup);
  if (grouped && groupsClaim === undefined) {
    throw new Error(
      `${option}: "${grouped.route}" asks for groups, and option "groupsClaim" is nothing; give the claim that holds them, such as "cognito:groups".`,
    );
  }
  const table: RouteTable = {
    ...(mode === 'log-only' && { mode }),
    ...(groupsClaim !== undefined && { groupsClaim }),
    ...(isExact && { exact: true as const }),
    ...(others.cacheTtlSeconds > 0 && !isExact && { cached: true as const }),
    rules,
  };
  const [conflict] = conflicts(table);
  if (conflict !== undefined) throw new Error(`${option}: ${conflict}`);
  return table;
}

/** Reads which findings of the check at synthesis are meant. */
export function readAcknowledgedRoutes(
  what: string,
  acknowledged: unknown,
): Readonly<Record<string, string>> {
  if (acknowledged === undefined) return {};
  const option = `${what}: option "acknowledgedRoutes"`;
  if (typeof acknowledged !== 'object' || acknowledged === null || Array.isArray(acknowledged)) {
    throw new Error(`${option} is ${showValue(acknowledged)}; give routes and reasons.`);
  }
  for (const [route, reason] of Object.entries(acknowledged)) {
    if (typeof reason === 'string' && reason.trim() !== '') continue;
    throw new Error(`${option}: "${route}" is ${showValue(reason)}; give the reason in a sentence.`);
  }
  return { ...acknowledged };
}

function readExact(what: string, exact: unknown): boolean {
  if (exact === undefined || typeof exact === 'boolean') return exact ?? false;
  throw new Error(`${what}: option "exactRoutes" is ${showValue(exact)}; give true or false.`);
}

function readGroupsClaim(what: string, claim: unknown): string | undefined {
  refuseReservedNames(`${what}: option "groupsClaim"`, [claim]);
  if (claim === undefined || (typeof claim === 'string' && claim !== '')) return claim;
  throw new Error(
    `${what}: option "groupsClaim" is ${showValue(claim)}; give the name of a claim, such as "cognito:groups".`,
  );
}
