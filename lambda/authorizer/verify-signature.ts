// RFC 7515 section 5.2: one signature, one key. The only file that imports aws-jwt-verify.
import * as library from 'aws-jwt-verify/error';
import type { Jwk } from 'aws-jwt-verify/jwk';
import { verifyJwtSync } from 'aws-jwt-verify/jwt-verifier';
import type { DenialReason } from '../denial.ts';
import { DENIALS } from '../denial.ts';
import type { FaultCode } from '../fault.ts';
import { Fault } from '../fault.ts';
import type { SigningKey } from './vet-keys.ts';

/**
 * What each error class of the library means: a denial reason, or a fault code where only a defect of ours explains it
 * (a check that we never ask the library for). A test compares the keys with what the library exports.
 */
export const LIBRARY_ERRORS: ReadonlyMap<unknown, DenialReason | FaultCode> = new Map<
  unknown,
  DenialReason | FaultCode
>([
  [library.JwtBaseError, 'signature_invalid'],
  [library.FailedAssertionError, 'signature_invalid'],
  [library.JwtParseError, 'token_malformed'],
  [library.ParameterValidationError, 'unexpected'],
  [library.JwtInvalidSignatureError, 'signature_invalid'],
  [library.JwtInvalidSignatureAlgorithmError, 'algorithm_not_allowed'],
  [library.JwtInvalidClaimError, 'claim_invalid'],
  [library.JwtInvalidIssuerError, 'issuer_not_trusted'],
  [library.JwtInvalidAudienceError, 'audience_mismatch'],
  [library.JwtInvalidScopeError, 'unexpected'],
  [library.JwtExpiredError, 'token_expired'],
  [library.JwtNotBeforeError, 'token_not_yet_valid'],
  [library.CognitoJwtInvalidGroupError, 'unexpected'],
  [library.CognitoJwtInvalidTokenUseError, 'token_use_mismatch'],
  [library.CognitoJwtInvalidClientIdError, 'audience_mismatch'],
  [library.AlbJwtInvalidSignerError, 'unexpected'],
  [library.AlbJwtInvalidClientIdError, 'unexpected'],
  [library.AlbJwksNotExposedError, 'unexpected'],
  [library.JwksValidationError, 'jwks_unavailable'],
  [library.JwkValidationError, 'jwks_unavailable'],
  [library.JwtWithoutValidKidError, 'signing_key_unknown'],
  [library.KidNotFoundInJwksError, 'signing_key_unknown'],
  [library.WaitPeriodNotYetEndedJwkError, 'jwks_throttled'],
  [library.JwksNotAvailableInCacheError, 'jwks_unavailable'],
  [library.JwkInvalidUseError, 'jwks_unavailable'],
  [library.JwkInvalidKtyError, 'jwks_unavailable'],
  [library.FetchError, 'jwks_unavailable'],
  [library.NonRetryableFetchError, 'jwks_unavailable'],
  [library.NotSupportedError, 'unexpected'],
]);

/** Why a signature was not accepted. */
export interface SignatureDefect {
  readonly reason: DenialReason;
  /** The library threw something else than its word for a wrong signature: worth a look. */
  readonly isAnomaly: boolean;
}

/**
 * Verifies the signature of a token with a vetted key, and nothing else: times, issuer and audience are for
 * `checkClaims`, which compares them with the same clock as everything else.
 *
 * @param token  a token that `decodeToken` accepts, with claims that `readClaims` accepts
 * @param key    a key that fits the algorithm of the token
 * @returns what is wrong, or `undefined`
 * @throws {Fault} `unexpected`, `jwks_unavailable`, `jwks_throttled`  the library says that we use it wrongly
 */
export function verifySignature(token: string, key: SigningKey): SignatureDefect | undefined {
  try {
    verifyJwtSync(
      token,
      key.jwk as unknown as Jwk,
      { issuer: null, audience: null, graceSeconds: Number.POSITIVE_INFINITY },
      () => key.keyObject,
    );
    return undefined;
  } catch (error) {
    return classify(error);
  }
}

/** Whatever is thrown while a key that we hold and vetted is tried is the token's doing, unless the table says otherwise. */
export function classify(error: unknown): SignatureDefect {
  const known = error instanceof Error ? LIBRARY_ERRORS.get(error.constructor) : undefined;
  const code = known ?? 'signature_invalid';
  if (!isDenialReason(code))
    throw new Fault(code, 'the verification library was used wrongly', { cause: error });
  return { reason: code, isAnomaly: !(error instanceof library.JwtInvalidSignatureError) };
}

function isDenialReason(code: DenialReason | FaultCode): code is DenialReason {
  return Object.hasOwn(DENIALS, code);
}
