import type { RouteCover } from '../route-cover.ts';
import { coverRoutes, isBound } from '../route-cover.ts';
import type { RoutedApi } from '../route-pattern.ts';
import type { RouteTable } from '../route-table.ts';
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

/** So many sets of satisfied rules are remembered with their policies. */
const MAX_REMEMBERED = 256;

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
    const families = new Array<boolean>(cover.familyCount).fill(false);
    const seen = new Set<number>();
    let hasValues = false;
    for (const { rule, family } of cover.rules) {
      const isLogOnly = rule.logOnly === true;
      if (!seen.has(family)) {
        families[family] = isLogOnly || checkConditions(rule, claims, table.groupsClaim, now).length === 0;
      }
      seen.add(family);
      hasValues ||= isBound({ rule }) && families[family] === true;
    }
    const key = hasValues ? undefined : `${cover.api} ${families.map(Number).join('')}`;
    const known = key === undefined ? undefined : remembered.get(key);
    if (known !== undefined) return known;
    const grants = compilePolicy(cover, { families, valuesOf: (rule) => readPathValues(rule, claims) });
    if (key !== undefined) {
      const [oldest] = remembered.keys();
      if (remembered.size >= MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
      remembered.set(key, grants);
    }
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

/** As API Gateway writes it into the ARN of the request. */
function requested({ method, path }: RoutedRequest): string {
  return method.startsWith('$') && path === '' ? method : `${method}/${path}`;
}

function plain(request: RoutedRequest): string | undefined {
  const resource = requested(request);
  return PLAIN.test(resource) ? resource : undefined;
}

function exactly(request: RoutedRequest): Grants {
  const resource = plain(request);
  return resource === undefined ? NOTHING : { allow: [resource], deny: [] };
}
