import { isExpired } from '../authorizer/check-claims.ts';
import { Fault } from '../fault.ts';
import { isInForce, isRevokedBy } from '../revocation.ts';
import type { CommandContext } from './apply-command.ts';
import { findPublishedKeys, thumbprintTargets } from './key-names.ts';
import type { ResolvedTarget } from './resolve-target.ts';
import type { RevocationView } from './view-of.ts';
import { viewOf } from './view-of.ts';

export interface CheckAnswer {
  readonly command: 'check';
  /** Of anything but a whole token: whether one issued now would be. A cut-off in `records` still refuses older ones. */
  readonly live: boolean;
  /** The token is past its `exp` and the grace of its issuer: the authorizer denies it. */
  readonly expired: boolean;
  /** The revocations in force that concern the target; of a whole token, those of all its dimensions. */
  readonly records: readonly RevocationView[];
}

/**
 * Tells whether a target is revoked, and by what. Does NOT verify a token.
 *
 * @throws {Fault} `jwks_unavailable`  no record refuses the key, or the token, by its `kid`, and whether one refuses it by its
 *   thumbprint is not known
 */
export async function check(
  resolved: ResolvedTarget,
  { ledger, fetchKeys, now }: CommandContext,
): Promise<CheckAnswer> {
  const { target, issuer, whole, expiresAt } = resolved;
  const keys = resolved.kid === undefined ? [] : await findPublishedKeys(resolved, fetchKeys);
  const targets = [...(whole?.targets ?? [target]), ...thumbprintTargets(resolved, keys)];
  const found = await Promise.all(targets.map((each) => ledger.get(each)));
  const records = found.filter((record) => record !== undefined).filter((record) => isInForce(record, now));
  const expired = expiresAt !== undefined && isExpired({ issuer, expiresAt }, now);
  const isRevoked = records.some((record) => isRevokedBy(record, whole?.issuedAt ?? now, now));
  const live = !expired && !isRevoked;
  // Without the keys nobody knows whether the one that is meant was revoked by its thumbprint.
  if (live && keys instanceof Fault) throw keys;
  return { command: 'check', live, expired, records: records.map(viewOf) };
}
