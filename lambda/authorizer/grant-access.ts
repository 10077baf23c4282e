import type { CoveredRule, RouteCover } from '../route-cover.ts';
import { coverRoutes, isBound } from '../route-cover.ts';
import type { RoutedApi } from '../route-pattern.ts';
import type { RouteRule, RouteTable } from '../route-table.ts';
import type { CheckedClaims } from './check-conditions.ts';
import { checkConditions } from './check-conditions.ts';
import type { RouteCheck, RoutedRequest } from './check-route.ts';
import { checkRoute, readPathValues } from './check-route.ts';
import type { Grants } from './compile-policy.ts';
import { compilePolicy } from './compile-policy.ts';
import { evaluateGrants } from './evaluate-grants.ts';

/** What the rules say about a request, and all that the token may call on its stage. */
export interface Access {
  readonly check: RouteCheck;
  /** Resources below the stage. */
  readonly grants: Grants;
}

/** Decides by a route table; see {@link openRoutes}. */
export type GrantAccess = (
  claims: CheckedClaims,
  api: RoutedApi,
  request: RoutedRequest,
  now: number,
) => Access;

/** So many sets of satisfied rules are remembered with their policies, or parts of them. */
const MAX_REMEMBERED = 1000;

const EVERYTHING: Grants = { allow: ['*'], deny: [] };
const NOTHING: Grants = { allow: [], deny: ['*'] };

/**
 * Opens a route table: works out its covers, once for each type of API, and remembers the policies of the sets of rules that
 * tokens satisfied before.
 *
 * The grants for a request always agree with the direct reading of the rules about this very request. They are the compiled
 * permission set of the token, which is right for all requests behind a cached answer; where that and the rules differ about the
 * request (see `compilePolicy`), they are narrowed: to the requested resource alone where it is permitted, by a Deny of it where
 * it is not. Text of the path gets into a resource only if it is made of characters that stand for themselves.
 */
export function openRoutes(table: RouteTable): GrantAccess {
  const covers = new Map<RoutedApi, RouteCover>();
  const remembered = new Map<string, Grants>();

  function coverOf(api: RoutedApi): RouteCover {
    const cover = covers.get(api) ?? coverRoutes(table, api);
    covers.set(api, cover);
    return cover;
  }

  function compile(cover: RouteCover, claims: CheckedClaims, now: number): Grants {
    const isHeld = (rule: RouteRule) =>
      rule.logOnly === true || checkConditions(rule, claims, table.groupsClaim, now).length === 0;
    const families = cover.families.map(isHeld);
    const hasValues = (group: readonly CoveredRule[]) =>
      group.some((rule) => families[rule.family] === true && isBound(rule));
    const valuesOf = (rule: CoveredRule) => readPathValues(rule, claims);
    // Values of a token are nothing to remember: there is no end of them.
    const remember = (group: readonly CoveredRule[], key: string, make: () => Grants) =>
      hasValues(group) ? make() : recall(`${cover.api} ${key}`, make);

    return remember(cover.rules, families.map(Number).join(''), () => {
      const parts = cover.groups.map((group, index) => {
        const own = new Set(group.map(({ family }) => family));
        const key = `${index} ${[...own].filter((family) => families[family]).join()}`;
        return remember(group, key, () => compilePolicy(cover, group, { families, valuesOf }));
      });
      return {
        allow: parts.flatMap(({ allow }) => allow).sort(),
        deny: parts.flatMap(({ deny }) => deny).sort(),
      };
    });
  }

  function recall(key: string, make: () => Grants): Grants {
    const grants = remembered.get(key) ?? make();
    const [oldest] = remembered.keys();
    if (remembered.size >= MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    remembered.set(key, grants);
    return grants;
  }

  return (claims, api, request, now) => {
    const cover = coverOf(api);
    const check = checkRoute(cover, table, claims, request, now);
    if (table.mode === 'log-only') return { check, grants: EVERYTHING };
    const isPermitted = check.denial === undefined || check.denial.isLogOnly;
    if (table.exact) return { check, grants: isPermitted ? exactly(request) : NOTHING };
    const compiled = compile(cover, claims, now);
    const grants = compiled.allow.length === 0 ? NOTHING : compiled;
    if (evaluateGrants(grants, requested(request)) === isPermitted) return { check, grants };
    if (isPermitted) return { check, grants: exactly(request) };
    const deny = plain(request);
    return {
      check,
      grants: deny === undefined ? NOTHING : { ...grants, deny: [...grants.deny, deny].sort() },
    };
  };
}

/** Letters, digits, and what neither IAM nor an ARN gives a meaning. */
const PLAIN = /^[A-Za-z0-9$][A-Za-z0-9._~%@!+,;=:&'()/-]*$/;

/** With the ARN of the stage, whose name has up to 128 characters, it must not be more than the 512 of a resource. */
const MAX_REQUESTED_CHARS = 320;

/** As API Gateway writes it into the ARN of the request. */
function requested({ method, path }: RoutedRequest): string {
  return method.startsWith('$') && path === '' ? method : `${method}/${path}`;
}

function plain(request: RoutedRequest): string | undefined {
  const resource = requested(request);
  return resource.length <= MAX_REQUESTED_CHARS && PLAIN.test(resource) ? resource : undefined;
}

function exactly(request: RoutedRequest): Grants {
  const resource = plain(request);
  return resource === undefined ? NOTHING : { allow: [resource], deny: [] };
}
