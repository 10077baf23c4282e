import middy from '@middy/core';
import type { APIGatewayAuthorizerResult, Context } from 'aws-lambda';
import { readConfig } from '../config.ts';
import { openJsonLog } from '../json-log.ts';
import { openRevocationReader } from '../revocation-store.ts';
import type { Authorities, Decision } from './authorize.ts';
import { authorize } from './authorize.ts';
import { buildResponse } from './build-response.ts';
import type { Started } from './log-decisions.ts';
import { logDecisions } from './log-decisions.ts';
import { openSigningKeys } from './signing-keys.ts';

const config = readConfig(process.env);
const authorities: Authorities = {
  keysOf: openSigningKeys(config.issuers, config.isLocalMode),
  readRevocations: openRevocationReader(config.tableName),
};

const decide = middy<unknown, Decision, Error, Context, Started>()
  .use(logDecisions(openJsonLog()))
  .handler((event) => authorize(event, authorities, Math.floor(Date.now() / 1000)));

/**
 * Answers a REST API TOKEN authorizer event.
 *
 * @throws {Error} `Unauthorized`  API Gateway answers 401
 * @throws {Fault} any code: API Gateway answers 500, and caches nothing
 */
export async function handler(event: unknown, context: Context): Promise<APIGatewayAuthorizerResult> {
  return buildResponse(await decide(event, context));
}
