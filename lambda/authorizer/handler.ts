import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { readConfig } from '../config.ts';
import { openJsonLog } from '../json-log.ts';
import { openRevocationReader } from '../revocation-store.ts';
import type { Authorities, Decision } from './authorize.ts';
import { authorize } from './authorize.ts';
import type { PolicyAnswer, SimpleAnswer } from './build-response.ts';
import { buildResponse } from './build-response.ts';
import { openRoutes } from './grant-access.ts';
import type { Started } from './log-decisions.ts';
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

const decide = middy<unknown, Decision, Error, Context, Started>()
  .use(logDecisions(openJsonLog()))
  .handler((event) => authorize(event, authorities, config, Math.floor(Date.now() / 1000)));

/**
 * Answers an authorizer event of a REST, HTTP or WebSocket API.
 *
 * @throws {Error} `Unauthorized`  API Gateway answers 401; never for an HTTP API
 * @throws {Fault} any code: API Gateway answers 500, and caches nothing
 */
export async function handler(event: unknown, context: Context): Promise<PolicyAnswer | SimpleAnswer> {
  return buildResponse(await decide(event, context), config.denialDetail, config.httpApiAnswer);
}
