import { Token } from 'aws-cdk-lib';
import type { RouteTable } from '../lambda/route-table.ts';
import { conflicts, findRuleWithoutIssuers } from '../lambda/route-table.ts';
import { checkClaimName } from './check-claim-name.ts';
import { isRecord } from './is-record.ts';
import { readOneOf } from './read-one-of.ts';
import type { RouteAccess } from './read-route-access.ts';
import { readList, readRouteAccess } from './read-route-access.ts';
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
   *   'GET /orders/{id}': { scopes: ['orders/read'] },
   *   'POST /orders': { anyScope: ['orders/write', 'orders/admin'] },
   *   'GET /users/{sub}/orders': { scopes: ['orders/read'], pathClaims: { sub: 'sub' } },
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
   * The issuers, by id, whose tokens the rules are for, where a rule names none (`issuers`). Scopes, groups and subjects of
   * one issuer mean nothing at another, so with several issuers it has to be said.
   *
   * @default - none; with several issuers every rule but `'any'` and `'nobody'` has to name its own
   */
  readonly routesIssuers?: readonly string[];
  /**
   * Rules that no route of this application needs, and that are meant. By route key, with the reason, which the report
   * shows.
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
 * @param issuerIds  the ids of the trusted issuers; undefined: they are not known here
 * @returns the table as the functions take it; undefined when there is none
 */
export function readRoutes(
  what: string,
  options: RouteOptions,
  issuerIds?: readonly string[],
): RouteTable | undefined {
  const { routes, routesMode }: { routes?: unknown; routesMode?: unknown } = options;
  const mode = readOneOf(what, 'routesMode', routesMode, ROUTES_MODES);
  const groupsClaim = readGroupsClaim(what, options.groupsClaim);
  const routesIssuers = readList(`${what}: option "routesIssuers"`, options.routesIssuers, false);
  if (routes === undefined) {
    for (const option of ['routesMode', 'groupsClaim', 'routesIssuers', 'acknowledgedRoutes'] as const) {
      if (options[option] === undefined) continue;
      throw new Error(
        `${what}: option "${option}" does nothing without "routes"; add them, or leave it out.`,
      );
    }
    return undefined;
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
    ...(routesIssuers && { issuers: routesIssuers }),
    rules,
  };
  const [conflict] = conflicts(table);
  if (conflict !== undefined) throw new Error(`${option}: ${conflict}`);
  if (issuerIds !== undefined) checkIssuers(what, table, issuerIds);
  return table;
}

function checkIssuers(what: string, table: RouteTable, issuerIds: readonly string[]): void {
  const known = issuerIds.map(showId).join(', ');
  const named = [
    { option: 'option "routesIssuers"', ids: table.issuers },
    ...table.rules.map(({ route, issuers }) => ({
      option: `option "routes": "${route}": "issuers"`,
      ids: issuers,
    })),
  ];
  for (const { option, ids = [] } of named) {
    const unknown = ids.find((id) => !issuerIds.includes(id));
    if (unknown === undefined) continue;
    throw new Error(
      `${what}: ${option} holds ${showValue(unknown)}, which is not the id of a trusted issuer; give one of ${known}, or the issuer's own "id".`,
    );
  }
  const rule = issuerIds.length > 1 ? findRuleWithoutIssuers(table) : undefined;
  if (rule === undefined) return;
  throw new Error(
    `${what}: option "routes": "${rule.route}" names no issuer, and there are several (${known}), whose scopes, groups and subjects mean different things; give it some of these as "issuers", or give "routesIssuers" for all rules that name none.`,
  );
}

function showId(id: string): string {
  return Token.isUnresolved(id)
    ? 'one that is known only at deployment, such as pool.userPoolProviderUrl'
    : showValue(id);
}

/** Reads which findings of the check at synthesis are meant. */
export function readAcknowledgedRoutes(
  what: string,
  acknowledged: unknown,
): Readonly<Record<string, string>> {
  if (acknowledged === undefined) return {};
  const option = `${what}: option "acknowledgedRoutes"`;
  if (!isRecord(acknowledged)) {
    throw new Error(`${option} is ${showValue(acknowledged)}; give routes and reasons.`);
  }
  for (const [route, reason] of Object.entries(acknowledged)) {
    if (typeof reason === 'string' && reason.trim() !== '') continue;
    throw new Error(`${option}: "${route}" is ${showValue(reason)}; give the reason in a sentence.`);
  }
  return { ...acknowledged } as Readonly<Record<string, string>>;
}

function readGroupsClaim(what: string, claim: unknown): string | undefined {
  const option = `${what}: option "groupsClaim"`;
  refuseReservedNames(option, [claim]);
  if (claim === undefined) return undefined;
  if (typeof claim !== 'string' || claim === '') {
    throw new Error(`${option} is ${showValue(claim)}; give the name of a claim, such as "cognito:groups".`);
  }
  checkClaimName(option, claim, ['object', 'time']);
  return claim;
}
