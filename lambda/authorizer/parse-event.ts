import { isIP } from 'node:net';
import { Fault } from '../fault.ts';
import type { RoutedRequest } from '../routes/match-route.ts';
import type { RoutedApi } from '../routes/parse-route.ts';
import { fieldsOf } from './fields-of.ts';
import type { MethodArn } from './parse-method-arn.ts';
import { parseMethodArn } from './parse-method-arn.ts';
import type { RequestValues } from './read-request-values.ts';
import { readRequestValues } from './read-request-values.ts';

/** What a TOKEN authorizer of a REST API is told: one header. */
export interface TokenRequest extends RoutedRequest {
  readonly kind: 'rest-token';
  readonly arn: MethodArn;
  /** The raw value of the identity source; `undefined` when the request has none. */
  readonly authorization: string | undefined;
}

/** What every other kind of authorizer is told: the request without its body. */
export interface WholeRequest extends RequestValues, RoutedRequest {
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
    const arn = parseMethodArn(methodArn, 'rest');
    const authorization = typeof authorizationToken === 'string' ? authorizationToken : undefined;
    return { kind: 'rest-token', api: 'rest', arn, method: arn.method, path: arn.path, authorization };
  }
  if (type !== 'REQUEST') throw new Fault('event_unrecognized', 'its type is neither TOKEN nor REQUEST');
  const whole = (kind: WholeRequest['kind'], api: RoutedApi, arn: unknown): WholeRequest => ({
    kind,
    ...readRoute(event, api, parseMethodArn(arn, api)),
    ...readRequestValues(event),
    sourceIp: sourceIpOf(requestContext),
  });
  if (version === '2.0') return whole('http-2.0', 'http', routeArn);
  if (version === '1.0') return whole('http-1.0', 'http', methodArn);
  if (version !== undefined && version !== null)
    throw new Fault('event_unrecognized', 'its payload format is neither 1.0 nor 2.0');
  if (isConnect(requestContext)) return whole('websocket', 'websocket', methodArn);
  return whole('rest-request', 'rest', methodArn);
}

/** Reads the request that rules are about, and the route that API Gateway chose for it. */
function readRoute(
  event: object,
  api: RoutedApi,
  arn: MethodArn,
): RoutedRequest & { readonly arn: MethodArn } {
  if (api === 'websocket') return { api, arn, method: arn.method, path: arn.path };
  const { routeKey, resource, rawPath, path, httpMethod, requestContext } = fieldsOf(event);
  const chosen = routeKey ?? resource;
  if (chosen === '$default' && (arn.method === '$default' || arn.path === '$default')) {
    // Such an ARN may name neither verb nor path. The path of the event begins with the stage, or a base path if it has one.
    const { http, domainName } = fieldsOf(requestContext);
    const whole = String(rawPath ?? path);
    const isOwnDomain = typeof domainName === 'string' && domainName.startsWith(`${arn.apiId}.`);
    const hasStage = isOwnDomain && arn.stage !== '$default' && whole.startsWith(`/${arn.stage}/`);
    const own = hasStage ? whole.slice(arn.stage.length + 1) : whole;
    return {
      api,
      arn,
      method: String(fieldsOf(http)['method'] ?? httpMethod),
      path: own.replace(/^\//, ''),
      route: chosen,
      mayHaveBasePath: !isOwnDomain,
    };
  }
  const { method } = arn;
  if (typeof chosen !== 'string' || chosen === '') return { api, arn, method, path: arn.path };
  return { api, arn, method, path: arn.path, route: chosen.startsWith('/') ? `${method} ${chosen}` : chosen };
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
