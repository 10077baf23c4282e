// RFC 7519 section 4.1, RFC 9068 section 4: what verified claims have to say, in the order in which it is checked.
import type { DenialReason } from '../denial.ts';
import type { Claims } from './read-claims.ts';

/**
 * Checks verified claims against the settings of their issuer and the clock: time, audience, type and use of the token,
 * its binding to a sender, its lifetime.
 *
 * @param claims  as `readClaims` read them, behind a valid signature
 * @param type    the `typ` header, whatever it is
 * @param now     NumericDate, whole seconds since the epoch
 * @returns the first reason to deny, or `undefined`: `token_expired`, `token_not_yet_valid`, `audience_mismatch`,
 *   `token_type_mismatch`, `token_use_mismatch`, `sender_constraint_unmet`, `lifetime_too_long`
 */
export function checkClaims(claims: Claims, type: unknown, now: number): DenialReason | undefined {
  return (
    checkTimes(claims, now) ??
    checkUse(claims) ??
    checkAudience(claims) ??
    checkType(claims, type) ??
    checkBinding(claims) ??
    checkLifetime(claims)
  );
}

/** RFC 7519 section 4.1.4: a token expires on, not after, its `exp`. */
export function isExpired({ issuer, expiresAt }: Pick<Claims, 'issuer' | 'expiresAt'>, now: number): boolean {
  return now >= expiresAt + issuer.graceSeconds;
}

function checkTimes(claims: Claims, now: number) {
  const { issuer, issuedAt, notBefore = 0 } = claims;
  if (isExpired(claims, now)) return 'token_expired';
  // A token from the future would be younger than every revocation that is still to come.
  if (Math.max(issuedAt, notBefore) > now + issuer.graceSeconds) return 'token_not_yet_valid';
  return undefined;
}

/** Cognito signs access tokens and id tokens with the same keys; the latter are meant for the app, not for an API. */
function checkUse({ issuer, tokenUse }: Claims) {
  if (issuer.kind !== 'cognito') return undefined;
  const uses = issuer.tokenUse === 'any' ? ['access', 'id'] : [issuer.tokenUse];
  return tokenUse !== undefined && uses.includes(tokenUse) ? undefined : 'token_use_mismatch';
}

/** Cognito's access tokens name the client instead of an audience. */
function checkAudience({ issuer, audience, clientIds: [clientId], tokenUse }: Claims) {
  if (issuer.audience === null) return undefined;
  const isCognitoAccess = issuer.kind === 'cognito' && tokenUse === 'access';
  const named = isCognitoAccess ? [clientId] : audience;
  return issuer.audience.some((accepted) => named.includes(accepted)) ? undefined : 'audience_mismatch';
}

/** RFC 8725 section 3.11: a logout token, a DPoP proof or an event of the same issuer must not pass for an access token. */
function checkType({ issuer }: Claims, type: unknown) {
  if (type === undefined) return issuer.accessTokenType === 'required' ? 'token_type_mismatch' : undefined;
  if (typeof type !== 'string') return 'token_type_mismatch';
  // RFC 7515 section 4.1.9: media types, compared without regard to case; `application/` may be left out.
  const name = type.toLowerCase().replace(/^application\//, '');
  const isAccepted = name === 'at+jwt' || (name === 'jwt' && issuer.accessTokenType === 'optional');
  return isAccepted ? undefined : 'token_type_mismatch';
}

/** RFC 9449 section 7.1, RFC 8705 section 3: a bound token is good only with the proof, which an authorizer cannot see. */
function checkBinding({ all }: Claims) {
  return Object.hasOwn(all, 'cnf') ? 'sender_constraint_unmet' : undefined;
}

/** Subject revocations are kept for this long: a token that outlives it would outlive its revocation. */
function checkLifetime({ issuer, issuedAt, expiresAt }: Claims) {
  return expiresAt - issuedAt > issuer.maxTokenLifetimeSeconds ? 'lifetime_too_long' : undefined;
}
