// RFC 7519 section 7.2, RFC 8725: the token is what it says, from whom it says, for us, and now.
import type { TrustedIssuer } from '../config.ts';
import { findIssuer } from '../config.ts';
import type { Result } from '../denial.ts';
import { denied, ok } from '../denial.ts';
import type { Algorithm } from '../environment.ts';
import { checkClaims } from './check-claims.ts';
import { decodeToken } from './decode-token.ts';
import type { Claims } from './read-claims.ts';
import { readClaims } from './read-claims.ts';
import type { InCoolDown, SigningKeys } from './signing-keys.ts';
import { verifySignature } from './verify-signature.ts';
import type { SigningKey } from './vet-keys.ts';

/**
 * Verifies a token: format, signature, time, issuer and audience.
 *
 * Afterwards every field of the claims has its type and range, the signature is that of a key that its issuer
 * publishes now, and the token lives no longer than its issuer's `maxTokenLifetimeSeconds`.
 * Does NOT know of revocations; see `checkRevocation`.
 *
 * @param keysOf  the key ring of each trusted issuer
 * @param now     the clock: NumericDate, whole seconds since the epoch; read when the keys are there
 * @param inCoolDown  what an unknown `kid` means while its issuer must not be asked again
 * @returns the claims, or a denial, in this order: `token_malformed`, `critical_header_unknown`, `issuer_not_trusted`,
 *   `algorithm_not_allowed`, `claim_missing`, `claim_invalid`, `signing_key_unknown`, `signature_invalid`,
 *   `token_expired`, `token_not_yet_valid`, `token_use_mismatch`, `audience_mismatch`, `token_type_mismatch`,
 *   `sender_constraint_unmet`, `lifetime_too_long`
 * @throws {Fault} `jwks_unavailable`, `jwks_throttled`  the issuer's keys could not be had
 */
export async function verifyToken(
  token: string,
  keysOf: ReadonlyMap<TrustedIssuer, SigningKeys>,
  now: () => number,
  inCoolDown: InCoolDown = 'deny',
): Promise<Result<Claims>> {
  const decoded = decodeToken(token);
  if (!decoded.ok) return decoded;
  const { unverifiedHeader: header, unverifiedClaims, signatureBytes } = decoded.value;

  const issuer = findIssuer(keysOf.keys(), unverifiedClaims['iss']);
  if (issuer === undefined) return denied('issuer_not_trusted');
  if (token.length > issuer.maxTokenChars) return denied('token_malformed', { issuer });
  const algorithm = issuer.algorithms.find((allowed) => allowed === header['alg']);
  if (algorithm === undefined) return denied('algorithm_not_allowed', { issuer });
  const claims = readClaims(unverifiedClaims, issuer);
  if (!claims.ok) return denied(claims.denial.reason, { issuer });

  const kid = typeof header['kid'] === 'string' ? header['kid'] : '';
  const keys = keysOf.get(issuer);
  if (kid === '' || keys === undefined) return denied('signing_key_unknown', { issuer });
  const askedAt = keys.now();
  const verifyWith = (candidates: readonly SigningKey[]) =>
    verifyUnder(candidates, algorithm, { token, signatureBytes, claims: claims.value });
  let key = verifyWith(await keys.find(kid, inCoolDown));
  const newer = key.ok || inCoolDown !== 'insist' ? undefined : await keys.findNewer(kid, askedAt);
  if (newer !== undefined) key = verifyWith(newer);
  if (!key.ok) return key;

  const { thumbprint: keyThumbprint } = key.value;
  const verified: Claims = { ...claims.value, kid, keyThumbprint };
  const reason = checkClaims(verified, header['typ'], now());
  return reason === undefined ? ok(verified) : denied(reason, verified);
}

/**
 * Finds the key that a token names among those under its `kid`, and verifies the signature with it. Several that fit the token
 * are as good as none: whether it is revoked by its key must not depend on their order (RFC 7517 section 4.5 wants distinct kids).
 */
function verifyUnder(
  candidates: readonly SigningKey[],
  algorithm: Algorithm,
  { token, signatureBytes, claims }: SignedToken,
): Result<SigningKey> {
  const { issuer } = claims;
  if (candidates.length === 0) return denied('signing_key_unknown', { issuer });
  const fit = candidates.filter(({ algorithms }) => algorithms.includes(algorithm));
  const [key] = fit;
  if (key === undefined) return denied('algorithm_not_allowed', { issuer });
  const { kid, thumbprint } = key;
  if (fit.some((other) => other.thumbprint !== thumbprint))
    return denied('signing_key_unknown', { issuer, kid, isAmbiguousKid: true });
  // The library throws a plain Error for some of these, which would look like a defect of ours.
  if (signatureBytes !== key.signatureBytes) return denied('signature_invalid', { issuer, kid });
  const defect = verifySignature(token, claims, key);
  if (defect !== undefined) return denied(defect.reason, { issuer, kid, isAnomaly: defect.isAnomaly });
  return ok(key);
}

interface SignedToken {
  readonly token: string;
  readonly signatureBytes: number;
  readonly claims: Claims;
}
