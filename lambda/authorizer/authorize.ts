import type { Config, TrustedIssuer } from '../config.ts';
import type { Denial } from '../denial.ts';
import type { Challenge } from '../routes/check-rules.ts';
import type { Grants } from '../routes/compile-policy.ts';
import type { RoutedApi } from '../routes/parse-route.ts';
import type { Live } from './check-revocation.ts';
import { checkRevocation } from './check-revocation.ts';
import type { Caller } from './describe-caller.ts';
import { describeCaller } from './describe-caller.ts';
import { extractToken } from './extract-token.ts';
import type { GrantAccess } from './grant-access.ts';
import { isRouteListed } from './is-route-listed.ts';
import type { AuthorizerRequest } from './parse-event.ts';
import { parseEvent } from './parse-event.ts';
import { stageArnOf } from './parse-method-arn.ts';
import type { LookUpRevocations } from './remember-revocations.ts';
import type { SigningKeys } from './signing-keys.ts';
import { verifyToken } from './verify-token.ts';

/** What was decided: allow, with what is known of the caller, or a denial with its reason. */
export type Decision = { readonly request: AuthorizerRequest } & (
  | ({
      readonly allow: true;
      readonly caller: Caller;
      readonly route?: RouteDecision;
      /** What is not allowed by rules that are only tried out. */
      readonly wouldDeny?: Denial;
    } & Live)
  | {
      readonly allow: false;
      readonly denial: Denial;
      /** Only where the token is good, and not for this route. */
      readonly refused?: { readonly caller: Caller; readonly route: RouteDecision } & Live;
    }
);

/** What the route table says. */
export interface RouteDecision {
  /** The route of the rule that decided; undefined: none did. */
  readonly rule: string | undefined;
  /** What the token may call on its stage. */
  readonly grants: Grants;
  readonly missing?: readonly string[];
  readonly challenge?: Challenge;
}

/** What the steps need from outside. */
export interface Authorities {
  readonly keysOf: ReadonlyMap<TrustedIssuer, SigningKeys>;
  readonly lookUpRevocations: LookUpRevocations;
  /** Left out: every live token may call every route. */
  readonly grantAccess?: GrantAccess;
}

/** What the owner wants of a request. */
export type RequestSettings = Pick<
  Config,
  'identitySources' | 'lookUp' | 'context' | 'usageIdentifierKeyClaim'
>;

/**
 * Decides about one request: the steps, top to bottom. Any of them may deny; one that cannot decide throws.
 *
 * @param event  whatever API Gateway sent
 * @param now    NumericDate, whole seconds since the epoch
 * @throws {Fault} `event_unrecognized`, `jwks_unavailable`, `jwks_throttled`, `revocation_store_unavailable`,
 *   `response_too_large`
 */
export async function authorize(
  event: unknown,
  { keysOf, lookUpRevocations, grantAccess }: Authorities,
  settings: RequestSettings,
  now: number,
): Promise<Decision> {
  const request = parseEvent(event);

  const token = extractToken(request, settings.identitySources);
  if (!token.ok) return { request, allow: false, denial: token.denial };

  const claims = await verifyToken(token.value, keysOf, now);
  if (!claims.ok) return { request, allow: false, denial: claims.denial };

  const { allowOnStoreUnavailableRoutes: staleRoutes } = settings.lookUp;
  const mayBeStale = staleRoutes === undefined || isRouteListed(request.arn, staleRoutes);
  const live = await checkRevocation(claims.value, lookUpRevocations, now, mayBeStale);
  if (!live.ok) return { request, allow: false, denial: live.denial };

  const caller = describeCaller(live.value.claims, request.kind, settings);
  if (!caller.ok) return { request, allow: false, denial: caller.denial };

  const allowed = { caller: caller.value, ...live.value };
  if (grantAccess === undefined) return { request, allow: true, ...allowed };

  const stageArnChars = stageArnOf(request.arn).length;
  const { check, grants } = grantAccess(live.value.claims, apiOf(request), request.arn, now, stageArnChars);
  const { denial, route: rule } = check;
  if (denial === undefined) return { request, allow: true, ...allowed, route: { rule, grants } };
  const { reason, missing, challenge, isLogOnly } = denial;
  const route: RouteDecision = { rule, grants, missing, ...(challenge && { challenge }) };
  const refusal: Denial = { reason, evidence: live.value.claims };
  return isLogOnly
    ? { request, allow: true, ...allowed, route, wouldDeny: refusal }
    : { request, allow: false, denial: refusal, refused: { ...allowed, route } };
}

function apiOf({ kind }: AuthorizerRequest): RoutedApi {
  if (kind === 'websocket') return kind;
  return kind === 'rest-token' || kind === 'rest-request' ? 'rest' : 'http';
}
