import type { TrustedIssuer } from '../config.ts';
import type { Dimension } from '../environment.ts';
import type { RevocationLedger } from '../revocation-ledger.ts';
import type { CheckAnswer } from './check.ts';
import { check } from './check.ts';
import type { Explain } from './explain.ts';
import type { ExplainAnswer } from './explain-command.ts';
import type { HistoryAnswer } from './history.ts';
import { history } from './history.ts';
import type { FetchKeys } from './key-names.ts';
import type { ListAnswer } from './list.ts';
import { list } from './list.ts';
import type { Command } from './parse-command.ts';
import type { ReinstateAnswer } from './reinstate.ts';
import { reinstate } from './reinstate.ts';
import { resolveTarget } from './resolve-target.ts';
import type { RevokeAnswer } from './revoke.ts';
import { revoke } from './revoke.ts';

/** The answers, by command. Times are NumericDates, seconds since the epoch. */
export type Answer =
  | RevokeAnswer
  | ReinstateAnswer
  | CheckAnswer
  | ListAnswer
  | HistoryAnswer
  | ExplainAnswer;

/** What a command is carried out with. */
export interface CommandContext {
  readonly ledger: RevocationLedger;
  readonly issuers: readonly TrustedIssuer[];
  readonly explain: Explain;
  readonly fetchKeys: FetchKeys;
  /** How long an acknowledged revocation may take, at worst, until every authorization sees it, in seconds. */
  readonly worstCaseSeconds: (dimension: Dimension) => number;
  /** The id of this invocation. */
  readonly requestId: string;
  /** NumericDate, whole seconds: when the command came in. */
  readonly now: number;
  /** Milliseconds since the epoch, at the moment. */
  readonly clock: () => number;
  /** How much of the time of the command is left, in milliseconds; the ledger keeps to it. */
  readonly timeLeftMs: () => number;
}

/**
 * Carries a command out.
 *
 * When it returns, the change is in the table and in the history of its target, and every repetition of the command
 * answers the same without another change.
 *
 * @throws {CommandInvalid}  an unknown issuer, an impossible time
 * @throws {Fault} `revocation_store_unavailable`  not confirmed; the message of a change says what was done. Repeat the
 *   command
 */
export function applyCommand(command: Command, context: CommandContext): Promise<Answer> {
  if (command.command === 'explain') return context.explain(command, context);
  if (command.command === 'list') return list(command, context);
  const resolved = resolveTarget(command.target, context.issuers);
  switch (command.command) {
    case 'revoke':
      return revoke(command, resolved, context);
    case 'reinstate':
      return reinstate(command, resolved, context);
    case 'check':
      return check(resolved, context);
    case 'history':
      return history(command, resolved, context);
  }
}
