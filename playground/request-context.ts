import { randomUUID } from 'node:crypto';
import { callerIdentity } from './caller-identity.ts';
import { formatRequestTime } from './format-request-time.ts';
import type { GatewayRequest } from './gateway-request.ts';
import { LOCAL } from './local-values.ts';

/**
 * Builds the request context of format 1.0, which is `$context` as well.
 *
 * @param headers by lower-case name
 */
export function buildRequestContext(
  request: GatewayRequest,
  headers: Readonly<Record<string, string>>,
  api: { readonly apiId: string; readonly stage: string; readonly resourcePath: string },
): Record<string, unknown> {
  const now = new Date();
  return {
    accountId: LOCAL.accountId,
    apiId: api.apiId,
    domainName: headers['host'] ?? 'localhost',
    domainPrefix: api.apiId,
    extendedRequestId: randomUUID(),
    httpMethod: request.httpMethod,
    identity: callerIdentity(request.sourceIp, headers['user-agent']),
    path: api.stage === '$default' ? request.path : `/${api.stage}${request.path}`,
    protocol: 'HTTP/1.1',
    requestId: randomUUID(),
    requestTime: formatRequestTime(now),
    requestTimeEpoch: now.getTime(),
    resourceId: api.resourcePath,
    resourcePath: api.resourcePath,
    stage: api.stage,
  };
}
