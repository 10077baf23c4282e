import type { RouteRule, RouteTable } from '../route-table.ts';
import type { CheckedClaims } from '../routes/check-conditions.ts';
import { checkConditions } from '../routes/check-conditions.ts';
import type { RouteCheck, RoutedRequest } from '../routes/check-rules.ts';
import { checkRoute, readPathValues } from '../routes/check-rules.ts';
import type { Grants, GroupGrants } from '../routes/compile-policy.ts';
import { compilePolicy } from '../routes/compile-policy.ts';
import { evaluateGrants } from '../routes/evaluate-grants.ts';
import { joinGrants } from '../routes/join-grants.ts';
import type { RoutedApi } from '../routes/parse-route.ts';
import type { CoveredRule, RouteCover } from '../routes/route-cover.ts';
import { coverRoutes, isBound } from '../routes/route-cover.ts';

/** What the rules say about a request, and all that the token may call on its stage. */
export interface Access {
  readonly check: RouteCheck;
  /** Resources below the stage. */
  readonly grants: Grants;
}

/**
 * Decides by a route table; see {@link openRoutes}. The length of the ARN of the stage counts where a policy is large.
 */
export type GrantAccess = (
  claims: CheckedClaims,
  api: RoutedApi,
  request: RoutedRequest,
  now: number,
  stageArnChars?: number,
) => Access;

/** `arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/` */
const USUAL_STAGE_ARN_CHARS = 59;

/** So many sets of satisfied rules are remembered with their policies, or parts of them. */
const MAX_REMEMBERED = 1000;

const EVERYTHING: Grants = { allow: ['*'], deny: [] };
const NOTHING: Grants = { allow: [], deny: ['*'] };

/**
 * Opens a route table: works out its covers, once for each type of API, and remembers the policies of the sets of rules that
 * tokens satisfied before.
 *
 * The grants are the compiled permission set of the token. Where that and the rules differ about the request (see
 * `compilePolicy`), they get a Deny of the requested resource, or, where nothing is cached, they are narrowed to this resource
 * alone. In a cache a narrowed answer would refuse all other routes, so there the request is refused, and the check says so. Text of
 * the path gets into a resource only if it is made of characters that stand for themselves.
 */
export function openRoutes(table: RouteTable): GrantAccess {
  const covers = new Map<RoutedApi, RouteCover>();
  const policies = new Map<string, Grants>();
  const parts = new Map<string, GroupGrants>();

  function coverOf(api: RoutedApi): RouteCover {
    const cover = covers.get(api) ?? coverRoutes(table, api);
    covers.set(api, cover);
    return cover;
  }

  // At start-up a function has more of a processor than later.
  for (const api of ['rest', 'http'] as const) coverOf(api);

  function compile(cover: RouteCover, claims: CheckedClaims, now: number, stageArnChars: number): Grants {
    const isHeld = (rule: RouteRule) =>
      rule.logOnly === true || checkConditions(rule, claims, table.groupsClaim, now).length === 0;
    const families = cover.families.map(isHeld);
    const hasValues = (group: readonly CoveredRule[]) =>
      group.some((rule) => families[rule.family] === true && isBound(rule));
    const valuesOf = (rule: CoveredRule) => readPathValues(rule, claims);
    const partOf = (group: readonly CoveredRule[], index: number) => {
      const make = () => compilePolicy(cover, group, { families, valuesOf });
      const held = new Set(group.map(({ family }) => family).filter((family) => families[family]));
      // Values of tokens are nothing to remember: there is no end of them.
      return hasValues(group) ? make() : recall(parts, `${cover.api} ${index} ${[...held].join()}`, make);
    };
    const make = () => joinGrants(cover.groups.map(partOf), stageArnChars);
    const key = `${cover.api} ${stageArnChars} ${families.map(Number).join('')}`;
    return hasValues(cover.rules) ? make() : recall(policies, key, make);
  }

  return (claims, api, request, now, stageArnChars = USUAL_STAGE_ARN_CHARS) => {
    const cover = coverOf(api);
    const check = checkRoute(cover, table, claims, request, now);
    if (table.mode === 'log-only') return { check, grants: EVERYTHING };
    const isPermitted = check.denial === undefined || check.denial.isLogOnly;
    const alone = exactly(request);
    if (table.exact && isPermitted && alone) return { check, grants: alone };
    if (table.exact) return { check: isPermitted ? ungrantable(check) : check, grants: NOTHING };
    const compiled = compile(cover, claims, now, stageArnChars);
    const grants = compiled.allow.length === 0 ? NOTHING : compiled;
    if (evaluateGrants(grants, requested(request)) === isPermitted) return { check, grants };
    if (isPermitted)
      return alone && !table.cached ? { check, grants: alone } : { check: ungrantable(check), grants };
    const [deny] = alone?.allow ?? [];
    if (deny !== undefined) return { check, grants: { ...grants, deny: [...grants.deny, deny].sort() } };
    // Only where no rule is about the request, and its text must get into no resource.
    return { check, grants: table.cached ? grants : NOTHING };
  };
}

/** What the rules permit, and no resource can say. */
function ungrantable({ route }: RouteCheck): RouteCheck {
  const missing = ['a pattern of IAM that allows this path alone'];
  return {
    ...(route !== undefined && { route }),
    denial: { reason: 'route_forbidden', missing, isLogOnly: false },
  };
}

function recall<T>(memory: Map<string, T>, key: string, make: () => T): T {
  const value = memory.get(key) ?? make();
  const [oldest] = memory.keys();
  if (memory.size >= MAX_REMEMBERED && oldest !== undefined) memory.delete(oldest);
  memory.set(key, value);
  return value;
}

/** Letters, digits, and what neither IAM nor an ARN gives a meaning. */
const PLAIN = /^[A-Za-z0-9$][A-Za-z0-9._~%@!+,;=:&'()/-]*$/;

/** With the ARN of the stage, whose name has up to 128 characters, it must not be more than the 512 of a resource. */
const MAX_REQUESTED_CHARS = 320;

/** As API Gateway writes it into the ARN of the request. */
function requested({ method, path }: RoutedRequest): string {
  return method.startsWith('$') && path === '' ? method : `${method}/${path}`;
}

/** The requested resource alone; undefined where its text could mean more. */
function exactly(request: RoutedRequest): Grants | undefined {
  const resource = requested(request);
  const isPlain = resource.length <= MAX_REQUESTED_CHARS && PLAIN.test(resource);
  return isPlain ? { allow: [resource], deny: [] } : undefined;
}
