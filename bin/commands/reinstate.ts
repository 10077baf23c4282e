import type { Command } from 'commander';
import type { Finish } from '../exit-codes.ts';
import type { AccountOptions } from './account.ts';
import { account, addAccountOptions } from './account.ts';
import type { AdminCommand } from './ask-admin.ts';
import { askAdmin } from './ask-admin.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { addConnectionOptions } from './connection-options.ts';
import { formatTarget, paint } from './format-record.ts';
import { ReinstateAnswer } from './parse-answer.ts';
import type { Connection } from './resolve-connection.ts';
import { resolveConnection } from './resolve-connection.ts';
import type { TokenOptions } from './target.ts';
import { addSubjectOptions, addTokenOptions, subjectTarget, tokenTarget } from './target.ts';

type Options = ConnectionOptions & AccountOptions;

/** Adds `reinstate token` and `reinstate subject`. */
export function addReinstateCommand(program: Command, finish: Finish): void {
  const reinstate = program
    .command('reinstate')
    .helpCommand(false)
    .description('undo the revocation of a token or of a subject');

  const token = addTokenOptions(
    reinstate
      .command('token')
      .description('reinstate one token; without --jti it is read from stdin, or asked for'),
    { withExp: false },
  );
  addConnectionOptions(addAccountOptions(token)).action(async (options: Options & TokenOptions) => {
    const connection = resolveConnection(options, process.env);
    const why = account(options);
    const target = await tokenTarget(options, false);
    finish(await send(connection, { command: 'reinstate', target, ...why }, options));
  });

  const subject = addSubjectOptions(
    reinstate.command('subject').description('lift the cut-off or the block of a subject'),
  );
  addConnectionOptions(addAccountOptions(subject)).action(
    async (sub: string, options: Options & { readonly issuer?: string }) => {
      const connection = resolveConnection(options, process.env);
      const target = subjectTarget(sub, options);
      finish(await send(connection, { command: 'reinstate', target, ...account(options) }, options));
    },
  );
}

async function send(connection: Connection, command: AdminCommand, { json }: Options): Promise<string> {
  const received = await askAdmin(connection, command, ReinstateAnswer);
  return json ? received.json : describe(received.answer);
}

function describe({ changed, record }: ReinstateAnswer): string {
  if (!changed || !record) return 'Nothing changed: no such revocation is in force.';
  const other =
    record.dimension === 'token' ? 'a revocation of its subject' : 'a revocation of a single token';
  return `${paint('green', 'Reinstated')} ${formatTarget(record)}; ${other} would still hold.`;
}
