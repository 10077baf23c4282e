// RFC 7519 section 4.1, RFC 9068 section 4: what verified claims have to say, in the order in which it is checked.
import type { DenialReason } from '../denial.ts';
import { isAbsent } from './is-absent.ts';
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
    checkUse(claims, type) ??
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

/**
 * Issuers sign access tokens, id tokens and others with the same keys; id tokens are meant for the app, not for an API.
 * Cognito's tokens always say what they are; one of another issuer that does not say it passes.
 */
function checkUse({ issuer, tokenUse, all }: Claims, type: unknown) {
  const stated = issuer.kind === 'cognito' ? [tokenUse] : statedUses(all, type).map(({ use }) => use);
  const accepted: readonly unknown[] = issuer.tokenUse === 'any' ? ['access', 'id'] : [issuer.tokenUse];
  return stated.every((use) => accepted.includes(use)) ? undefined : 'token_use_mismatch';
}

/** A sign of what a token is for. */
export interface StatedUse {
  readonly by: string;
  /** `other`: it is never meant for an API. */
  readonly use: 'access' | 'id' | 'other';
}

/**
 * Reads what a token says of its use: by `token_use`; by Keycloak's claim `typ`; by `events`, which makes it a logout token
 * or another security event (RFC 8417 section 2.2); by the header of an access token (RFC 9068); by `nonce` with
 * `at_hash` or `c_hash`, as id tokens have them (OpenID Connect Core 1.0 section 3.3.2.11). Access tokens of Dex look the same.
 *
 * @returns the signs that it has; empty: it does not say
 */
export function statedUses(claims: Readonly<Record<string, unknown>>, type: unknown): readonly StatedUse[] {
  const { token_use: tokenUse, typ, events, nonce, at_hash: tokenHash, c_hash: codeHash } = claims;
  const signs: readonly (StatedUse | false)[] = [
    !isAbsent(tokenUse) && { by: 'token_use', use: useOf(tokenUse, 'access', 'id') },
    !isAbsent(typ) && { by: 'typ', use: useOf(typ, 'Bearer', 'ID') },
    !isAbsent(events) && { by: 'events', use: 'other' },
    nameOf(type) === ACCESS_TOKEN && { by: 'typ header', use: 'access' },
    !isAbsent(nonce) && !isAbsent(tokenHash) && { by: 'nonce and at_hash', use: 'id' },
    !isAbsent(nonce) && !isAbsent(codeHash) && { by: 'nonce and c_hash', use: 'id' },
  ];
  return signs.filter((sign) => sign !== false);
}

function useOf(value: unknown, access: string, id: string): StatedUse['use'] {
  return value === access ? 'access' : value === id ? 'id' : 'other';
}

/** Cognito's access tokens name the client instead of an audience, and besides an API if the client asked for one (RFC 8707). */
function checkAudience({ issuer, audience, clientIds: [clientId], tokenUse }: Claims) {
  const isCognitoAccess = issuer.kind === 'cognito' && tokenUse === 'access';
  const isForOthers = audience.length > 0 && !issuer.resource.some((ours) => audience.includes(ours));
  if (isCognitoAccess && isForOthers) return 'audience_mismatch';
  if (issuer.audience === null) return undefined;
  const named = isCognitoAccess ? [clientId] : audience;
  return issuer.audience.some((accepted) => named.includes(accepted)) ? undefined : 'audience_mismatch';
}

/** RFC 9068 section 2.1. */
const ACCESS_TOKEN = 'at+jwt';

/** RFC 7515 section 4.1.9: media types, compared without regard to case; `application/` may be left out. */
function nameOf(type: unknown): string | undefined {
  return typeof type === 'string' ? type.toLowerCase().replace(/^application\//, '') : undefined;
}

/** RFC 8725 section 3.11: a logout token, a DPoP proof or an event of the same issuer must not pass for an access token. */
function checkType({ issuer }: Claims, type: unknown) {
  if (type === undefined) return issuer.accessTokenType === 'required' ? 'token_type_mismatch' : undefined;
  const name = nameOf(type);
  const isAccepted = name === ACCESS_TOKEN || (name === 'jwt' && issuer.accessTokenType === 'optional');
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
