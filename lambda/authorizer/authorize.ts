import type { Config, TrustedIssuer } from '../config.ts';
import type { Denial } from '../denial.ts';
import type { Live } from './check-revocation.ts';
import { checkRevocation } from './check-revocation.ts';
import type { Caller } from './describe-caller.ts';
import { describeCaller } from './describe-caller.ts';
import { extractToken } from './extract-token.ts';
import { isRouteListed } from './is-route-listed.ts';
import type { AuthorizerRequest } from './parse-event.ts';
import { parseEvent } from './parse-event.ts';
import type { LookUpRevocations } from './remember-revocations.ts';
import type { SigningKeys } from './signing-keys.ts';
import { verifyToken } from './verify-token.ts';

/** What was decided: allow, with what is known of the caller, or a denial with its reason. */
export type Decision = { readonly request: AuthorizerRequest } & (
  | ({ readonly allow: true; readonly caller: Caller } & Live)
  | { readonly allow: false; readonly denial: Denial }
);

/** What the steps need from outside. */
export interface Authorities {
  readonly keysOf: ReadonlyMap<TrustedIssuer, SigningKeys>;
  readonly lookUpRevocations: LookUpRevocations;
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
  { keysOf, lookUpRevocations }: Authorities,
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

  return { request, allow: true, caller: caller.value, ...live.value };
}
