import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { openSigningKeys } from '../authorizer/signing-keys.ts';
import { readConfig } from '../config.ts';
import { ADMIN_TIMEOUT_SECONDS } from '../environment.ts';
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
const ledger = openRevocationLedger(config.tableName, config.isLocalMode);
const flusher = config.resultsCache && {
  settings: config.resultsCache,
  send: openSignedRequests(process.env),
  takeTurn: openFlushTurns(config.tableName, FLUSH_MS, Date.now, config.isLocalMode),
  clock: Date.now,
};

/**
 * A fresh ring each time, and without the keys of the configuration: a command about keys needs those that the issuer
 * publishes now. Requests of strangers must spare the issuer; commands of its owner need not.
 */
const fetchKeys: FetchKeys = async ({ jwks: _, ...issuer }, kid) => {
  const keys = openSigningKeys([issuer], config.isLocalMode).get(issuer);
  return keys === undefined ? [] : keys.published(kid);
};

/**
 * The longest that a command takes. Far below the time of the function, and below that of a client that gives up after
 * 20 seconds, so that the caller still hears what was done.
 */
const COMMAND_BUDGET_MS = (ADMIN_TIMEOUT_SECONDS * 1000) / 2;

let explainer: Promise<Explain> | undefined;

/** The verifier is loaded for the first command that needs it; the others do not wait for it. */
const explain: Explain = async (command, context) => {
  explainer ??= import('./explain.ts').then(({ openExplainer }) => openExplainer(config, process.env));
  return (await explainer)(command, context);
};

/**
 * Carries out one command of the revocation admin function; see `parseCommand` for its form, `Answer` for the answer.
 *
 * @throws {CommandInvalid}  the caller's mistake: do not repeat
 * @throws {Fault} `revocation_store_unavailable`  not confirmed: repeat; `decision_log_unavailable`
 */
export const handler: (event: unknown, context: Context) => Promise<FlushedAnswer> = middy<
  unknown,
  FlushedAnswer,
  Error,
  Context
>()
  .use(logCommands(openJsonLog()))
  .handler(async (event, { awsRequestId: requestId }) => {
    const endsAt = performance.now() + COMMAND_BUDGET_MS;
    const timeLeftMs = () => Math.max(0, endsAt - performance.now());
    const answer = await applyCommand(parseCommand(event), {
      ledger: ledger.within(timeLeftMs),
      issuers: config.issuers,
      explain,
      fetchKeys,
      worstCaseSeconds: (dimension) => worstCaseSeconds(dimension, config),
      requestId,
      now: Math.floor(Date.now() / 1000),
      clock: Date.now,
      timeLeftMs,
    });
    return flushCaches(answer, flusher, timeLeftMs);
  });
