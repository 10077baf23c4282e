import type { Duration } from 'aws-cdk-lib';
import type { LookUpSettings, ReadConsistency } from '../lambda/environment.ts';
import { READ_CONSISTENCIES } from '../lambda/environment.ts';
import type { RoutePattern, RouteRule } from '../lambda/route-table.ts';
import { conflicts, shapeOf } from '../lambda/route-table.ts';
import { readRouteKey } from './read-route-key.ts';
import { refuseUnknownOptions } from './refuse-unknown-options.ts';
import { showValue } from './show-value.ts';
import { isDuration, wholeSeconds } from './whole-seconds.ts';

/** How the authorizer looks revocations up. */
export interface LookUpOptions {
  /**
   * Whether a look-up sees every revocation that was acknowledged before it (`strong`), or may miss those of about the
   * last second (`eventual`, half the price).
   *
   * @default - 'strong'
   */
  readonly readConsistency?: ReadConsistency;
  /**
   * How long a look-up may take, connecting and retries included, from 100 ms to 4 s. After it the request ends as
   * `onRevocationStoreUnavailable` says.
   *
   * @default - Duration.millis(800)
   */
  readonly lookUpDeadline?: Duration;
  /**
   * What becomes of a request when the revocation table does not answer.
   *
   * - `fail`: it ends in a 500. The token stays good and the client may try again.
   * - `{ allowFor }`: a token that the same sandbox has looked up in this time, with all records that could revoke it,
   *   and found live is allowed on what was known then; every other request still fails. **While the table is down, a
   *   token that was revoked meanwhile goes on for up to this long**, and as long again as `resultsCacheTtl` where API
   *   Gateway caches the answer. Each such request is logged with `degraded: true` and counted by
   *   `metricDegradedAllows`.
   *
   * It holds on every route of the authorizer, or on the `routes` that are listed, written as the keys of option `routes`:
   * `GET /orders`, `ANY /files/{proxy+}`, `$connect`. Of the listed routes and the rules of option `routes`, the most specific
   * one that matches a request decides: `GET /orders/{id}` does not cover `/orders/export` if that has a rule of its own.
   * A list needs `resultsCacheTtl` 0, because a cached response may hold on every route.
   *
   * @default - 'fail'
   */
  readonly onRevocationStoreUnavailable?:
    | 'fail'
    | { readonly allowFor: Duration; readonly routes?: readonly string[] };
}

/** The longest time on the last known state: it is for riding out a fault, not for doing without the table. */
const MAX_ALLOW_SECONDS = 3600;

/**
 * Renders the options of a look-up as the environment variable that the authorizer reads.
 *
 * @param what      whose options these are, as the reader wrote it: `RevocableAuthorizer "Authorizer"`
 * @param isCached  whether API Gateway caches the answers
 * @param rules     of the route table; none without one
 */
export function renderLookUp(
  what: string,
  options: LookUpOptions,
  isCached = false,
  rules: readonly RouteRule[] = [],
): string {
  const { readConsistency, lookUpDeadline, onRevocationStoreUnavailable = 'fail' } = options;
  if (readConsistency !== undefined && !READ_CONSISTENCIES.includes(readConsistency)) {
    throw new Error(
      `${what}: option "readConsistency" is ${showValue(readConsistency)}; give "strong" or "eventual".`,
    );
  }
  const settings: LookUpSettings = {
    ...(readConsistency !== undefined && { readConsistency }),
    ...(lookUpDeadline !== undefined && { deadlineMs: readDeadline(what, lookUpDeadline) }),
    ...(onRevocationStoreUnavailable !== 'fail' &&
      readAllowance(what, onRevocationStoreUnavailable, isCached, rules)),
  };
  return JSON.stringify(settings);
}

function readDeadline(what: string, deadline: unknown): number {
  const isKnown = isDuration(deadline) && !deadline.isUnresolved();
  const milliseconds = isKnown ? deadline.toMilliseconds({ integral: false }) : Number.NaN;
  if (Number.isInteger(milliseconds) && milliseconds >= 100 && milliseconds <= 4000) return milliseconds;
  throw new Error(
    `${what}: option "lookUpDeadline" is ${isKnown ? `${milliseconds} ms` : showValue(deadline)}; give a Duration from 100 ms to 4 seconds, such as Duration.millis(800).`,
  );
}

type Allowance = Pick<LookUpSettings, 'allowOnStoreUnavailableSeconds' | 'allowOnStoreUnavailableRoutes'>;

function readAllowance(
  what: string,
  choice: unknown,
  isCached: boolean,
  rules: readonly RouteRule[],
): Allowance {
  const option = `${what}: option "onRevocationStoreUnavailable"`;
  if (typeof choice !== 'object') {
    throw new Error(
      `${option} is ${showValue(choice)}; give "fail" or { allowFor: Duration.seconds(60) }, for example.`,
    );
  }
  refuseUnknownOptions(option, choice, { allowFor: true, routes: true });
  const { routes } = choice as { routes?: unknown };
  const allowFor = wholeSeconds(`${option}: "allowFor"`, (choice as { allowFor?: unknown }).allowFor, {
    from: 1,
    to: MAX_ALLOW_SECONDS,
  });
  if (allowFor === undefined) throw new Error(`${option}: "allowFor" is left out; give a Duration.`);
  if (routes === undefined) return { allowOnStoreUnavailableSeconds: allowFor };
  if (isCached) {
    throw new Error(
      `${option}: "routes" does not work with a results cache, whose responses may hold on every route; leave "routes" out, or "resultsCacheTtl" and "externalResultsCacheTtl".`,
    );
  }
  return {
    allowOnStoreUnavailableSeconds: allowFor,
    allowOnStoreUnavailableRoutes: readRoutes(option, routes, rules),
  };
}

function readRoutes(option: string, routes: unknown, rules: readonly RouteRule[]): readonly string[] {
  if (!Array.isArray(routes) || routes.length === 0 || !routes.every((route) => typeof route === 'string')) {
    throw new Error(
      `${option}: "routes" is ${showValue(routes)}; give at least one route such as "GET /orders", "ANY /files/{proxy+}" or "$connect".`,
    );
  }
  for (const route of routes) readRouteKey(`${option}: "routes"`, route);
  const [conflict] = conflicts({ rules: routes.map((route) => ({ route })) });
  if (conflict !== undefined) throw new Error(`${option}: "routes": ${conflict}`);
  for (const route of routes) requireWhole(option, route, routes, rules);
  return routes;
}

/** Requires that a listed `ANY` covers each verb: a rule for one verb of the same path takes that verb out of the list. */
function requireWhole(
  option: string,
  listed: string,
  routes: readonly string[],
  rules: readonly RouteRule[],
): void {
  const pattern = readRouteKey(option, listed);
  if (!pattern.isAny || pattern.isDefault) return;
  const shapes = routes.map((route) => readRouteKey(option, route)).map(verbAndShape);
  for (const { route } of rules) {
    const rule = readRouteKey(option, route);
    if (rule.isAny || shapeOf(rule) !== shapeOf(pattern) || shapes.includes(verbAndShape(rule))) continue;
    throw new Error(
      `${option}: "routes" has ${showValue(listed)}, which leaves out ${showValue(route)}, because option "routes" of the authorizer has a rule for that; list ${showValue(route)}, too, or list verbs instead of ANY.`,
    );
  }
}

function verbAndShape(pattern: RoutePattern): string {
  return `${pattern.isAny ? 'ANY' : pattern.methods.join()} ${shapeOf(pattern)}`;
}
