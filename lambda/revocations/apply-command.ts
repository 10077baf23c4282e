import { randomUUID } from 'node:crypto';
import type { TrustedIssuer } from '../config.ts';
import { Fault } from '../fault.ts';
import type { RevocationRecord } from '../revocation.ts';
import {
  FOREVER,
  isInForce,
  isRevokedBy,
  mergeRevocations,
  NEVER,
  RETENTION_MARGIN_SECONDS,
} from '../revocation.ts';
import type { RevocationLedger } from '../revocation-store.ts';
import { CommandInvalid } from './command-invalid.ts';
import type { CheckCommand, Command, ListCommand, ReinstateCommand, RevokeCommand } from './parse-command.ts';
import type { ResolvedTarget } from './resolve-target.ts';
import { resolveTarget } from './resolve-target.ts';
import type { RevocationView } from './view-of.ts';
import { viewOf } from './view-of.ts';

/** The answers, by command. Times are NumericDates, seconds since the epoch. */
export type Answer =
  | {
      readonly command: 'revoke';
      /** False: it was revoked at least as far before, or nothing that it covers can be alive. */
      readonly changed: boolean;
      /** The revocation in force; null: nothing that it would cover can be alive. */
      readonly record: RevocationView | null;
      /** The earliest `iat` that is live again; null: none. */
      readonly safeSignInFrom: number | null;
    }
  | {
      readonly command: 'reinstate';
      readonly changed: boolean;
      /** The revocation that was lifted; null: there was none. */
      readonly record: RevocationView | null;
    }
  | {
      readonly command: 'check';
      readonly live: boolean;
      /** The token is past its `exp`. */
      readonly expired: boolean;
      /** The revocations in force that concern the target. */
      readonly records: readonly RevocationView[];
    }
  | {
      readonly command: 'list';
      /** At most `limit` revocations in force, in no order; a page may be short, even empty, and not the last. */
      readonly records: readonly RevocationView[];
      /** Gets the next page; null: this is the last one. */
      readonly cursor: string | null;
    };

/** How far beyond now a cut-off may lie: the clocks of the caller and of this function differ. */
const CLOCK_TOLERANCE_SECONDS = 300;

/** How long a lifted revocation stays readable in the table, in seconds. */
const REINSTATED_RETENTION_SECONDS = 90 * 24 * 60 * 60;

/** So often is a write tried again that somebody else overtook. */
const MAX_WRITE_ATTEMPTS = 20;

/** A listing that meets many lifted or expired records stops after so many reads, with what it has. */
const MAX_PAGES_PER_LISTING = 10;

/**
 * Carries a command out.
 *
 * When it returns, the change holds for every authorization that begins later, and every repetition of the command
 * answers the same without another change.
 *
 * @param now  NumericDate, whole seconds
 * @throws {CommandInvalid}  an unknown issuer, an impossible time
 * @throws {Fault} `revocation_store_unavailable`  not confirmed: perhaps done, perhaps not; repeat the command
 */
export function applyCommand(
  command: Command,
  ledger: RevocationLedger,
  issuers: readonly TrustedIssuer[],
  now: number,
): Promise<Answer> {
  switch (command.command) {
    case 'revoke':
      return revoke(command, ledger, resolveTarget(command.target, issuers), now);
    case 'reinstate':
      return reinstate(command, ledger, resolveTarget(command.target, issuers), now);
    case 'check':
      return check(command, ledger, resolveTarget(command.target, issuers), now);
    case 'list':
      return list(command, ledger, now);
  }
}

async function revoke(
  command: RevokeCommand,
  ledger: RevocationLedger,
  resolved: ResolvedTarget,
  now: number,
): Promise<Answer> {
  const validity = validityOf(command, resolved, now);
  if (validity.expiresAt !== undefined && validity.expiresAt <= now) {
    return { command: 'revoke', changed: false, record: null, safeSignInFrom: null };
  }
  const { reason, actor } = command;
  const incoming = { ...resolved.target, ...validity, reason, actor, changedAt: now, nonce: randomUUID() };
  const written = await write(ledger, resolved, (seen) => mergeRevocations(seen, incoming));
  const { revokedBefore } = written.after ?? incoming;
  return {
    command: 'revoke',
    changed: written.after !== written.before,
    record: viewOf(written.after ?? incoming),
    safeSignInFrom: revokedBefore === FOREVER ? null : revokedBefore + 1,
  };
}

