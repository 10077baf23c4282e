import { Fault } from '../fault.ts';
import type { RevocationRecord, RevocationTarget } from '../revocation.ts';
import {
  isInForce,
  isRevokedBy,
  keyItself,
  NEVER,
  RETENTION_MARGIN_SECONDS,
  revocationKey,
} from '../revocation.ts';
import type { CommandContext } from './apply-command.ts';
import type { PublishedKey } from './key-names.ts';
import { earlierChanges, findPublishedKeys, thumbprintTargets } from './key-names.ts';
import type { ReinstateCommand } from './parse-command.ts';
import type { ResolvedTarget } from './resolve-target.ts';
import type { RevocationView } from './view-of.ts';
import { viewOf } from './view-of.ts';
import type { Change, Written } from './write-change.ts';
import { beforeWrites, originOf, writeChange } from './write-change.ts';

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
  /** What somebody must know about what may still be in force, in sentences. */
  readonly notes: readonly string[];
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
  const { ledger, fetchKeys, now } = context;
  const { keepBefore = NEVER } = command;
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
      ...originOf(command, context),
    };
  };

  const isByKid = target.dimension === 'key' && resolved.kid !== undefined;
  const keys = resolved.kid === undefined ? [] : await findPublishedKeys(resolved, fetchKeys);
  const kept = isByKid ? await beforeWrites(findKept(resolved, keys, context)) : [];
  const liftable =
    keys instanceof Fault ? keys : keys.filter((key) => !kept.some((each) => each.key === key));
  // The kid comes last: while it is revoked, a repetition completes what was interrupted.
  const targets = [...(isByKid ? thumbprintTargets(resolved, liftable) : []), target];
  const written: Written[] = [];
  const done: RevocationTarget[] = [];
  for (const each of targets) {
    const seen = dryRun ? await ledger.get(each) : undefined;
    const one = dryRun
      ? { before: seen, after: decide(seen) }
      : await writeChange(ledger, each, decide, earlierChanges(done, 'reinstated', each));
    written.unshift(one);
    if (one.after !== one.before) done.push(each);
  }
  const lifted = written.find(({ before, after }) => after !== before)?.before;
  const remaining = written[0]?.after;
  return {
    command: 'reinstate',
    dryRun,
    changed: lifted !== undefined,
    record: lifted === undefined ? null : viewOf(lifted),
    remaining: remaining && isInForce(remaining, now) ? viewOf(remaining) : null,
    refusedBy: await findOthers(resolved, keys, context),
    notes: isByKid ? notesOnKeys(resolved, keys, kept) : notesOnFault(resolved, keys),
  };
}

/** A key that stays revoked by its thumbprint although one of its kids is reinstated. */
interface KeptKey {
  readonly key: PublishedKey;
  /** Its other kids that are revoked; none: the one that was named is not revoked. */
  readonly revokedKids: readonly string[];
}

/** Finds the keys under a `kid` whose thumbprint is revoked on account of something else than this `kid`. */
async function findKept(
  { target, issuer }: ResolvedTarget,
  keys: readonly PublishedKey[] | Fault,
  { ledger, now }: CommandContext,
): Promise<readonly KeptKey[]> {
  if (keys instanceof Fault) return [];
  const isRevoked = async (each: RevocationTarget) => {
    const record = await ledger.get(each);
    return record !== undefined && isInForce(record, now);
  };
  const isNamedRevoked = await isRevoked(target);
  const kept: KeptKey[] = [];
  for (const key of keys) {
    if (!(await isRevoked(keyItself(issuer.id, key.thumbprint)))) continue;
    const revokedKids: string[] = [];
    for (const value of key.kids) {
      if (value !== target.value && (await isRevoked({ ...target, value }))) revokedKids.push(value);
    }
    if (!isNamedRevoked || revokedKids.length > 0) kept.push({ key, revokedKids });
  }
  return kept;
}

/** Finds what still refuses a token that was reinstated: its revocations in other dimensions. */
async function findOthers(
  resolved: ResolvedTarget,
  keys: readonly PublishedKey[] | Fault,
  { ledger, now }: CommandContext,
): Promise<readonly RevocationView[] | null> {
  const { target, whole } = resolved;
  if (whole === undefined) return null;
  const others = [...whole.targets, ...thumbprintTargets(resolved, keys)].filter(
    (each) => revocationKey(each) !== revocationKey(target),
  );
  const found = await Promise.all(others.map((each) => ledger.get(each)));
  return found
    .filter((record) => record !== undefined)
    .filter((record) => isRevokedBy(record, whole.issuedAt, now))
    .map(viewOf);
}

/** Without the key of a token, a revocation of it by its thumbprint goes unseen. */
function notesOnFault({ issuer }: ResolvedTarget, keys: readonly PublishedKey[] | Fault): readonly string[] {
  if (!(keys instanceof Fault)) return [];
  return [
    `The keys of ${JSON.stringify(issuer.id)} could not be fetched: whether the key of this token is revoked by its thumbprint is not known.`,
  ];
}

/** A key that was revoked by its `kid` was revoked by its thumbprint too, if it was published then. */
function notesOnKeys(
  { issuer, kid }: ResolvedTarget,
  keys: readonly PublishedKey[] | Fault,
  kept: readonly KeptKey[],
): readonly string[] {
  const id = JSON.stringify(issuer.id);
  if (keys instanceof Fault) {
    return [
      `The keys of ${id} could not be fetched: if the key was revoked by its thumbprint too, that revocation is still in force. Reinstate the thumbprint (list the dimension key).`,
    ];
  }
  if (keys.length > 0) {
    return kept.map(({ key: { thumbprint }, revokedKids }) => {
      const names = revokedKids.map((each) => JSON.stringify(each)).join(' and ');
      const stays = `The key with the thumbprint ${thumbprint} stays revoked under every kid`;
      return revokedKids.length === 0
        ? `${stays}: the kid ${JSON.stringify(kid)} was not revoked. To accept the key again, reinstate its thumbprint.`
        : `${stays}: its kid ${names} is revoked. To accept the key again, reinstate that too, or its thumbprint.`;
    });
  }
  return [
    `${id} publishes no usable key with the kid ${JSON.stringify(kid)}: if it was revoked by its thumbprint too, that revocation is still in force (list the dimension key).`,
  ];
}
