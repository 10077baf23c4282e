import type { Kind } from './an-authorizer-event.ts';

/** The proxy event that a backend gets behind an authorizer of a kind; `context: undefined`: behind none. */
export function aProxyEvent(
  kind: Kind,
  context?: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const texts = context && Object.fromEntries(Object.entries(context).map(([k, v]) => [k, String(v)]));
  switch (kind) {
    case 'http-2.0':
      return {
        version: '2.0',
        routeKey: 'GET /orders',
        requestContext: { http: { method: 'GET' }, ...(context && { authorizer: { lambda: context } }) },
        ...fields,
      };
    case 'http-1.0':
      return {
        version: '1.0',
        requestContext: { httpMethod: 'GET', authorizer: texts ?? { claims: null, scopes: null } },
        ...fields,
      };
    case 'websocket':
      return {
        requestContext: {
          eventType: 'CONNECT',
          routeKey: '$connect',
          connectionId: 'c=',
          ...(texts && { authorizer: { ...texts, principalId: 'alice', integrationLatency: 3 } }),
        },
        ...fields,
      };
    default:
      return {
        resource: '/orders',
        httpMethod: 'GET',
        requestContext: {
          ...(texts && { authorizer: { ...texts, principalId: 'alice', integrationLatency: 3 } }),
        },
        ...fields,
      };
  }
}
