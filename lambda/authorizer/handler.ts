import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { readConfig } from '../config.ts';
import { openJsonLog } from '../json-log.ts';
import { openRevocationReader } from '../revocation-store.ts';
import { openRouteList } from '../routes/open-route-list.ts';
import type { Authorities } from './authorize.ts';
import { authorize } from './authorize.ts';
import type { PolicyResponse, SimpleResponse } from './build-response.ts';
import { buildResponse, UNAUTHORIZED } from './build-response.ts';
import { allowEveryRoute, openRouteTable } from './check-route.ts';
import type { Answered, Started } from './log-decisions.ts';
import { logDecisions } from './log-decisions.ts';
import type { AuthorizerRequest } from './parse-event.ts';
import { parseEvent } from './parse-event.ts';
import { rememberRevocations } from './remember-revocations.ts';
import { openSigningKeys } from './signing-keys.ts';

const config = readConfig(process.env);
const { lookUp, routes } = config;
const { allowOnStoreUnavailableSeconds, allowOnStoreUnavailableRoutes } = lookUp;
const authorities: Authorities = {
  keysOf: openSigningKeys(config.issuers, config.isLocalMode),
  lookUpRevocations: rememberRevocations(openRevocationReader(config.tableName, lookUp, config.isLocalMode), {
    allowForMs: allowOnStoreUnavailableSeconds * 1000,
    isAllowed: allowOnStoreUnavailableRoutes && openRouteList(allowOnStoreUnavailableRoutes, routes?.rules),
  }),
  checkRoute: routes === undefined ? allowEveryRoute : openRouteTable(routes, config.httpApiAnswer),
};
const now = () => Math.floor(Date.now() / 1000);

const answer = middy<unknown, Answered, Error, Context, Started>()
  .use(logDecisions(openJsonLog()))
  .before((invocation) => {
    invocation.event = invocation.internal.request = parseEvent(invocation.event);
  })
  .handler(async (event) => {
    const request = event as AuthorizerRequest;
    const decision = await authorize(request, authorities, config, now);
    return { decision, response: buildResponse(request, decision, config) };
  });

/**
 * Answers an authorizer event of a REST, HTTP or WebSocket API.
 *
 * @throws {Error} `Unauthorized`  API Gateway answers 401; never for an HTTP API
 * @throws {Fault} any code: API Gateway answers 500, and caches nothing
 */
export async function handler(event: unknown, context: Context): Promise<PolicyResponse | SimpleResponse> {
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
