import type { SigningKey } from '../authorizer/vet-keys.ts';
import type { TrustedIssuer } from '../config.ts';
import { Fault } from '../fault.ts';
import type { RevocationTarget } from '../revocation.ts';
import { JKT, keyItself } from '../revocation.ts';
import type { ResolvedTarget } from './resolve-target.ts';

/**
 * Fetches the keys that an issuer publishes now, looking for a `kid` if one is given.
 *
 * @throws {Fault} `jwks_unavailable`  they could not be fetched
 */
export type FetchKeys = (issuer: TrustedIssuer, kid?: string) => Promise<readonly SigningKey[]>;

/** A published key, by every name that it has. */
export interface PublishedKey {
  readonly thumbprint: string;
  readonly kids: readonly string[];
}

/**
 * Finds the published keys that a target names, by `kid` or by thumbprint. A token given whole names only those that fit its `alg`.
 *
 * @returns the keys, or the fault that kept them from being fetched
 */
export async function findPublishedKeys(
  { issuer, kid, target, whole }: ResolvedTarget,
  fetchKeys: FetchKeys,
): Promise<readonly PublishedKey[] | Fault> {
  const named = target.claim === JKT ? target.value : undefined;
  let keys: readonly SigningKey[];
  try {
    keys = await fetchKeys(issuer, kid);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  const fits = (key: SigningKey) => !whole || key.algorithms.some((each) => each === whole.algorithm);
  const meant = keys.filter((key) => (key.kid === kid && fits(key)) || key.thumbprint === named);
  return [...new Set(meant.map(({ thumbprint }) => thumbprint))].map((thumbprint) => ({
    thumbprint,
    kids: keys.filter((key) => key.thumbprint === thumbprint).map((key) => key.kid),
  }));
}

/** Names the keys that were found by their thumbprints, beside the target itself. */
export function thumbprintTargets(
  { issuer, target }: ResolvedTarget,
  keys: readonly PublishedKey[] | Fault,
): readonly RevocationTarget[] {
  if (keys instanceof Fault || target.claim === JKT) return [];
  return keys.map(({ thumbprint }) => keyItself(issuer.id, thumbprint));
}

/** Says what a command did before its next write fails; empty when that is its first. */
export function earlierChanges(
  done: readonly RevocationTarget[],
  outcome: 'revoked' | 'reinstated',
  next: RevocationTarget,
): string {
  if (done.length === 0) return '';
  return `${done.map((each) => `${nameOfKey(each)} is ${outcome}; `).join('')}for ${nameOfKey(next)}, `;
}

function nameOfKey({ claim, value }: RevocationTarget): string {
  return claim === JKT ? `the thumbprint ${value}` : `the kid ${JSON.stringify(value)}`;
}
