import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { openSigningKeys } from '../authorizer/signing-keys.ts';
import { readConfig } from '../config.ts';
import { openJsonLog } from '../json-log.ts';
import { openRevocationLedger } from '../revocation-ledger.ts';
import { openSignedRequests } from '../signed-request.ts';
import { applyCommand } from './apply-command.ts';
import type { Explain } from './explain.ts';
import type { FlushedAnswer } from './flush-caches.ts';
import { FLUSH_MS, flushCaches } from './flush-caches.ts';
import { openFlushTurns } from './flush-turns.ts';
import type { FetchKeys } from './key-names.ts';
import { logCommands } from './log-commands.ts';
import { parseCommand } from './parse-command.ts';
import { worstCaseSeconds } from './worst-case-seconds.ts';

const config = readConfig(process.env);
const ledger = openRevocationLedger(config.tableName);
const flusher = config.resultsCache && {
  settings: config.resultsCache,
  send: openSignedRequests(process.env),
  takeTurn: openFlushTurns(config.tableName, FLUSH_MS, Date.now),
  clock: Date.now,
};

/** A fresh ring each time: the issuer has to be spared for strangers, not for whoever revokes its keys. */
const fetchKeys: FetchKeys = async (issuer, kid) => {
  const keys = openSigningKeys([issuer], config.isLocalMode).get(issuer);
  return keys === undefined ? [] : keys.published(kid);
};

let explainer: Promise<Explain> | undefined;

/** The verifier is loaded for the first command that needs it; the others do not wait for it. */
const explain: Explain = async (command, now) => {
  explainer ??= import('./explain.ts').then(({ openExplainer }) =>
    openExplainer(config, ledger, process.env),
  );
  return (await explainer)(command, now);
};

/**
 * Carries out one command of the revocation admin function; see `parseCommand` for its form, `Answer` for the answer.
 *
 * @throws {CommandInvalid}  the caller's mistake: do not repeat
 * @throws {Fault} `revocation_store_unavailable`  not confirmed: repeat
 */
export const handler: (event: unknown, context: Context) => Promise<FlushedAnswer> = middy<
  unknown,
  FlushedAnswer,
  Error,
  Context
>()
  .use(logCommands(openJsonLog()))
  .handler(async (event, { awsRequestId: requestId }) => {
    const answer = await applyCommand(parseCommand(event), {
      ledger,
      issuers: config.issuers,
      explain,
      fetchKeys,
      worstCaseSeconds: (dimension) => worstCaseSeconds(dimension, config),
      requestId,
      now: Math.floor(Date.now() / 1000),
      clock: Date.now,
    });
    return flushCaches(answer, flusher);
  });
