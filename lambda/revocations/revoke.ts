import type { TrustedIssuer } from '../config.ts';
import { Fault } from '../fault.ts';
import type { Reach, RevocationRecord, RevocationTarget } from '../revocation.ts';
import { FOREVER, isInForce, mergeRevocations, RETENTION_MARGIN_SECONDS } from '../revocation.ts';
import type { CommandContext } from './apply-command.ts';
import { CommandInvalid } from './command-invalid.ts';
import type { PublishedKey } from './key-names.ts';
import { earlierChanges, findPublishedKeys, thumbprintTargets } from './key-names.ts';
import { notesOn } from './notes-on.ts';
import type { RevokeCommand } from './parse-command.ts';
import type { ResolvedTarget } from './resolve-target.ts';
import type { RevocationView } from './view-of.ts';
import { viewOf } from './view-of.ts';
import type { Change } from './write-change.ts';
import { originOf, writeChange } from './write-change.ts';

export interface RevokeAnswer {
  readonly command: 'revoke';
  /** Nothing was written; the rest says what would have been. */
  readonly dryRun: boolean;
  /** False: it was revoked at least as far before, or nothing that it covers can be alive. */
  readonly changed: boolean;
  /** The revocation in force; null: nothing that it would cover can be alive. */
  readonly record: RevocationView | null;
  /** The revocation that was in force before; null: none. */
  readonly previous: RevocationView | null;
  /**
   * The earliest `iat` that is live again, in the issuer's time; null: none. A token issued before it stays refused, even if
   * it comes from a newer sign-in: get a new one after that second.
   */
  readonly safeSignInFrom: number | null;
  /** Every authorization that begins at or after it sees the revocation; null: there is none to see. */
  readonly effectiveFrom: number | null;
  /** What somebody must know about this revocation, in sentences. */
  readonly notes: readonly string[];
}

/** How far beyond now a cut-off may lie: the clocks of the caller and of this function differ. */
const CLOCK_TOLERANCE_SECONDS = 300;

/** Revokes a target, as far as the command says and at least as far as it is revoked already. */
export async function revoke(
  command: RevokeCommand,
  resolved: ResolvedTarget,
  context: CommandContext,
): Promise<RevokeAnswer> {
  const { target } = resolved;
  const { ledger, fetchKeys, now, clock, worstCaseSeconds } = context;
  const dryRun = command.dryRun ?? false;
  const reach = reachOf(command, resolved, now);
  if (reach.expiresAt !== undefined && reach.expiresAt <= now) {
    const nothing = { record: null, previous: null, safeSignInFrom: null, effectiveFrom: null };
    return { command: 'revoke', dryRun, changed: false, ...nothing, notes: [] };
  }
  const write = async (each: RevocationTarget, done: readonly RevocationTarget[] = []) => {
    const incoming: Change = {
      ...each,
      ...reach,
      change: 'revoke',
      ...originOf(command, context),
    };
    const decide = (seen: RevocationRecord | undefined) =>
      seen && isSessionCovered(seen, resolved, now) ? seen : mergeRevocations<Change>(seen, incoming);
    const seen = dryRun ? await ledger.get(each) : undefined;
    const { before, after = incoming } = dryRun
      ? { before: seen, after: decide(seen) }
      : await writeChange(ledger, each, decide, earlierChanges(done, 'revoked', each));
    return { before, record: after, changed: after !== before };
  };

  const keysFound =
    target.dimension === 'key' ? findPublishedKeys(resolved, fetchKeys) : Promise.resolve(undefined);
  const writeAll = async () => {
    const named = await write(target);
    const keys = (await keysFound) ?? [];
    // A repetition writes what an interruption left out: each record by itself is written once.
    let isAnyChanged = named.changed;
    const done = [target];
    for (const each of thumbprintTargets(resolved, keys)) {
      isAnyChanged = (await write(each, done)).changed || isAnyChanged;
      done.push(each);
    }
    return { ...named, isAnyChanged };
  };
  const [{ before, record, isAnyChanged }, notes] = await Promise.all([
    writeAll(),
    keysFound.then((keys) => (keys ? notesOnKeys(resolved, keys) : notesOn(command, resolved, context))),
  ]);
  return {
    command: 'revoke',
    dryRun,
    changed: isAnyChanged,
    record: viewOf(record),
    previous: before && isInForce(before, now) ? viewOf(before) : null,
    safeSignInFrom: record.revokedBefore === FOREVER ? null : record.revokedBefore + 1,
    effectiveFrom: dryRun ? null : Math.ceil(clock() / 1000) + worstCaseSeconds(target.dimension),
    notes,
  };
}

