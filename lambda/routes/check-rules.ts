import type { DenialReason } from '../denial.ts';
import type { RouteTable } from '../route-table.ts';
import type { CheckedClaims, Unmet } from './check-conditions.ts';
import { checkConditions } from './check-conditions.ts';
import { MAX_BOUND_CHARS } from './estimate-policy-bytes.ts';
import { nameOf } from './parse-route.ts';
import type { CoveredRule, PathValues, RouteCover } from './route-cover.ts';
import { bindPath } from './route-cover.ts';

export type RouteDenial = Extract<
  DenialReason,
  'scope_insufficient' | 'route_forbidden' | 'authentication_insufficient'
>;

/** How the token would have to be made for the route (RFC 9470 section 3). */
export interface Challenge {
  /** Any of them, with spaces between. */
  readonly acrValues?: string;
  readonly maxAgeSeconds?: number;
}

/** What the rules say about one request. */
export interface RouteCheck {
  /** The route of the rule that decided; undefined: none did. */
  readonly route?: string;
  readonly denial?: {
    readonly reason: RouteDenial;
    /** What the rule asks for and the token lacks. */
    readonly missing: readonly string[];
    readonly challenge?: Challenge;
    /** It is to be logged, and the request to be allowed. */
    readonly isLogOnly: boolean;
  };
}

/** Verb and path of a request, as the ARN has them. */
export interface RoutedRequest {
  readonly method: string;
  readonly path: string;
}

/**
 * Reads the rules for one request: the most specific one that matches decides alone; where none does, the request is denied.
 *
 * A path with percent-encoded characters that need no encoding is read twice, as sent and without it, and both have to be
 * permitted: `/orders/%65xport` is `/orders/export` as well (RFC 3986 section 6.2.2.2), and nobody says by which API Gateway routes.
 *
 * @param now  NumericDate, whole seconds since the epoch
 * @returns without a denial, or with one: `scope_insufficient`, `authentication_insufficient` where nothing else is missing,
 *   else `route_forbidden`
 */
export function checkRoute(
  cover: RouteCover,
  table: RouteTable,
  claims: CheckedClaims,
  request: RoutedRequest,
  now: number,
): RouteCheck {
  const asSent = checkReading(cover, table, claims, request, now);
  const path = decodeUnreserved(request.path);
  if (path === request.path) return asSent;
  const checks = [asSent, checkReading(cover, table, claims, { ...request, path }, now)];
  const denied = checks.filter(({ denial }) => denial !== undefined);
  return denied.find(({ denial }) => denial?.isLogOnly === false) ?? denied[0] ?? asSent;
}

/** Decodes once what RFC 3986 section 2.3 calls unreserved; an encoded slash or percent sign stays one. */
function decodeUnreserved(path: string): string {
  return path.replace(/%[0-9A-F]{2}/gi, (encoded) => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : encoded;
  });
}

function checkReading(
  cover: RouteCover,
  { mode, groupsClaim }: RouteTable,
  claims: CheckedClaims,
  { method, path }: RoutedRequest,
  now: number,
): RouteCheck {
  const isTableLogOnly = mode === 'log-only';
  const sent = path.split('/');
  const covered = cover.decide(method, sent);
  if (covered === undefined) {
    return {
      denial: { reason: 'route_forbidden', missing: ['a rule for the route'], isLogOnly: isTableLogOnly },
    };
  }
  const { rule } = covered;
  const unmet = [...checkConditions(rule, claims, groupsClaim, now), ...checkPath(covered, claims, sent)];
  if (unmet.length === 0) return { route: rule.route };
  const reason = reasonFor(unmet);
  const challenge = {
    ...(rule.acr && { acrValues: rule.acr.join(' ') }),
    ...(rule.maxAuthAgeSeconds !== undefined && { maxAgeSeconds: rule.maxAuthAgeSeconds }),
  };
  return {
    route: rule.route,
    denial: {
      reason,
      missing: unmet.map(({ missing }) => missing),
      ...(reason === 'authentication_insufficient' && Object.keys(challenge).length > 0 && { challenge }),
      isLogOnly: isTableLogOnly || rule.logOnly === true,
    },
  };
}

/** Whoever signs in again for nothing is told the wrong thing; so the condition that helps least goes first. */
function reasonFor(unmet: readonly Unmet[]): RouteDenial {
  if (unmet.some(({ kind }) => kind === 'access')) return 'route_forbidden';
  return unmet.some(({ kind }) => kind === 'scope') ? 'scope_insufficient' : 'authentication_insufficient';
}

function checkPath(covered: CoveredRule, claims: CheckedClaims, sent: readonly string[]): Unmet[] {
  const { pathClaims } = covered.rule;
  if (pathClaims === undefined) return [];
  const missing = `the value of ${Object.entries(pathClaims)
    .map(([variable, claim]) => `{${variable}} in the claim ${claim}`)
    .join(', ')}`;
  const values = readPathValues(covered, claims);
  const { pattern } = covered;
  const isOwn =
    values !== undefined &&
    bindPath(pattern, values).every(
      (segment, at) => segment === pattern.segments[at] || segment === sent[at],
    );
  return isOwn ? [] : [{ kind: 'access', missing }];
}

/** What stands for itself in a path, in an ARN and in a pattern of IAM; a path is compared as sent, so nothing encoded. */
const PATH_VALUE = /^(?!\.{1,2}$)[A-Za-z0-9._~@!+,;=-]+$/;

/** Reads what the variables of a rule have to be; undefined when a claim is missing, or could widen a resource. */
export function readPathValues(
  { rule, pattern }: CoveredRule,
  { all }: CheckedClaims,
): PathValues | undefined {
  const values: Record<string, string> = {};
  let chars = 0;
  for (const [variable, claim] of Object.entries(rule.pathClaims ?? {})) {
    const value = Object.hasOwn(all, claim) ? all[claim] : undefined;
    const text = Number.isSafeInteger(value) ? String(value) : value;
    if (typeof text !== 'string' || !PATH_VALUE.test(text)) return undefined;
    chars += text.length;
    if (chars > MAX_BOUND_CHARS) return undefined;
    if (!pattern.segments.some((segment) => !segment.endsWith('+}') && nameOf(segment) === variable))
      return undefined;
    values[variable] = text;
  }
  return values;
}
