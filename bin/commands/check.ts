import type { Command } from 'commander';
import type { Dimension } from '../../lambda/environment.ts';
import type { ExitName, Finish } from '../exit-codes.ts';
import { askAdmin } from './ask-admin.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { addConnectionOptions } from './connection-options.ts';
import {
  formatAccount,
  formatReach,
  formatRetention,
  formatTarget,
  isBlock,
  paint,
} from './format-record.ts';
import type { RecordView } from './parse-answer.ts';
import { CheckAnswer } from './parse-answer.ts';
import type { Connection } from './resolve-connection.ts';
import { resolveConnection } from './resolve-connection.ts';
import type { Target } from './target.ts';
import { addTargetCommands, describeTargets } from './target.ts';

/** What the answer `live` is about. */
const SPECIMENS: Readonly<Record<Dimension, string>> = {
  token: 'this token',
  session: 'a token of this session',
  subject: 'a token issued now',
  client: 'a token issued now',
  key: 'a token that this key signed',
  issuer: 'a token issued now',
  claim: 'a token issued now',
};

/** Adds `check`, with a subcommand for each dimension. */
export function addCheckCommand(program: Command, finish: Finish): void {
  const check = program
    .command('check')
    .helpCommand(false)
    .description('tell whether something is revoked, and which record says so');
  addTargetCommands<ConnectionOptions>(check, {
    describe: (dimension) =>
      dimension === 'token'
        ? 'look for revocations of one token, in every dimension if it is given whole; its signature is not verified. Without --jti it is read from stdin, or asked for'
        : describeTargets('look for a revocation of', dimension),
    withExp: false,
    addOptions: addConnectionOptions,
    act: async (options, askTarget) => {
      const connection = resolveConnection(options, process.env);
      finish(...(await send(connection, await askTarget(), options)));
    },
  });
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
  return [summarize(SPECIMENS[dimension], answer), ...records].join('\n');
}

function summarize(what: string, { live, expired, records }: CheckAnswer): string {
  if (live) return `${paint('green', 'live')}: no record refuses ${what}`;
  if (expired) return `${paint('yellow', 'expired')}: ${what} has expired, revoked or not`;
  const block = records.find(isBlock);
  const hint = block ? `; the ${block.dimension} is blocked, and signing in again does not help` : '';
  return `${paint('red', 'revoked')}: a record refuses ${what}${hint}`;
}

function describeRecord(record: RecordView): string {
  return `${formatTarget(record)}: ${formatReach(record)}; revoked ${formatAccount(record)}, kept ${formatRetention(record)}`;
}