/** How far a revocation reaches, and from when on no token that it covers can be alive. */
function validityOf(
  { before, block }: RevokeCommand,
  { target, issuer, expiresAt = 0 }: ResolvedTarget,
  now: number,
): Pick<RevocationRecord, 'revokedBefore' | 'expiresAt'> {
  const margin = issuer.graceSeconds + RETENTION_MARGIN_SECONDS;
  if (target.dimension === 'token') return { revokedBefore: FOREVER, expiresAt: expiresAt + margin };
  if (block) return { revokedBefore: FOREVER };
  if (before !== undefined && before > now + CLOCK_TOLERANCE_SECONDS) {
    throw new CommandInvalid(
      'before',
      before,
      `at most ${now + CLOCK_TOLERANCE_SECONDS}, five minutes from now`,
    );
  }
  // The issuer's clock may be ahead by its grace: a token that it issued before now can say so much later an `iat`.
  const revokedBefore = before ?? now + issuer.graceSeconds;
  return { revokedBefore, expiresAt: revokedBefore + issuer.maxTokenLifetimeSeconds + margin };
}

async function reinstate(
  { reason, actor }: ReinstateCommand,
  ledger: RevocationLedger,
  resolved: ResolvedTarget,
  now: number,
): Promise<Answer> {
  const { before, after } = await write(ledger, resolved, (seen) => {
    if (seen === undefined || !isInForce(seen, now)) return seen;
    const expiresAt = now + REINSTATED_RETENTION_SECONDS;
    return { ...seen, revokedBefore: NEVER, expiresAt, reason, actor, changedAt: now, nonce: randomUUID() };
  });
  const changed = after !== before;
  return { command: 'reinstate', changed, record: changed && before ? viewOf(before) : null };
}

/** Reads, decides, and writes only over what was read; `decide` gives back what it saw when nothing is to be done. */
async function write(
  ledger: RevocationLedger,
  { target }: ResolvedTarget,
  decide: (seen: RevocationRecord | undefined) => RevocationRecord | undefined,
): Promise<{ before: RevocationRecord | undefined; after: RevocationRecord | undefined }> {
  for (let attempt = 0; attempt < MAX_WRITE_ATTEMPTS; attempt += 1) {
    const before = await ledger.get(target);
    const after = decide(before);
    if (after === undefined || after === before || (await ledger.put(after, before)))
      return { before, after };
  }
  throw new Fault('revocation_store_unavailable', 'others kept changing the same record; repeat the command');
}

async function check(
  _command: CheckCommand,
  ledger: RevocationLedger,
  { target, bearer, expiresAt }: ResolvedTarget,
  now: number,
): Promise<Answer> {
  const targets = bearer === undefined ? [target] : [target, bearer.subject];
  const found = await Promise.all(targets.map((each) => ledger.get(each)));
  const records = found.filter((record) => record !== undefined).filter((record) => isInForce(record, now));
  const expired = expiresAt !== undefined && expiresAt <= now;
  const live = !expired && !records.some((record) => isRevokedBy(record, bearer?.issuedAt ?? now, now));
  return { command: 'check', live, expired, records: records.map(viewOf) };
}

async function list({ limit, cursor }: ListCommand, ledger: RevocationLedger, now: number): Promise<Answer> {
  const records: RevocationRecord[] = [];
  let next = cursor;
  for (let page = 0; page < MAX_PAGES_PER_LISTING && records.length < limit; page += 1) {
    const found = await ledger.scan(limit - records.length, next);
    records.push(...found.records.filter((record) => isInForce(record, now)));
    next = found.next;
    if (next === undefined) break;
  }
  return { command: 'list', records: records.map(viewOf), cursor: next ?? null };
}
