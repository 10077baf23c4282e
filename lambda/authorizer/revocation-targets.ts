import type { RevocationTarget } from '../revocation.ts';
import type { Claims } from './read-claims.ts';

/**
 * Names everything by which a token can be revoked, the narrowest first.
 *
 * A session or client that the token does not name is left out: where it must not be, the issuer's profile demands
 * it, and `readClaims` denied.
 */
export function revocationTargets(claims: Claims): readonly RevocationTarget[] {
  const issuerId = claims.issuer.id;
  const { sessionId, clientId, kid: keyId = '' } = claims;
  return [
    { dimension: 'token', issuerId, value: claims.jwtId },
    ...(sessionId === undefined ? [] : [{ dimension: 'session', issuerId, value: sessionId } as const]),
    { dimension: 'subject', issuerId, value: claims.subject },
    ...(clientId === undefined ? [] : [{ dimension: 'client', issuerId, value: clientId } as const]),
    { dimension: 'key', issuerId, value: keyId },
    { dimension: 'issuer', issuerId, value: issuerId },
    ...Object.entries(claims.revocable).map(
      ([claim, value]) => ({ dimension: 'claim', issuerId, claim, value }) as const,
    ),
  ];
}
