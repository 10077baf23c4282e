// The events of HTTP APIs in payload format 2.0; those of format 1.0 are nearly those of REST APIs.
import type { RoutedRequest } from './describe-request.ts';
import { describeRequest } from './describe-request.ts';
import { joinByComma } from './gateway-request.ts';

/** A request that has found its route. */
export interface HttpRoutedRequest extends RoutedRequest {
  readonly routeKey: string;
  /** The decoded path with the stage before it, unless the stage is `$default`. */
  readonly rawPath: string;
}

const TEXT = /^text\/|[/+](json|xml|javascript)\b/;

/** Builds the event that an authorizer with payload format 1.0 gets. */
export function buildAuthorizerEventV1(
  request: HttpRoutedRequest,
  methodArn: string,
  identity: readonly string[],
): Record<string, unknown> {
  const identitySource = identity.join(',');
  return {
    version: '1.0',
    type: 'REQUEST',
    methodArn,
    identitySource,
    authorizationToken: identitySource,
    ...describeRequest({ ...request, path: request.rawPath }, {}),
  };
}

/** Builds the event that an authorizer with payload format 2.0 gets. */
export function buildAuthorizerEventV2(
  request: HttpRoutedRequest,
  routeArn: string,
  identity: readonly string[],
): Record<string, unknown> {
  const identitySource = identity.length > 0 ? identity : null;
  return { version: '2.0', type: 'REQUEST', routeArn, identitySource, ...describeV2(request) };
}

/** Builds the event that a function behind an HTTP API gets in payload format 1.0. */
export function buildProxyEventV1(request: HttpRoutedRequest): Record<string, unknown> {
  return {
    version: '1.0',
    ...describeRequest({ ...request, path: request.rawPath }, null),
    ...encodeBody(request, { whenEmpty: null }),
  };
}

/** Builds the event that a function behind an HTTP API gets in payload format 2.0. */
export function buildProxyEventV2(request: HttpRoutedRequest): Record<string, unknown> {
  return { version: '2.0', ...describeV2(request), ...encodeBody(request, { whenEmpty: undefined }) };
}

/** Names in lower case, several values joined by a comma, cookies by themselves; what is empty is left out. */
function describeV2(request: HttpRoutedRequest): Record<string, unknown> {
  const { authorizer, ...context } = request.requestContext;
  const sent = request.headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  const cookies = sent.flatMap(([name, value]) => (name === 'cookie' ? value.split(/; */) : []));
  const headers = joinByComma(sent.filter(([name]) => name !== 'cookie'));
  const query = joinByComma([...new URLSearchParams(request.query)] as [string, string][]);
  return {
    routeKey: request.routeKey,
    rawPath: request.rawPath,
    rawQueryString: request.query,
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...unlessEmpty('queryStringParameters', query),
    requestContext: {
      accountId: context['accountId'],
      apiId: context['apiId'],
      authentication: null,
      ...(authorizer !== undefined && { authorizer: { lambda: authorizer } }),
      domainName: context['domainName'],
      domainPrefix: context['domainPrefix'],
      http: {
        method: request.httpMethod,
        path: request.rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: request.sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: context['requestId'],
      routeKey: request.routeKey,
      stage: context['stage'],
      time: context['requestTime'],
      timeEpoch: context['requestTimeEpoch'],
    },
    ...unlessEmpty('pathParameters', request.pathParameters),
    ...unlessEmpty('stageVariables', request.stageVariables),
  };
}

function unlessEmpty(name: string, map: object): Record<string, unknown> {
  return Object.keys(map).length > 0 ? { [name]: map } : {};
}

function encodeBody(
  { body, headers }: HttpRoutedRequest,
  { whenEmpty }: { readonly whenEmpty: null | undefined },
) {
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const isBase64Encoded = body.length > 0 && type !== undefined && !TEXT.test(type);
  const text = Buffer.from(body).toString(isBase64Encoded ? 'base64' : 'utf8');
  return { body: body.length > 0 ? text : whenEmpty, isBase64Encoded };
}