/** How far the revocation reaches, and from when on no token that it covers can be alive. */
function reachOf(
  { before, block }: RevokeCommand,
  { target, issuer, expiresAt = 0 }: ResolvedTarget,
  now: number,
): Reach {
  const margin = issuer.graceSeconds + RETENTION_MARGIN_SECONDS;
  if (target.dimension === 'token') return { revokedBefore: FOREVER, expiresAt: expiresAt + margin };
  if (target.dimension === 'session') {
    return { revokedBefore: FOREVER, expiresAt: now + sessionSpan(issuer) };
  }
  // A stolen key signs whatever `iat` its thief likes.
  if (target.dimension === 'key' || block) return { revokedBefore: FOREVER };
  const latest = now + CLOCK_TOLERANCE_SECONDS;
  if (before !== undefined && before > latest) {
    throw new CommandInvalid('before', before, `at most ${latest}, five minutes from now`);
  }
  // The issuer's clock may be ahead by the grace: a token that it issued before now can carry an `iat` that far ahead.
  const revokedBefore = before ?? now + issuer.graceSeconds;
  return { revokedBefore, expiresAt: revokedBefore + issuer.maxTokenLifetimeSeconds + margin };
}

/** A session that has just begun can give its last token at its end, and that one lives on for its whole lifetime. */
function sessionSpan(issuer: TrustedIssuer): number {
  const { maxSessionLifetimeSeconds, maxTokenLifetimeSeconds, graceSeconds } = issuer;
  return maxSessionLifetimeSeconds + maxTokenLifetimeSeconds + graceSeconds + RETENTION_MARGIN_SECONDS;
}

/** A session does not grow older by being revoked again: the record of the first time outlives it. */
function isSessionCovered(seen: RevocationRecord, { target, issuer }: ResolvedTarget, now: number): boolean {
  if (target.dimension !== 'session' || !isInForce(seen, now) || seen.expiresAt === undefined) return false;
  return seen.expiresAt >= seen.changedAt + sessionSpan(issuer);
}

/** Which keys are covered, or why it is not known. */
function notesOnKeys(
  { issuer, kid }: ResolvedTarget,
  keys: readonly PublishedKey[] | Fault,
): readonly string[] {
  const id = JSON.stringify(issuer.id);
  const name = kid === undefined ? 'this thumbprint' : `the kid ${JSON.stringify(kid)}`;
  if (keys instanceof Fault) {
    const unknown = `The keys of ${id} could not be fetched`;
    return [
      kid === undefined
        ? `${unknown}: whether it publishes a key with ${name} is not known.`
        : `${unknown}: this refuses only tokens that name ${name}, and the same key under another kid is still accepted. Repeat the command to cover the key itself.`,
    ];
  }
  if (keys.length === 0) {
    const rest = kid === undefined ? '' : '; this refuses only tokens that name this kid';
    return [`${id} publishes no usable key with ${name}${rest}.`];
  }
  return keys.map(({ thumbprint, kids }) => {
    const names = kids.map((each) => JSON.stringify(each)).join(' and ');
    return `This covers the key with the thumbprint ${thumbprint} under every kid; ${id} publishes it as ${names}.`;
  });
}
