import { randomUUID } from 'node:crypto';
import { Fault } from '../fault.ts';
import type { RevocationRecord, RevocationTarget } from '../revocation.ts';
import type { RevocationLedger } from '../revocation-ledger.ts';
import type { CommandContext } from './apply-command.ts';
import type { RevokeCommand } from './parse-command.ts';

/** A change as its command wants it; what comes from the record before it is filled in when it is written. */
export type Change = Omit<RevocationRecord, 'sequence' | 'previous'>;

/** Says of a change who asked for it, why and when. No two changes have the same `nonce`. */
export function originOf(
  { reason, actor, ticket }: Pick<RevokeCommand, 'reason' | 'actor' | 'ticket'>,
  { now, requestId }: Pick<CommandContext, 'now' | 'requestId'>,
) {
  return {
    reason,
    actor,
    actorSource: 'claimed',
    ...(ticket !== undefined && { ticket }),
    changedAt: now,
    requestId,
    nonce: randomUUID(),
  } as const;
}

export interface Written {
  readonly before: RevocationRecord | undefined;
  /** The same as `before` when nothing was to be done. */
  readonly after: Change | undefined;
}

/** So often is a write tried again that somebody else overtook. */
const MAX_ATTEMPTS = 20;

/**
 * Changes the record of a target: reads, decides, writes only over what was read, and appends to the history.
 *
 * The state and its change are two items without a transaction. The state holds its last change in full, and before
 * anybody replaces or confirms it, they append that change once more. So whoever dies between the two writes leaves a
 * change that was not acknowledged and that the next command for the target completes; none is missing, none is double.
 *
 * @param decide   gives the new record, or back what it saw when nothing is to be done
 * @param earlier  what the command did before, for the message of a fault; see `earlierChanges`
 * @throws {Fault} `revocation_store_unavailable`  not confirmed; the message says what was done
 */
export async function writeChange(
  ledger: RevocationLedger,
  target: RevocationTarget,
  decide: (seen: RevocationRecord | undefined) => Change | undefined,
  earlier = '',
): Promise<Written> {
  let done = NOTHING;
  try {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      done = NOTHING;
      const before = await ledger.get(target);
      if (before !== undefined) await ledger.recordChange(before);
      const after = decide(before);
      if (after === undefined || after === before) return { before, after };
      const record = successor(before, after);
      done = 'whether the change is in force is not known';
      if (!(await ledger.put(record, before))) continue;
      done = 'the change is in force; the next command for the same target completes its history';
      await ledger.recordChange(record);
      return { before, after: record };
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault(error.code, `${error.what}; ${earlier}${done}`, { cause: error });
  }
  const what = `others kept changing the same record; ${earlier}${NOTHING}`;
  throw new Fault('revocation_store_unavailable', what);
}

const NOTHING = 'nothing was changed';

/** Says in a fault of what a command reads before its first write that it wrote nothing. */
export async function beforeWrites<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault(error.code, `${error.what}; ${NOTHING}`, { cause: error });
  }
}

/** Clocks differ between two invocations; the history must not. */
function successor(before: RevocationRecord | undefined, change: Change): RevocationRecord {
  if (before === undefined) return { ...change, sequence: 1 };
  const { revokedBefore, expiresAt } = before;
  return {
    ...change,
    changedAt: Math.max(change.changedAt, before.changedAt),
    sequence: before.sequence + 1,
    previous: { revokedBefore, ...(expiresAt !== undefined && { expiresAt }) },
  };
}
