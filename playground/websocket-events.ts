// The events of WebSocket APIs, for the authorizer and for the integrations.
import { randomUUID } from 'node:crypto';
import { describeHeadersAndQuery } from './describe-request.ts';
import { formatRequestTime } from './format-request-time.ts';
import type { GatewayRequest } from './gateway-request.ts';

/** The request that asks for a connection. */
export type Handshake = Pick<GatewayRequest, 'query' | 'headers' | 'sourceIp'>;

/** A client that is connected, or about to be. */
export interface Connection {
  readonly id: string;
  readonly handshake: Handshake;
  /** Milliseconds since the epoch. */
  readonly connectedAt: number;
  readonly domainName: string;
  readonly userAgent?: string;
  /** What the authorizer said of the caller; absent: nobody was asked. */
  readonly authorizer?: Readonly<Record<string, unknown>>;
}

/** What happened to a connection. */
export type ConnectionEvent =
  | { readonly type: 'CONNECT' }
  | { readonly type: 'MESSAGE'; readonly routeKey: string }
  | { readonly type: 'DISCONNECT'; readonly code: number; readonly reason: string };

interface Api {
  readonly apiId: string;
  readonly stage: string;
  readonly stageVariables: Readonly<Record<string, string>>;
}

/** A message, text as it is, binary in base64. */
export interface Message {
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** Builds the event that the authorizer of `$connect` gets. */
export function buildConnectAuthorizerEvent(connection: Connection, api: Api, methodArn: string) {
  return {
    type: 'REQUEST',
    methodArn,
    ...describeHeadersAndQuery(connection.handshake, (map) => map),
    stageVariables: api.stageVariables,
    requestContext: buildContext(connection, api, { type: 'CONNECT' }),
  };
}

/** Builds the event that the integration of `$connect` gets. */
export function buildConnectEvent(connection: Connection, api: Api): Record<string, unknown> {
  const { queryStringParameters, multiValueQueryStringParameters, ...headers } = describeHeadersAndQuery(
    connection.handshake,
    (map) => (Object.keys(map).length > 0 ? map : undefined),
  );
  return {
    ...headers,
    queryStringParameters,
    multiValueQueryStringParameters,
    ...stageVariablesOf(api),
    requestContext: buildContext(connection, api, { type: 'CONNECT' }),
    isBase64Encoded: false,
  };
}

/** Builds the event that the integration of a message's route gets. */
export function buildMessageEvent(connection: Connection, api: Api, routeKey: string, message: Message) {
  return {
    ...stageVariablesOf(api),
    requestContext: buildContext(connection, api, { type: 'MESSAGE', routeKey }),
    ...message,
  };
}

/** Builds the event that the integration of `$disconnect` gets; the connection is gone already. */
export function buildDisconnectEvent(connection: Connection, api: Api, code: number, reason: string) {
  const headers = [['Host', connection.domainName]] as const;
  return {
    headers: Object.fromEntries(headers),
    multiValueHeaders: Object.fromEntries(headers.map(([name, value]) => [name, [value]])),
    ...stageVariablesOf(api),
    requestContext: buildContext(connection, api, { type: 'DISCONNECT', code, reason }),
    isBase64Encoded: false,
  };
}

/** Builds the request context, which is `$context` as well. */
export function buildContext(
  connection: Connection,
  { apiId, stage }: Api,
  event: ConnectionEvent,
): Record<string, unknown> {
  const now = new Date();
  const requestId = randomUUID();
  const { sourceIp } = connection.handshake;
  return {
    routeKey: event.type === 'MESSAGE' ? event.routeKey : `$${event.type.toLowerCase()}`,
    ...(event.type === 'MESSAGE' && { messageId: randomUUID() }),
    ...(event.type === 'DISCONNECT' && {
      disconnectStatusCode: event.code,
      disconnectReason: event.reason,
    }),
    ...(connection.authorizer && { authorizer: connection.authorizer }),
    eventType: event.type,
    extendedRequestId: requestId,
    requestTime: formatRequestTime(now),
    messageDirection: 'IN',
    stage,
    connectedAt: connection.connectedAt,
    requestTimeEpoch: now.getTime(),
    identity: { ...(connection.userAgent !== undefined && { userAgent: connection.userAgent }), sourceIp },
    requestId,
    domainName: connection.domainName,
    connectionId: connection.id,
    apiId,
  };
}

function stageVariablesOf({ stageVariables }: Api): object {
  return Object.keys(stageVariables).length > 0 ? { stageVariables } : {};
}
