import type { Command } from 'commander';
import type { ExitName, Finish } from '../exit-codes.ts';
import { askAdmin } from './ask-admin.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { addConnectionOptions } from './connection-options.ts';
import { formatAccount, formatReach, formatRetention, formatTarget, paint } from './format-record.ts';
import type { RecordView } from './parse-answer.ts';
import { CheckAnswer } from './parse-answer.ts';
import type { Connection } from './resolve-connection.ts';
import { resolveConnection } from './resolve-connection.ts';
import type { Target, TokenOptions } from './target.ts';
import { addSubjectOptions, addTokenOptions, subjectTarget, tokenTarget } from './target.ts';

/** Adds `check token` and `check subject`. */
export function addCheckCommand(program: Command, finish: Finish): void {
  const check = program
    .command('check')
    .helpCommand(false)
    .description('tell whether a token or a subject is revoked');

  const token = addTokenOptions(
    check
      .command('token')
      .description(
        'look for revocations of one token; its signature is not verified. Without --jti it is read from stdin, or asked for',
      ),
    { withExp: false },
  );
  addConnectionOptions(token).action(async (options: ConnectionOptions & TokenOptions) => {
    const connection = resolveConnection(options, process.env);
    finish(...(await send(connection, await tokenTarget(options, false), options)));
  });

  const subject = addSubjectOptions(
    check.command('subject').description('tell whether a token that the subject gets now would be live'),
  );
  addConnectionOptions(subject).action(
    async (sub: string, options: ConnectionOptions & { readonly issuer?: string }) => {
      const connection = resolveConnection(options, process.env);
      finish(...(await send(connection, subjectTarget(sub, options), options)));
    },
  );
}

async function send(
  connection: Connection,
  target: Target,
  { json }: ConnectionOptions,
): Promise<[text: string, exit: ExitName]> {
  const received = await askAdmin(connection, { command: 'check', target }, CheckAnswer);
  const { live } = received.answer;
  return [json ? received.json : describe(target, received.answer), live ? 'done' : 'notLive'];
}

function describe({ dimension }: Target, answer: CheckAnswer): string {
  const records = answer.records.map((record) => `  ${describeRecord(record)}`);
  return [summarize(dimension === 'token' ? 'this token' : 'a token issued now', answer), ...records].join(
    '\n',
  );
}

function summarize(what: string, { live, expired }: CheckAnswer): string {
  if (live) return `${paint('green', 'live')}: no record refuses ${what}`;
  if (expired) return `${paint('yellow', 'expired')}: ${what} has expired, revoked or not`;
  return `${paint('red', 'revoked')}: a record refuses ${what}`;
}

function describeRecord(record: RecordView): string {
  return `${formatTarget(record)}: ${formatReach(record)}; revoked ${formatAccount(record)}, kept ${formatRetention(record)}`;
}
