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
import type { SigningKeys } from './signing-keys.ts';
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

  const key = await findKey(header['kid'], algorithm, keysOf.get(issuer));
  if (!key.ok) return denied(key.denial.reason, { issuer });
  const { kid, thumbprint: keyThumbprint } = key.value;
  // The library throws a plain Error for some of these, which would look like a defect of ours.
  if (signatureBytes !== key.value.signatureBytes) return denied('signature_invalid', { issuer, kid });
  const defect = verifySignature(token, claims.value, key.value);
  if (defect !== undefined) return denied(defect.reason, { issuer, kid, isAnomaly: defect.isAnomaly });

  const verified: Claims = { ...claims.value, kid, keyThumbprint };
  const reason = checkClaims(verified, header['typ'], now());
  return reason === undefined ? ok(verified) : denied(reason, verified);
}

async function findKey(kid: unknown, algorithm: Algorithm, keys?: SigningKeys): Promise<Result<SigningKey>> {
  const candidates = typeof kid === 'string' && kid !== '' && keys ? await keys.find(kid) : [];
  if (candidates.length === 0) return denied('signing_key_unknown');
  const key = candidates.find(({ algorithms }) => algorithms.includes(algorithm));
  return key === undefined ? denied('algorithm_not_allowed') : ok(key);
}
