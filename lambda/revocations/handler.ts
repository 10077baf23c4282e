import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { readConfig } from '../config.ts';
import { openJsonLog } from '../json-log.ts';
import { openRevocationLedger } from '../revocation-store.ts';
import type { Answer } from './apply-command.ts';
import { applyCommand } from './apply-command.ts';
import { logCommands } from './log-commands.ts';
import { parseCommand } from './parse-command.ts';

const config = readConfig(process.env);
const ledger = openRevocationLedger(config.tableName);

/**
 * Carries out one command of the revocation admin function; see `parseCommand` for its form, `Answer` for the answer.
 *
 * @throws {CommandInvalid}  the caller's mistake: do not repeat
 * @throws {Fault} `revocation_store_unavailable`  not confirmed: repeat
 */
export const handler: (event: unknown, context: Context) => Promise<Answer> = middy<
  unknown,
  Answer,
  Error,
  Context
>()
  .use(logCommands(openJsonLog()))
  .handler((event) =>
    applyCommand(parseCommand(event), ledger, config.issuers, Math.floor(Date.now() / 1000)),
  );
