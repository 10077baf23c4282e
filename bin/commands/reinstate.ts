import type { Command } from 'commander';
import type { Finish } from '../exit-codes.ts';
import type { AccountOptions } from './account.ts';
import { account, addAccountOptions } from './account.ts';
import type { AdminCommand } from './ask-admin.ts';
import { askAdmin } from './ask-admin.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { addConnectionOptions } from './connection-options.ts';
import { escapeControls } from './escape-controls.ts';
import { formatReach, formatRecord, formatRetention, formatTarget, paint } from './format-record.ts';
import { notesOnFlush } from './notes-on-flush.ts';
import { ReinstateAnswer } from './parse-answer.ts';
import { parseTime, TIME_FORM } from './parse-time.ts';
import type { Connection } from './resolve-connection.ts';
import { resolveConnection } from './resolve-connection.ts';
import { addTargetCommands, CUT_OFF_DIMENSIONS, describeTargets } from './target.ts';

type Options = ConnectionOptions &
  AccountOptions & { readonly keepBefore?: number; readonly dryRun?: boolean };

/** Adds `reinstate`, with a subcommand for each dimension. */
export function addReinstateCommand(program: Command, finish: Finish): void {
  const reinstate = program.command('reinstate').helpCommand(false).description('undo a revocation');
  addTargetCommands<Options>(reinstate, {
    describe: (dimension) => describeTargets('undo the revocation of', dimension),
    withExp: false,
    addOptions: (command, dimension) => {
      if (CUT_OFF_DIMENSIONS.includes(dimension)) {
        command.option(
          '--keep-before <time>',
          `tokens issued at or before it stay revoked: ${TIME_FORM} (default: none do)`,
          (text: string) => parseTime(text, '--keep-before'),
        );
      }
      addAccountOptions(command).option('--dry-run', 'tell what would change, and change nothing');
      return addConnectionOptions(command);
    },
    act: async (options, askTarget) => {
      const { keepBefore, dryRun } = options;
      const connection = resolveConnection(options, process.env);
      const why = account(options);
      const command: AdminCommand = {
        command: 'reinstate',
        target: await askTarget(),
        ...why,
        ...(keepBefore !== undefined && { keepBefore }),
        ...(dryRun && { dryRun }),
      };
      finish(await send(connection, command, options));
    },
  });
}

async function send(connection: Connection, command: AdminCommand, { json }: Options): Promise<string> {
  const received = await askAdmin(connection, command, ReinstateAnswer);
  return json ? received.json : describe(received.answer);
}

function describe(answer: ReinstateAnswer): string {
  const { dryRun, changed, record, remaining, refusedBy, notes } = answer;
  const others = refusedBy?.map((other) => `  ${formatRecord(other)}`) ?? [];
  const kept = [
    ...(remaining
      ? [`Still in force: ${formatReach(remaining)}; the record is kept ${formatRetention(remaining)}.`]
      : []),
    ...[...notes, ...notesOnFlush(answer)].map((note) => `Note: ${escapeControls(note)}`),
  ];
  if (!changed || !record) {
    const nothing = dryRun ? 'Dry run: nothing would change' : 'Nothing changed';
    const why = remaining ? 'no more than that is in force' : 'no such revocation is in force';
    const end = others.length > 0 ? ', but the token is refused by:' : '.';
    return [`${nothing}: ${why}${end}`, ...others, ...kept].join('\n');
  }
  const done = dryRun ? 'Dry run: this would reinstate' : paint('green', 'Reinstated');
  const lifted = `${done} ${formatTarget(record)} (it was: ${formatReach(record)})`;
  return [`${lifted}${formatOthers(refusedBy)}`, ...others, ...kept].join('\n');
}

function formatOthers(refusedBy: ReinstateAnswer['refusedBy']): string {
  if (refusedBy === null)
    return '; a revocation of anything else that names the same tokens would still hold.';
  return refusedBy.length > 0
    ? ', but the token is still refused, by:'
    : '; no other revocation refuses the token.';
}
