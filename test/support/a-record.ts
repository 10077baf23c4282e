import { randomUUID } from 'node:crypto';
import type { RevocationRecord } from '../../lambda/revocation.ts';
import { FOREVER } from '../../lambda/revocation.ts';

/** A record in force, of a token of its own; a test overrides only what it is about. */
export function aRecord(changes: Partial<RevocationRecord> = {}): RevocationRecord {
  return {
    dimension: 'token',
    issuerId: 'test-issuer',
    value: randomUUID(),
    revokedBefore: FOREVER,
    change: 'revoke',
    reason: 'a test',
    actor: 'a tester',
    actorSource: 'claimed',
    changedAt: Math.floor(Date.now() / 1000),
    requestId: 'r-1',
    sequence: 1,
    nonce: randomUUID(),
    ...changes,
  };
}
