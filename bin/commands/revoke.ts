import type { Command } from 'commander';
import type { Dimension } from '../../lambda/environment.ts';
import { CliError } from '../cli-error.ts';
import type { Finish } from '../exit-codes.ts';
import type { AccountOptions } from './account.ts';
import { account, addAccountOptions } from './account.ts';
import type { AdminCommand } from './ask-admin.ts';
import { askAdmin } from './ask-admin.ts';
import { confirm } from './confirm.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { addConnectionOptions } from './connection-options.ts';
import { escapeControls } from './escape-controls.ts';
import {
  formatAccount,
  formatReach,
  formatRetention,
  formatTarget,
  formatTime,
  isBlock,
  paint,
} from './format-record.ts';
import { notesOnFlush } from './notes-on-flush.ts';
import type { RecordView } from './parse-answer.ts';
import { RevokeAnswer } from './parse-answer.ts';
import { nowSeconds, parseTime, TIME_FORM } from './parse-time.ts';
import type { Connection } from './resolve-connection.ts';
import { resolveConnection } from './resolve-connection.ts';
import { addTargetCommands, CUT_OFF_DIMENSIONS } from './target.ts';

type Options = ConnectionOptions &
  AccountOptions & {
    readonly before?: number;
    readonly block?: boolean;
    readonly dryRun?: boolean;
    readonly yes?: boolean;
  };

/** A slip of the hand with these signs out more people than anybody wanted to. */
export const CONFIRMED_DIMENSIONS: readonly Dimension[] = ['key', 'issuer'];

const DESCRIPTIONS: Readonly<Record<Dimension, string>> = {
  token: 'revoke one token; without --jti it is read from stdin, or asked for',
  session: 'revoke all tokens of one session (log out one device)',
  subject: 'revoke all tokens of a subject issued until now (log out everywhere)',
  client: 'revoke all tokens of a client issued until now',
  key: 'revoke all tokens that a signing key has signed or will sign (a stolen key)',
  issuer: 'revoke all tokens of an issuer issued until now',
  claim: 'revoke all tokens with this value of a claim issued until now (a tenant, a device)',
};

/** Adds `revoke`, with a subcommand for each dimension. */
export function addRevokeCommand(program: Command, finish: Finish): void {
  const revoke = program
    .command('revoke')
    .helpCommand(false)
    .description('make a token, or all tokens of somebody or something, stop working');
  addTargetCommands<Options>(revoke, {
    describe: (dimension) => DESCRIPTIONS[dimension],
    withExp: true,
    addOptions: (command, dimension) => addConnectionOptions(addOptions(command, dimension)),
    act: async (options, askTarget) => {
      const { before, block } = options;
      const connection = resolveConnection(options, process.env);
      const why = account(options);
      if (before !== undefined && block) {
        throw new CliError('refused', '--before and --block exclude each other; a block has no end');
      }
      const command: AdminCommand = {
        command: 'revoke',
        target: await askTarget(),
        ...why,
        ...(before !== undefined && { before }),
        ...(block && { block }),
      };
      finish(await send(connection, command, options));
    },
  });
}

function addOptions(command: Command, dimension: Dimension): Command {
  if (CUT_OFF_DIMENSIONS.includes(dimension)) {
    command
      .option(
        '--before <time>',
        `revoke the tokens issued at or before it: ${TIME_FORM} (default: now, plus the issuer's grace)`,
        (text: string) => parseTime(text, '--before'),
      )
      .option('--block', `revoke future tokens as well, until the ${dimension} is reinstated`);
  }
  if (CONFIRMED_DIMENSIONS.includes(dimension)) {
    command.option('--yes', 'do not ask for a typed confirmation');
  }
  return addAccountOptions(command).option('--dry-run', 'tell what would change, and change nothing');
}

async function send(connection: Connection, command: AdminCommand, options: Options): Promise<string> {
  const { json, dryRun, yes } = options;
  const rehearsal = { ...command, dryRun: true };
  if (dryRun) {
    const received = await askAdmin(connection, rehearsal, RevokeAnswer);
    return json ? received.json : describe(received.answer);
  }
  if (command.target && CONFIRMED_DIMENSIONS.includes(command.target.dimension) && !yes) {
    requireTerminal(command.target.dimension);
    const { answer } = await askAdmin(connection, rehearsal, RevokeAnswer);
    if (answer.changed && answer.record) await confirmRevocation(answer.record);
  }
  const received = await askAdmin(connection, command, RevokeAnswer);
  return json ? received.json : describe(received.answer);
}

function requireTerminal(dimension: Dimension): void {
  if (process.stdin.isTTY) return;
  throw new CliError(
    'refused',
    `revoking a whole ${dimension} takes a confirmation, typed at a terminal; there is none here, so give --yes to say that you mean it, or --dry-run to see what it would change`,
  );
}

function confirmRevocation(record: RecordView): Promise<void> {
  const question = `This revokes ${formatTarget(record)}: ${formatReach(record)}.\nType ${escapeControls(record.value)} to go on: `;
  return confirm(question, record.value, process.stdin, process.stderr);
}

function describe(answer: RevokeAnswer): string {
  const { dryRun, changed, record, previous, safeSignInFrom, notes } = answer;
  const before =
    changed && previous ? [`Before: ${formatReach(previous)}; revoked ${formatAccount(previous)}.`] : [];
  return [
    dryRun ? `Dry run: ${summarizeRehearsal(changed, record)}` : summarize(answer),
    ...before,
    ...(dryRun || safeSignInFrom === null ? [] : [adviseSignIn(safeSignInFrom)]),
    ...[...notes, ...notesOnFlush(answer)].map((note) => `Note: ${escapeControls(note)}`),
  ].join('\n');
}

function summarizeRehearsal(changed: boolean, record: RecordView | null): string {
  if (!record) return 'nothing would change: every token that this would cover has already expired.';
  const reach = `${formatReach(record)}; the record is kept ${formatRetention(record)}`;
  if (changed) return `this would revoke ${formatTarget(record)}: ${reach}.`;
  return `nothing would change: ${formatTarget(record)} was already revoked ${formatAccount(record)}; ${reach}.`;
}

function summarize({ changed, record, safeSignInFrom, effectiveFrom }: RevokeAnswer): string {
  if (!record) return 'Nothing changed: every token that this would cover has already expired.';
  const sentences = [signIn(record, safeSignInFrom), `the record is kept ${formatRetention(record)}`];
  const since = formatBeginning(effectiveFrom);
  if (changed) {
    return `${[`${paint('green', 'Revoked')} ${formatTarget(record)}: ${formatReach(record)}${since}`, ...sentences].filter(Boolean).join('; ')}.`;
  }
  const reach = record.dimension === 'token' ? '' : `${formatReach(record)}${since}`;
  const already = `Nothing changed: ${formatTarget(record)} was already revoked ${formatAccount(record)}`;
  return `${[already, reach, ...sentences].filter(Boolean).join('; ')}.`;
}

function formatBeginning(effectiveFrom: number | null): string {
  if (effectiveFrom === null) return '';
  return effectiveFrom > nowSeconds() ? ` from ${formatTime(effectiveFrom)} on` : ' from now on';
}

function signIn(record: RecordView, safeSignInFrom: number | null): string {
  if (isBlock(record)) return 'signing in again does not help';
  if (record.kind === 'absolute' || safeSignInFrom === null) return '';
  return `a new sign-in is safe from ${formatTime(safeSignInFrom)} on`;
}

function adviseSignIn(safeSignInFrom: number): string {
  return `A token issued before ${formatTime(safeSignInFrom)} stays refused, even after a new sign-in: get a new one after that second.`;
}
