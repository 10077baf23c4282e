import { randomUUID } from 'node:crypto';
import type { RevocationRecord } from '../revocation.ts';
import { isInForce, isRevokedBy, NEVER, RETENTION_MARGIN_SECONDS, revocationKey } from '../revocation.ts';
import type { CommandContext } from './apply-command.ts';
import type { ReinstateCommand } from './parse-command.ts';
import type { ResolvedTarget } from './resolve-target.ts';
import type { RevocationView } from './view-of.ts';
import { viewOf } from './view-of.ts';
import type { Change } from './write-change.ts';
import { writeChange } from './write-change.ts';

export interface ReinstateAnswer {
  readonly command: 'reinstate';
  /** Nothing was written; the rest says what would have been. */
  readonly dryRun: boolean;
  readonly changed: boolean;
  /** The revocation that was lifted; null: there was none. */
  readonly record: RevocationView | null;
  /** The cut-off that stays in force; null: none. */
  readonly remaining: RevocationView | null;
  /** The other revocations that refuse a token given whole; null: of anything else they are not known. */
  readonly refusedBy: readonly RevocationView[] | null;
}

/** How long a lifted revocation stays readable in the table, in seconds; its history stays for good. */
const REINSTATED_RETENTION_SECONDS = 90 * 24 * 60 * 60;

/** Lifts the revocation of a target, or all of it but a cut-off. */
export async function reinstate(
  command: ReinstateCommand,
  resolved: ResolvedTarget,
  context: CommandContext,
): Promise<ReinstateAnswer> {
  const { target, issuer } = resolved;
  const { ledger, now, requestId } = context;
  const { reason, actor, ticket, keepBefore = NEVER } = command;
  const dryRun = command.dryRun ?? false;
  const margin = issuer.graceSeconds + RETENTION_MARGIN_SECONDS;
  const decide = (seen: RevocationRecord | undefined): Change | undefined => {
    if (seen === undefined || !isInForce(seen, now) || seen.revokedBefore <= keepBefore) return seen;
    const kept = keepBefore + issuer.maxTokenLifetimeSeconds + margin;
    const expiresAt =
      keepBefore === NEVER ? now + REINSTATED_RETENTION_SECONDS : Math.max(kept, seen.expiresAt ?? NEVER);
    const { ticket: _, ...rest } = seen;
    return {
      ...rest,
      revokedBefore: keepBefore,
      expiresAt,
      change: 'reinstate',
      reason,
      actor,
      actorSource: 'claimed',
      ...(ticket !== undefined && { ticket }),
      changedAt: now,
      requestId,
      nonce: randomUUID(),
    };
  };

  const seen = dryRun ? await ledger.get(target) : undefined;
  const { before, after } = dryRun
    ? { before: seen, after: decide(seen) }
    : await writeChange(ledger, target, decide);
  const changed = after !== before;
  return {
    command: 'reinstate',
    dryRun,
    changed,
    record: changed && before ? viewOf(before) : null,
    remaining: after && isInForce(after, now) ? viewOf(after) : null,
    refusedBy: await findOthers(resolved, context),
  };
}

/** Whoever reinstates a token wants it accepted, and another dimension may still be in the way. */
async function findOthers(
  { target, whole }: ResolvedTarget,
  { ledger, now }: CommandContext,
): Promise<readonly RevocationView[] | null> {
  if (whole === undefined) return null;
  const others = whole.targets.filter((each) => revocationKey(each) !== revocationKey(target));
  const found = await Promise.all(others.map((each) => ledger.get(each)));
  return found
    .filter((record) => record !== undefined)
    .filter((record) => isRevokedBy(record, whole.issuedAt, now))
    .map(viewOf);
}
