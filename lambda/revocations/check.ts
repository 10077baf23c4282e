import { isInForce, isRevokedBy } from '../revocation.ts';
import type { CommandContext } from './apply-command.ts';
import type { ResolvedTarget } from './resolve-target.ts';
import type { RevocationView } from './view-of.ts';
import { viewOf } from './view-of.ts';

export interface CheckAnswer {
  readonly command: 'check';
  /** Of anything but a whole token: whether one issued now would be. A cut-off in `records` still refuses older ones. */
  readonly live: boolean;
  /** The token is past its `exp`. */
  readonly expired: boolean;
  /** The revocations in force that concern the target; of a whole token, those of all its dimensions. */
  readonly records: readonly RevocationView[];
}

/** Tells whether a target is revoked, and by what. Does NOT verify a token. */
export async function check(
  { target, whole, expiresAt }: ResolvedTarget,
  { ledger, now }: CommandContext,
): Promise<CheckAnswer> {
  const targets = whole?.targets ?? [target];
  const found = await Promise.all(targets.map((each) => ledger.get(each)));
  const records = found.filter((record) => record !== undefined).filter((record) => isInForce(record, now));
  const expired = expiresAt !== undefined && expiresAt <= now;
  const live = !expired && !records.some((record) => isRevokedBy(record, whole?.issuedAt ?? now, now));
  return { command: 'check', live, expired, records: records.map(viewOf) };
}
