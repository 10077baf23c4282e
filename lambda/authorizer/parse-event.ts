import { isIP } from 'node:net';
import { Fault } from '../fault.ts';
import { fieldsOf } from './fields-of.ts';
import type { MethodArn } from './parse-method-arn.ts';
import { parseMethodArn } from './parse-method-arn.ts';
import type { RequestValues } from './read-request-values.ts';
import { readRequestValues } from './read-request-values.ts';

/** What a TOKEN authorizer of a REST API is told: one header. */
export interface TokenRequest {
  readonly kind: 'rest-token';
  readonly arn: MethodArn;
  /** The raw value of the identity source; `undefined` when the request has none. */
  readonly authorization: string | undefined;
}

/** What every other kind of authorizer is told: the request without its body. */
export interface WholeRequest extends RequestValues {
  readonly kind: 'rest-request' | 'http-1.0' | 'http-2.0' | 'websocket';
  readonly arn: MethodArn;
  /** The address that the request came from, as API Gateway saw it. */
  readonly sourceIp: string | undefined;
}

/** What the steps need to know of an event, whatever kind of API sent it. */
export type AuthorizerRequest = TokenRequest | WholeRequest;

/**
 * Recognizes an authorizer event of a REST API (TOKEN, REQUEST), an HTTP API (payload 1.0, 2.0) or a WebSocket API, by
 * its fields: AWS names the kind nowhere.
 *
 * Does NOT look into a token; see `extractToken`. Unknown extra fields are ignored, because AWS adds some.
 *
 * @throws {Fault} `event_unrecognized`  the event is of no known kind, or its ARN is not one
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export function parseEvent(event: unknown): AuthorizerRequest {
  if (typeof event !== 'object' || event === null)
    throw new Fault('event_unrecognized', 'it is not an object');
  const { type, version, methodArn, routeArn, authorizationToken, requestContext } = fieldsOf(event);
  if (type === 'TOKEN') {
    return {
      kind: 'rest-token',
      arn: parseMethodArn(methodArn, 'rest'),
      authorization: typeof authorizationToken === 'string' ? authorizationToken : undefined,
    };
  }
  if (type !== 'REQUEST') throw new Fault('event_unrecognized', 'its type is neither TOKEN nor REQUEST');
  const rest = { ...readRequestValues(event), sourceIp: sourceIpOf(requestContext) };
  if (version === '2.0') return { kind: 'http-2.0', arn: parseMethodArn(routeArn, 'http'), ...rest };
  if (version === '1.0') return { kind: 'http-1.0', arn: parseMethodArn(methodArn, 'http'), ...rest };
  if (version !== undefined && version !== null)
    throw new Fault('event_unrecognized', 'its payload format is neither 1.0 nor 2.0');
  if (isConnect(requestContext))
    return { kind: 'websocket', arn: parseMethodArn(methodArn, 'websocket'), ...rest };
  return { kind: 'rest-request', arn: parseMethodArn(methodArn, 'rest'), ...rest };
}

function isConnect(requestContext: unknown): boolean {
  const { eventType, connectionId } = fieldsOf(requestContext);
  return eventType === 'CONNECT' || typeof connectionId === 'string';
}

function sourceIpOf(requestContext: unknown): string | undefined {
  const { identity, http } = fieldsOf(requestContext);
  const sourceIp = fieldsOf(http)['sourceIp'] ?? fieldsOf(identity)['sourceIp'];
  return typeof sourceIp === 'string' && isIP(sourceIp) !== 0 ? sourceIp : undefined;
}
