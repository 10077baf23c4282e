// What the rules of a route table say about a request.

import type { DenialReason, DeniedRoute } from '../denial.ts';
import type { RouteRule, RouteTable } from '../route-table.ts';
import type { CheckedClaims, Unmet } from './check-conditions.ts';
import { checkConditions } from './check-conditions.ts';
import type { Match, RoutedRequest } from './match-route.ts';
import { matchRoutes, sortRoutes } from './match-route.ts';
import type { RoutedApi, RoutePattern } from './parse-route.ts';
import { parseRoute } from './parse-route.ts';

export type RouteDenialReason = Extract<
  DenialReason,
  'scope_insufficient' | 'route_forbidden' | 'authentication_insufficient'
>;

/** A denial by the rules. */
export interface RouteDenial extends DeniedRoute {
  readonly reason: RouteDenialReason;
  /** Whether it is only logged, and the request allowed. */
  readonly isLogOnly: boolean;
}

/** What the rules say about one request. */
export interface RuleCheck {
  /** The route of the rule that decided; undefined if no rule matches. */
  readonly rule: string | undefined;
  readonly denial?: RouteDenial;
}

/** @param now  NumericDate, whole seconds since the epoch */
export type CheckRules = (claims: CheckedClaims, request: RoutedRequest, now: number) => RuleCheck;

interface Rule extends RouteRule {
  readonly pattern: RoutePattern;
}

/**
 * Opens a route table. The most specific rule that matches a request decides alone; a request without a rule is denied.
 *
 * @returns a check with a denial, or without one: `scope_insufficient`, `authentication_insufficient` if nothing else is
 *   missing, otherwise `route_forbidden`
 */
export function openRules(table: RouteTable): CheckRules {
  const rules = table.rules.flatMap((rule): Rule[] => {
    const pattern = parseRoute(rule.route);
    return pattern === undefined ? [] : [{ ...rule, pattern }];
  });
  const sorted = new Map<RoutedApi, readonly Rule[]>();

  return (claims, request, now) => {
    const own = sorted.get(request.api) ?? sortRoutes(rules, request.api);
    sorted.set(request.api, own);
    const checks = matchRoutes(own, request).map((match) => checkMatch(match, table, claims, now));
    const denied = checks.filter(({ denial }) => denial !== undefined);
    const [check = { rule: undefined }] = [
      ...denied.filter(({ denial }) => denial?.isLogOnly === false),
      ...denied,
      ...checks,
    ];
    return check;
  };
}

function checkMatch(
  { route: rule, segments }: Match<Rule>,
  table: RouteTable,
  claims: CheckedClaims,
  now: number,
): RuleCheck {
  const isTableLogOnly = table.mode === 'log-only';
  if (rule === undefined) {
    const missing = ['a rule for the route'];
    return { rule, denial: { reason: 'route_forbidden', missing, isLogOnly: isTableLogOnly } };
  }
  const unmet = [...checkConditions(rule, claims, table, now), ...checkPathClaims(rule, claims, segments)];
  if (unmet.length === 0) return { rule: rule.route };
  const reason = reasonFor(unmet);
  const challenge = {
    ...(rule.acr && { acrValues: rule.acr.join(' ') }),
    ...(rule.maxAuthAgeSeconds !== undefined && { maxAgeSeconds: rule.maxAuthAgeSeconds }),
  };
  return {
    rule: rule.route,
    denial: {
      reason,
      rule: rule.route,
      missing: unmet.map(({ missing }) => missing),
      ...(reason === 'authentication_insufficient' && Object.keys(challenge).length > 0 && { challenge }),
      isLogOnly: isTableLogOnly || rule.logOnly === true,
    },
  };
}

/** A client that signs in again, and is denied again, was told the wrong thing: what helps least goes first. */
function reasonFor(unmet: readonly Unmet[]): RouteDenialReason {
  if (unmet.some(({ kind }) => kind === 'access')) return 'route_forbidden';
  return unmet.some(({ kind }) => kind === 'scope') ? 'scope_insufficient' : 'authentication_insufficient';
}

/** Text that stands for itself in a path, so that a path has no other spelling for it. */
const PATH_VALUE = /^(?!\.{1,2}$)[A-Za-z0-9._~@!+,;=-]+$/;

function checkPathClaims(
  { pathClaims = {}, pattern }: Rule,
  { all }: CheckedClaims,
  sent: readonly string[],
): Unmet[] {
  return Object.entries(pathClaims).flatMap(([variable, claim]) => {
    const value = Object.hasOwn(all, claim) ? all[claim] : undefined;
    const text = Number.isSafeInteger(value) ? String(value) : value;
    const at = pattern.segments.indexOf(`{${variable}}`);
    if (typeof text === 'string' && PATH_VALUE.test(text) && text === sent[at]) return [];
    return [{ kind: 'access', missing: `the value of {${variable}} in the claim ${claim}` } as const];
  });
}
