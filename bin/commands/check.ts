import type { Command } from 'commander';
import type { Dimension } from '../../lambda/environment.ts';
import type { ExitName, Finish } from '../exit-codes.ts';
import { askAdmin } from './ask-admin.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { addConnectionOptions } from './connection-options.ts';
import { formatRecord, formatTime, isBlock, paint } from './format-record.ts';
import { CheckAnswer } from './parse-answer.ts';
import type { Connection } from './resolve-connection.ts';
import { resolveConnection } from './resolve-connection.ts';
import type { Target } from './target.ts';
import { addTargetCommands, describeTargets } from './target.ts';

/** The tokens that an answer is about. */
const SPECIMENS: Readonly<Record<Dimension, string>> = {
  token: 'this token',
  session: 'a token of it',
  subject: 'a token issued now',
  client: 'a token issued now',
  key: 'a token that it signed',
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
  const { exit, headline } = summarize(target, received.answer);
  const records = received.answer.records.map((record) => `  ${formatRecord(record)}`);
  return [json ? received.json : [headline, ...records].join('\n'), exit];
}

interface Summary {
  readonly exit: ExitName;
  readonly headline: string;
}

function summarize(target: Target, { live, expired, records }: CheckAnswer): Summary {
  const { dimension } = target;
  const isWholeToken = dimension === 'token' && target.token !== undefined;
  const specimen = SPECIMENS[dimension];
  const cutOff = dimension === 'token' ? undefined : records.find(({ kind }) => kind === 'cut-off');
  if (cutOff) {
    const until = `${paint('yellow', 'cut off')} until ${formatTime(cutOff.revokedBefore)}`;
    return { exit: 'cutOff', headline: `${until}: older tokens are refused, newer tokens are live` };
  }
  if (live) {
    const headline = `${paint('green', 'live')}: ${nothingFound(isWholeToken, dimension)}`;
    return { exit: 'done', headline };
  }
  if (expired) {
    const headline = `${paint('yellow', 'expired')}: ${specimen} has expired, revoked or not`;
    return { exit: 'notLive', headline };
  }
  const block = records.find(isBlock);
  const hint = block ? `; the ${block.dimension} is blocked, and signing in again does not help` : '';
  return { exit: 'notLive', headline: `${paint('red', 'revoked')}: a record refuses ${specimen}${hint}` };
}

/** Only a whole token names all that it can be revoked by. */
function nothingFound(isWholeToken: boolean, dimension: Dimension): string {
  if (isWholeToken) return 'no record refuses this token';
  return dimension === 'token'
    ? 'no record refuses this token by its jti; give the whole token to look for its session, subject, client, key, issuer and claims too'
    : `no record of this ${dimension} refuses ${SPECIMENS[dimension]}`;
}
