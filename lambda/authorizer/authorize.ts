import type { Config, TrustedIssuer } from '../config.ts';
import { isDenialCached } from './build-response.ts';
import { checkRevocation } from './check-revocation.ts';
import type { CheckRoute, Decision } from './check-route.ts';
import { describeCaller } from './describe-caller.ts';
import { extractToken } from './extract-token.ts';
import type { AuthorizerRequest } from './parse-event.ts';
import type { LookUpRevocations } from './remember-revocations.ts';
import type { SigningKeys } from './signing-keys.ts';
import { verifyToken } from './verify-token.ts';

/** What the steps need from outside. */
export interface Authorities {
  readonly keysOf: ReadonlyMap<TrustedIssuer, SigningKeys>;
  readonly lookUpRevocations: LookUpRevocations;
  readonly checkRoute: CheckRoute;
}

/** The owner's settings. */
export type RequestSettings = Pick<
  Config,
  | 'identitySources'
  | 'context'
  | 'usageIdentifierKeyClaim'
  | 'issuers'
  | 'denialDetail'
  | 'httpApiAnswer'
  | 'hasResultsCache'
>;

/**
 * Decides about one request. Each step returns a value or a denial, and throws if it cannot decide.
 *
 * @param now  the clock: NumericDate, whole seconds since the epoch
 * @throws {Fault} `jwks_unavailable`, `jwks_throttled`, `revocation_store_unavailable`, `response_too_large`
 */
export async function authorize(
  request: AuthorizerRequest,
  { keysOf, lookUpRevocations, checkRoute }: Authorities,
  settings: RequestSettings,
  now: () => number,
): Promise<Decision> {
  const token = extractToken(request, settings.identitySources);
  if (!token.ok) return token;

  const inCoolDown = isDenialCached(request, 'signing_key_unknown', settings) ? 'fault' : 'deny';
  const claims = await verifyToken(token.value, keysOf, now, inCoolDown);
  if (!claims.ok) return claims;

  const live = await checkRevocation(claims.value, lookUpRevocations, now, request);
  if (!live.ok) return live;

  const caller = describeCaller(live.value.claims, request.api, settings);
  if (!caller.ok) return caller;

  return checkRoute({ ...live.value, ...caller.value }, request, now());
}
