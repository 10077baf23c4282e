import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import type { Finish } from '../exit-codes.ts';
import type { AccountOptions } from './account.ts';
import { account, addAccountOptions } from './account.ts';
import type { AdminCommand } from './ask-admin.ts';
import { askAdmin } from './ask-admin.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { addConnectionOptions } from './connection-options.ts';
import {
  formatAccount,
  formatReach,
  formatRetention,
  formatTarget,
  formatTime,
  paint,
} from './format-record.ts';
import { RevokeAnswer } from './parse-answer.ts';
import { parseTime } from './parse-time.ts';
import type { Connection } from './resolve-connection.ts';
import { resolveConnection } from './resolve-connection.ts';
import type { TokenOptions } from './target.ts';
import { addSubjectOptions, addTokenOptions, subjectTarget, tokenTarget } from './target.ts';

type Options = ConnectionOptions & AccountOptions;
type SubjectOptions = Options & {
  readonly issuer?: string;
  readonly before?: number;
  readonly block?: boolean;
};

/** Adds `revoke token` and `revoke subject`. */
export function addRevokeCommand(program: Command, finish: Finish): void {
  const revoke = program
    .command('revoke')
    .helpCommand(false)
    .description('make a token, or the tokens of a subject, stop working');

  const token = addTokenOptions(
    revoke
      .command('token')
      .description('revoke one token; without --jti it is read from stdin, or asked for'),
    { withExp: true },
  );
  addConnectionOptions(addAccountOptions(token)).action(async (options: Options & TokenOptions) => {
    const connection = resolveConnection(options, process.env);
    const why = account(options);
    const target = await tokenTarget(options, true);
    finish(await send(connection, { command: 'revoke', target, ...why }, options));
  });

  const subject = addSubjectOptions(
    revoke
      .command('subject')
      .description('revoke all tokens of a subject issued until now (log out everywhere)'),
  )
    .option(
      '--before <time>',
      'revoke the tokens issued at or before it, in NumericDate seconds or RFC 3339 (default: now)',
      (text: string) => parseTime(text, '--before'),
    )
    .option('--block', 'revoke future tokens as well, until the subject is reinstated');
  addConnectionOptions(addAccountOptions(subject)).action(async (sub: string, options: SubjectOptions) => {
    const { before, block } = options;
    const connection = resolveConnection(options, process.env);
    if (before !== undefined && block) {
      throw new CliError('refused', '--before and --block exclude each other; a block has no end');
    }
    const command: AdminCommand = {
      command: 'revoke',
      target: subjectTarget(sub, options),
      ...account(options),
      ...(before !== undefined && { before }),
      ...(block && { block }),
    };
    finish(await send(connection, command, options));
  });
}

async function send(connection: Connection, command: AdminCommand, { json }: Options): Promise<string> {
  const received = await askAdmin(connection, command, RevokeAnswer);
  return json ? received.json : describe(received.answer);
}

function describe({ changed, record, safeSignInFrom }: RevokeAnswer): string {
  if (!record) return 'Nothing changed: every token that this would cover has already expired.';
  const kept = `the record is kept ${formatRetention(record)}`;
  if (!changed) {
    const reach = record.dimension === 'token' ? '' : `${formatReach(record)}; `;
    return `Nothing changed: ${formatTarget(record)} was already revoked ${formatAccount(record)}; ${reach}${kept}.`;
  }
  const again =
    safeSignInFrom === null || record.dimension === 'token'
      ? ''
      : `; a token issued from ${formatTime(safeSignInFrom)} on is live`;
  return `${paint('green', 'Revoked')} ${formatTarget(record)}: ${formatReach(record)} from now on${again}; ${kept}.`;
}
