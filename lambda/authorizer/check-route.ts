import type { Denial, DenialReason, DeniedRoute } from '../denial.ts';
import { ok } from '../denial.ts';
import type { HttpApiAnswer } from '../environment.ts';
import type { RouteTable } from '../route-table.ts';
import type { RouteDenial } from '../routes/check-rules.ts';
import { openRules } from '../routes/check-rules.ts';
import type { Live } from './check-revocation.ts';
import type { Caller, Described } from './describe-caller.ts';
import { isSimple } from './is-simple.ts';
import { nameResource } from './name-resource.ts';
import type { AuthorizerRequest } from './parse-event.ts';

/** A live token and its caller. */
export interface LiveCaller extends Live, Described {}

/** What is allowed, and to whom. */
export interface Access extends LiveCaller {
  /** The resource of the policy, below the stage. */
  readonly resource: string;
  /** The route of the rule that decided. */
  readonly rule?: string | undefined;
  /** The denial of a rule, or a table, that is log-only. */
  readonly wouldDeny?: RouteDenial;
}

/** A denial, with the caller if only the route was denied. */
export type Decision =
  | { readonly ok: true; readonly value: Access }
  | { readonly ok: false; readonly denial: Denial & { readonly caller?: Caller } };

/**
 * Decides whether a live token may call the requested route.
 *
 * @param now  NumericDate, whole seconds since the epoch
 * @returns the access, or a denial: `scope_insufficient`, `authentication_insufficient`, `route_forbidden`
 */
export type CheckRoute = (live: LiveCaller, request: AuthorizerRequest, now: number) => Decision;

/** Allows every route of the stage: there is no route table. */
export const allowEveryRoute: CheckRoute = (live) => ok({ ...live, resource: '*' });

/** Opens the step for a route table. It allows the requested method and path alone. */
export function openRouteTable(table: RouteTable, httpApiAnswer: HttpApiAnswer): CheckRoute {
  const checkRules = openRules(table);

  return (live, request, now) => {
    const { rule, denial } = checkRules(live.claims, request, now);
    if (denial !== undefined && !denial.isLogOnly) return deny(live, denial.reason, denial);

    const needsName = table.mode !== 'log-only' && !isSimple(request, httpApiAnswer);
    const resource = nameResource(request.arn) ?? (needsName ? undefined : '*');
    if (resource === undefined) {
      const missing = ['a path that fits into a policy, whose resources have at most 512 characters'];
      return deny(live, 'route_forbidden', { ...(rule !== undefined && { rule }), missing });
    }
    return ok({ ...live, resource, rule, ...(denial && { wouldDeny: denial }) });
  };
}

function deny({ claims, caller }: LiveCaller, reason: DenialReason, route: DeniedRoute): Decision {
  return { ok: false, denial: { reason, evidence: claims, route, caller } };
}
