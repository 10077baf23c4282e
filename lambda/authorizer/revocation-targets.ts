import type { RevocationTarget } from '../revocation.ts';
import { keyItself } from '../revocation.ts';
import type { Claims } from './read-claims.ts';

/**
 * Names everything by which a token can be revoked, the narrowest first: where it has several names of one dimension,
 * each of them.
 *
 * A session or client that the token does not name is left out: where it must not be, the issuer's profile demands
 * it, and `readClaims` denied.
 */
export function revocationTargets(claims: Claims): readonly RevocationTarget[] {
  const issuerId = claims.issuer.id;
  const { kid: keyId = '', keyThumbprint } = claims;
  return [
    { dimension: 'token', issuerId, value: claims.jwtId },
    ...claims.sessionIds.map((value) => ({ dimension: 'session', issuerId, value }) as const),
    { dimension: 'subject', issuerId, value: claims.subject },
    ...claims.clientIds.map((value) => ({ dimension: 'client', issuerId, value }) as const),
    { dimension: 'key', issuerId, value: keyId },
    ...(keyThumbprint === undefined ? [] : [keyItself(issuerId, keyThumbprint)]),
    { dimension: 'issuer', issuerId, value: issuerId },
    ...Object.entries(claims.revocable).map(
      ([claim, value]) => ({ dimension: 'claim', issuerId, claim, value }) as const,
    ),
  ];
}
