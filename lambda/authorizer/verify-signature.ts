// RFC 7515 section 5.2: one signature, one key. The only file that imports aws-jwt-verify.
import * as library from 'aws-jwt-verify/error';
import type { Jwk, JwksCache, JwkWithKid } from 'aws-jwt-verify/jwk';
import { decomposeUnverifiedJwt } from 'aws-jwt-verify/jwt';
import type { JwtVerifierProperties } from 'aws-jwt-verify/jwt-verifier';
import { JwtVerifierBase, verifyJwtSync } from 'aws-jwt-verify/jwt-verifier';
import type { DenialReason } from '../denial.ts';
import { DENIALS } from '../denial.ts';
import type { FaultCode } from '../fault.ts';
import { Fault } from '../fault.ts';
import type { Claims } from './read-claims.ts';
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

const SIGNATURE_ALONE = { issuer: null, audience: null, graceSeconds: Number.POSITIVE_INFINITY };
type SignatureAlone = typeof SIGNATURE_ALONE;
/** The library asks for one; nothing is fetched. */
const NO_URI = 'none:';

/**
 * Verifies the signature of a token with a vetted key, and nothing else: times, issuer and audience are for
 * `checkClaims`, which compares them with the same clock as everything else.
 *
 * @param token   a token that `decodeToken` accepts
 * @param claims  its claims, as `readClaims` reads them
 * @param key     a key that fits the algorithm of the token
 * @returns what is wrong, or `undefined`
 * @throws {Fault} `unexpected`, `jwks_unavailable`, `jwks_throttled`  the library says that we use it wrongly
 */
export function verifySignature(
  token: string,
  claims: Pick<Claims, 'all' | 'scope'>,
  key: SigningKey,
): SignatureDefect | undefined {
  try {
    if (Array.isArray(claims.all['scope'])) new ListedScopeVerifier(key).verifyListed(token, claims);
    else verifyJwtSync(token, key.jwk as unknown as Jwk, SIGNATURE_ALONE, () => key.keyObject);
    return undefined;
  } catch (error) {
    return classify(error);
  }
}

/**
 * Takes a `scope` that is a list, which the library calls malformed. It is shown the text instead (RFC 8693 section 4.2), reads all
 * else by itself, and verifies the signature over the parts as they were sent.
 */
class ListedScopeVerifier extends JwtVerifierBase<
  SignatureAlone,
  JwtVerifierProperties<SignatureAlone>,
  false
> {
  constructor({ jwk, kid }: SigningKey) {
    const oneKey: Pick<JwksCache, 'getCachedJwk'> = { getCachedJwk: () => ({ ...jwk, kid }) as JwkWithKid };
    super({ issuer: null, jwksUri: NO_URI }, oneKey as JwksCache);
  }

  verifyListed(token: string, { all, scope }: Pick<Claims, 'all' | 'scope'>): void {
    const [header, payloadB64 = '', signature] = token.split('.');
    const withText = Buffer.from(JSON.stringify({ ...all, scope })).toString('base64url');
    const shown = decomposeUnverifiedJwt(`${header}.${withText}.${signature}`);
    this.verifyDecomposedJwtSync({ ...shown, payloadB64 }, NO_URI, SIGNATURE_ALONE);
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
