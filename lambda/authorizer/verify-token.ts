// The token is what it says, from whom it says, for us, and now. The only file that imports aws-jwt-verify.
import {
  JwtExpiredError,
  JwtInvalidAudienceError,
  JwtInvalidIssuerError,
  JwtNotBeforeError,
  JwtParseError,
} from 'aws-jwt-verify/error';
import type { Jwk } from 'aws-jwt-verify/jwk';
import { verifyJwtSync } from 'aws-jwt-verify/jwt-verifier';
import type { TrustedIssuer } from '../config.ts';
import { findIssuer } from '../config.ts';
import type { DenialReason, Result } from '../denial.ts';
import { denied } from '../denial.ts';
import { decodeToken } from './decode-token.ts';
import type { Claims } from './read-claims.ts';
import { readClaims } from './read-claims.ts';
import type { SigningKeys } from './signing-keys.ts';
import type { SigningKey } from './vet-keys.ts';

/**
 * Verifies a token: format, signature, time, issuer and audience.
 *
 * Afterwards every field of the claims has its type and range, the signature is that of a key that its issuer
 * publishes now, and the token lives no longer than its issuer's `maxTokenLifetimeSeconds`.
 * Does NOT know of revocations; see `checkRevocation`.
 *
 * @param keysOf  the key ring of each trusted issuer
 * @param now     NumericDate, whole seconds since the epoch
 * @returns the claims, or a denial: `token_malformed`, `issuer_not_trusted`, `algorithm_not_allowed`,
 *   `claim_missing`, `claim_invalid`, `signing_key_unknown`, `signature_invalid`, `token_expired`,
 *   `token_not_yet_valid`, `lifetime_too_long`, `audience_mismatch`, `token_use_mismatch`
 * @throws {Fault} `jwks_unavailable`, `jwks_throttled`  the issuer's keys could not be had
 * @see RFC 7519 section 7.2, RFC 8725
 */
export async function verifyToken(
  token: string,
  keysOf: ReadonlyMap<TrustedIssuer, SigningKeys>,
  now: number,
): Promise<Result<Claims>> {
  const decoded = decodeToken(token);
  if (!decoded.ok) return decoded;
  const { unverifiedHeader: header, unverifiedClaims, signatureBytes } = decoded.value;

  const issuer = findIssuer(keysOf.keys(), unverifiedClaims['iss']);
  if (issuer === undefined) return denied('issuer_not_trusted');
  const algorithm = issuer.algorithms.find((allowed) => allowed === header['alg']);
  if (algorithm === undefined) return denied('algorithm_not_allowed');

  const claims = readClaims(unverifiedClaims, issuer);
  if (!claims.ok) return claims;
  const kid = header['kid'];
  const candidates = (typeof kid === 'string' && (await keysOf.get(issuer)?.find(kid))) || [];
  if (candidates.length === 0) return denied('signing_key_unknown');
  const key = candidates.find(({ algorithms }) => algorithms.includes(algorithm));
  if (key === undefined) return denied('algorithm_not_allowed');
  // The library throws a plain Error for some of these, which would look like a defect of ours.
  if (signatureBytes !== key.signatureBytes) return denied('signature_invalid');

  const reason =
    verifySignatureAndFields(token, key, issuer) ??
    checkTimes(claims.value, issuer, now) ??
    checkRecipient(claims.value, issuer);
  return reason === undefined ? claims : denied(reason);
}

function verifySignatureAndFields(
  token: string,
  key: SigningKey,
  issuer: TrustedIssuer,
): DenialReason | undefined {
  try {
    verifyJwtSync(
      token,
      key.jwk as unknown as Jwk,
      {
        issuer: [...issuer.issuers],
        audience: issuer.kind === 'oidc' && issuer.audience !== null ? [...issuer.audience] : null,
        graceSeconds: issuer.graceSeconds,
      },
      () => key.keyObject,
    );
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

/** Whatever else is thrown while a key that we hold and vetted is tried is the token's doing. */
function reasonOf(error: unknown): DenialReason {
  if (error instanceof JwtExpiredError) return 'token_expired';
  if (error instanceof JwtNotBeforeError) return 'token_not_yet_valid';
  if (error instanceof JwtInvalidAudienceError) return 'audience_mismatch';
  if (error instanceof JwtInvalidIssuerError) return 'issuer_not_trusted';
  if (error instanceof JwtParseError) return 'claim_invalid';
  return 'signature_invalid';
}

/** RFC 7519 section 4.1.4: a token is dead on, not only after, its `exp`. */
function checkTimes(claims: Claims, issuer: TrustedIssuer, now: number): DenialReason | undefined {
  if (now >= claims.expiresAt + issuer.graceSeconds) return 'token_expired';
  // A token from the future would be younger than every revocation that is still to come.
  if (claims.issuedAt > now + issuer.graceSeconds) return 'token_not_yet_valid';
  if (claims.expiresAt <= claims.issuedAt) return 'claim_invalid';
  // Subject revocations are kept for this long: a token that outlives it would outlive its revocation.
  if (claims.expiresAt - claims.issuedAt > issuer.maxTokenLifetimeSeconds) return 'lifetime_too_long';
  return undefined;
}

/** Cognito's access tokens name the client instead of an audience; its ID tokens are not for APIs. */
function checkRecipient(claims: Claims, issuer: TrustedIssuer): DenialReason | undefined {
  if (issuer.kind !== 'cognito') return undefined;
  if (claims.tokenUse !== 'access') return 'token_use_mismatch';
  const isForUs = issuer.audience === null || issuer.audience.includes(claims.clientId ?? '');
  return isForUs ? undefined : 'audience_mismatch';
}
