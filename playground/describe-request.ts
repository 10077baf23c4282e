import type { GatewayRequest } from './gateway-request.ts';
import { groupValues } from './gateway-request.ts';

/** A request, and what its API knows about it. */
export interface RoutedRequest extends GatewayRequest {
  readonly resourcePath: string;
  /** Decoded once. */
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly requestContext: Readonly<Record<string, unknown>>;
}

/**
 * Describes a request in the fields that format 1.0 has in common for integrations and for authorizers.
 *
 * @param whenEmpty what stands for a map without entries: null for an integration, an empty map for an authorizer
 */
export function describeRequest(
  request: RoutedRequest,
  whenEmpty: null | Readonly<Record<string, never>>,
): Record<string, unknown> {
  const orEmpty = (map: object) => (Object.keys(map).length > 0 ? map : whenEmpty);
  return {
    resource: request.resourcePath,
    path: request.path,
    httpMethod: request.httpMethod,
    ...describeHeadersAndQuery(request, orEmpty),
    pathParameters: orEmpty(request.pathParameters),
    stageVariables: orEmpty(request.stageVariables),
    requestContext: request.requestContext,
  };
}

/** Describes headers and query string, each as its last value and as all values, in the client's letter case. */
export function describeHeadersAndQuery(
  { headers, query }: Pick<GatewayRequest, 'headers' | 'query'>,
  orEmpty: (map: object) => unknown,
): Record<string, unknown> {
  const pairs = [...new URLSearchParams(query)] as [string, string][];
  return {
    headers: orEmpty(Object.fromEntries(headers)),
    multiValueHeaders: orEmpty(groupValues(headers)),
    queryStringParameters: orEmpty(Object.fromEntries(pairs)),
    multiValueQueryStringParameters: orEmpty(groupValues(pairs)),
  };
}
