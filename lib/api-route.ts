import type { CfnResource } from 'aws-cdk-lib';
import { Stack } from 'aws-cdk-lib';
import { CfnMethod } from 'aws-cdk-lib/aws-apigateway';
import { CfnRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Construct } from 'constructs';
import type { RoutedApi, RoutePattern } from '../lambda/route-table.ts';
import { parseApiRoute, VERBS } from '../lambda/route-table.ts';
import { identifyResource } from './identify-resource.ts';
import { propertyOf } from './property-of.ts';
import { readResourcePaths } from './resource-paths.ts';

/** An API that an authorizer is attached to. */
export interface AttachedApi {
  readonly kind: RoutedApi;
  readonly api: Construct;
  readonly apiId: string;
  /** The path of the construct. */
  readonly name: string;
  /** Of the authorizer there; a REST API may have one of each type. */
  readonly authorizerIds: readonly string[];
}

/** One route of an API, as the application defines it. */
export interface ApiRoute {
  /** As a route table writes it: `GET /orders/{id}`, `$connect`. */
  readonly route: string;
  readonly pattern: RoutePattern;
  /** Whether requests to it go through the authorizer. */
  readonly isGuarded: boolean;
}

/** A method or route that everybody may call. */
export interface OpenRoute {
  /** As a route table writes it; undefined: its path is not in this application. */
  readonly route: string | undefined;
  readonly construct: Construct;
}

/** The routes of an API. */
export interface ApiRoutes {
  /** In the order of their paths. */
  readonly routes: readonly ApiRoute[];
  /** The constructs of the methods behind the authorizer whose paths are not in this application. */
  readonly withoutPath: readonly string[];
  /** Methods and routes without any authorizer. `OPTIONS` is left out: preflight requests have no token. */
  readonly open: readonly OpenRoute[];
}

/**
 * Finds the routes of an API in the whole application. Only known at synthesis.
 *
 * Does NOT see those of an API that another application or a definition file makes.
 */
export function routesOf(root: Construct, api: AttachedApi): ApiRoutes {
  const apiId = identifyResource(api.api, api.apiId);
  const authorizerIds = api.authorizerIds.map((id) => identifyResource(api.api, id));
  let readPath: ReturnType<typeof readResourcePaths> | undefined;
  const pathOf = (id: string) => {
    readPath ??= readResourcePaths(root, apiId);
    return readPath(id);
  };
  const found = root.node.findAll().flatMap((construct) => {
    const read = readRoute(construct, api.kind, apiId, pathOf);
    if (read === undefined) return [];
    const isGuarded = read.type === 'CUSTOM' && authorizerIds.includes(read.authorizerId);
    return [{ ...read, construct, isGuarded }];
  });
  return {
    routes: found
      .flatMap(({ route, isGuarded }) =>
        route === undefined ? [] : [{ route, pattern: parseApiRoute(route), isGuarded }],
      )
      .sort((a, b) => compare(sortKey(a), sortKey(b))),
    withoutPath: found
      .filter(({ route, isGuarded }) => route === undefined && isGuarded)
      .map(({ construct }) => construct.node.path)
      .sort(compare),
    open: found.filter(({ verb, type }) => type === 'NONE' && verb !== 'OPTIONS'),
  };
}

function readRoute(
  construct: Construct,
  kind: RoutedApi,
  apiId: string,
  pathOf: (resourceId: string) => string | undefined,
) {
  if (kind !== 'rest') {
    if (!CfnRoute.isCfnRoute(construct) || identifyResource(construct, construct.apiId) !== apiId)
      return undefined;
    const key: unknown = Stack.of(construct).resolve(propertyOf(construct, 'RouteKey'));
    const route = typeof key === 'string' ? key : undefined;
    // API Gateway authorizes connections; messages come over those.
    if (kind === 'websocket' && route !== '$connect') return undefined;
    return { verb: route?.split(' ')[0], route, ...authorizationOf(construct) };
  }
  if (!CfnMethod.isCfnMethod(construct) || identifyResource(construct, construct.restApiId) !== apiId)
    return undefined;
  const { httpMethod, resourceId, node } = construct;
  const path = isMethod(node.scope)
    ? node.scope.resource.path
    : pathOf(identifyResource(construct, resourceId));
  const route = path === undefined ? undefined : `${httpMethod} ${path}`;
  return { verb: httpMethod, route, ...authorizationOf(construct) };
}

function authorizationOf(construct: CfnResource) {
  return {
    type: (Stack.of(construct).resolve(propertyOf(construct, 'AuthorizationType')) ?? 'NONE') as unknown,
    authorizerId: identifyResource(construct, propertyOf(construct, 'AuthorizerId')),
  };
}

/** By shape: an application may have a second copy of aws-cdk-lib. */
function isMethod(
  construct: unknown,
): construct is Construct & { readonly resource: { readonly path: string } } {
  return (
    typeof construct === 'object' &&
    construct !== null &&
    'resource' in construct &&
    typeof construct.resource === 'object' &&
    construct.resource !== null &&
    'path' in construct.resource &&
    typeof construct.resource.path === 'string'
  );
}

function sortKey({ route, pattern: { methods, isAny, segments } }: ApiRoute): string {
  if (route.startsWith('$')) return route;
  const verb = isAny ? '~' : (VERBS as readonly string[]).indexOf(methods[0] ?? '');
  return `${segments.join('\u0000')}\u0000\u0000${verb}`;
}

/** By code units: the order of a report must not depend on the machine. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
