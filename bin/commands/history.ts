import type { Command } from 'commander';
import type { Finish } from '../exit-codes.ts';
import type { PageOptions } from './ask-pages.ts';
import { addPageOptions, askPages, formatNextPage } from './ask-pages.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { addConnectionOptions } from './connection-options.ts';
import { escapeControls } from './escape-controls.ts';
import { formatShortReach, formatTime, paint } from './format-record.ts';
import { formatTable } from './format-table.ts';
import type { ChangeView } from './parse-answer.ts';
import { HistoryAnswer } from './parse-answer.ts';
import { resolveConnection } from './resolve-connection.ts';
import { addTargetCommands, describeTargets } from './target.ts';

/** Adds `history`, with a subcommand for each dimension. */
export function addHistoryCommand(program: Command, finish: Finish): void {
  const history = program
    .command('history')
    .helpCommand(false)
    .description('list who revoked or reinstated something, when and why, newest first');
  addTargetCommands<ConnectionOptions & PageOptions>(history, {
    describe: (dimension) => describeTargets('list the changes of', dimension),
    withExp: false,
    addOptions: (command) => addConnectionOptions(addPageOptions(command, 'changes')),
    act: async (options, askTarget) => {
      const connection = resolveConnection(options, process.env);
      const command = { command: 'history' as const, target: await askTarget() };
      const { answer, json } = await askPages(connection, command, HistoryAnswer, 'changes', options);
      finish(options.json ? json : describe(answer));
    },
  });
}

function describe({ changes, cursor }: HistoryAnswer): string {
  const more = formatNextPage(cursor);
  if (changes.length === 0) {
    return [cursor === null ? 'It was never changed.' : 'No change on this page.', ...more].join('\n');
  }
  const [headings = '', ...rows] = formatTable(
    ['AT', 'CHANGE', 'BY', 'TICKET', 'BEFORE -> AFTER', 'REASON'],
    changes.map((change) => [
      formatTime(change.at),
      change.change,
      formatActor(change),
      escapeControls(change.ticket ?? '-'),
      `${formatShortReach(change.before)} -> ${formatShortReach(change.after)}`,
      escapeControls(change.reason),
    ]),
  );
  return [paint('bold', headings), ...rows, ...more].join('\n');
}

function formatActor({ actor, actorSource }: ChangeView): string {
  return actorSource === 'aws' ? escapeControls(actor) : `${escapeControls(actor)} (claimed)`;
}
