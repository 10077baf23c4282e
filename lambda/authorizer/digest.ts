import { hash } from 'node:crypto';

/** Digests a claim: enough to follow one token or subject through a log without naming it. */
export function digest(claim: string): string {
  return hash('sha256', claim, 'base64url').slice(0, 16);
}
