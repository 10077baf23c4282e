import type { TrustedIssuer } from '../config.ts';
import type { Denial } from '../denial.ts';
import type { ReadRevocations } from '../revocation-store.ts';
import { checkRevocation } from './check-revocation.ts';
import { extractToken } from './extract-token.ts';
import type { AuthorizerRequest } from './parse-event.ts';
import { parseEvent } from './parse-event.ts';
import type { Claims } from './read-claims.ts';
import type { SigningKeys } from './signing-keys.ts';
import { verifyToken } from './verify-token.ts';

/** What was decided: allow, with what is known of the caller, or a denial with its reason. */
export type Decision = { readonly request: AuthorizerRequest } & (
  | { readonly allow: true; readonly claims: Claims }
  | { readonly allow: false; readonly denial: Denial }
);

/** What the steps need from outside. */
export interface Authorities {
  readonly keysOf: ReadonlyMap<TrustedIssuer, SigningKeys>;
  readonly readRevocations: ReadRevocations;
}

/**
 * Decides about one request: the steps, top to bottom. Any of them may deny; one that cannot decide throws.
 *
 * @param event  whatever API Gateway sent
 * @param now    NumericDate, whole seconds since the epoch
 * @throws {Fault} `event_unrecognized`, `jwks_unavailable`, `jwks_throttled`, `revocation_store_unavailable`
 */
export async function authorize(
  event: unknown,
  { keysOf, readRevocations }: Authorities,
  now: number,
): Promise<Decision> {
  const request = parseEvent(event);

  const token = extractToken(request.authorization);
  if (!token.ok) return { request, allow: false, denial: token.denial };

  const claims = await verifyToken(token.value, keysOf, now);
  if (!claims.ok) return { request, allow: false, denial: claims.denial };

  const live = await checkRevocation(claims.value, readRevocations, now);
  if (!live.ok) return { request, allow: false, denial: live.denial };

  return { request, allow: true, claims: live.value };
}
