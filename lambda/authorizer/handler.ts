import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { readConfig } from '../config.ts';
import { openJsonLog } from '../json-log.ts';
import { openRevocationReader } from '../revocation-store.ts';
import type { Authorities } from './authorize.ts';
import { authorize } from './authorize.ts';
import type { PolicyAnswer, SimpleAnswer } from './build-response.ts';
import { buildResponse, UNAUTHORIZED } from './build-response.ts';
import { openRoutes } from './grant-access.ts';
import type { Answered, Started } from './log-decisions.ts';
import { logDecisions } from './log-decisions.ts';
import { rememberRevocations } from './remember-revocations.ts';
import { openSigningKeys } from './signing-keys.ts';

const config = readConfig(process.env);
const authorities: Authorities = {
  keysOf: openSigningKeys(config.issuers, config.isLocalMode),
  lookUpRevocations: rememberRevocations(
    openRevocationReader(config.tableName, config.lookUp),
    config.lookUp.allowOnStoreUnavailableSeconds * 1000,
  ),
  ...(config.routes && { grantAccess: openRoutes(config.routes) }),
};

const answer = middy<unknown, Answered, Error, Context, Started>()
  .use(logDecisions(openJsonLog()))
  .handler(async (event) => {
    const decision = await authorize(event, authorities, config, Math.floor(Date.now() / 1000));
    return { decision, response: buildResponse(decision, config.denialDetail, config.httpApiAnswer) };
  });

/**
 * Answers an authorizer event of a REST, HTTP or WebSocket API.
 *
 * @throws {Error} `Unauthorized`  API Gateway answers 401; never for an HTTP API
 * @throws {Fault} any code: API Gateway answers 500, and caches nothing
 */
export async function handler(event: unknown, context: Context): Promise<PolicyAnswer | SimpleAnswer> {
  const { response } = await answer(event, context);
  if (response === UNAUTHORIZED) throw unauthorized();
  return response;
}

/** Fresh and with nothing attached: the runtime logs all that it finds, and the stack of a refusal would only cost money. */
function unauthorized(): Error {
  const error = new Error(UNAUTHORIZED);
  error.stack = String(error);
  return error;
}
