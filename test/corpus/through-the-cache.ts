// What the local gateway answers to one request after another of the same token, out of its results cache where it can.

import type { Live } from '../../lambda/authorizer/check-revocation.ts';
import type { CheckRoute } from '../../lambda/authorizer/check-route.ts';
import type { RouteTable } from '../../lambda/route-table.ts';
import { IdentitySource, identitySourceExpressions } from '../../lib/identity-source.ts';
import { HttpAuthorization } from '../../playground/http-authorization.ts';
import { parseIdentitySources } from '../../playground/identity-sources.ts';
import type { LambdaFunctions } from '../../playground/lambda-functions.ts';
import { matchHttpRoute } from '../../playground/match-http-route.ts';
import { matchRoute } from '../../playground/match-route.ts';
import { RestAuthorization } from '../../playground/rest-authorization.ts';
import { respond } from './ask-authorizer.ts';
import type { DrawnRequest } from './draw-routes.ts';

export interface Passed {
  /** The route of the API that takes the request; undefined: none. */
  readonly route: string | undefined;
  readonly isAllowed: boolean;
}

/** No rule is about them alone: they cross those that are. */
const CROSSING = [
  'GET /{a}/x',
  'GET /{a}/orders',
  'GET /orders/{b}/items',
  'ANY /{a}/{b}/x',
  'ANY /{a}/items',
];
const routesOf = ({ rules }: RouteTable) => rules.map(({ route }) => route).filter((_, at) => at % 4 !== 3);
const shapeOf = (route: string) => route.replace(/\{[^+}]+/g, '{');

/** An API of some routes of a table and of some that cross them, whose authorizer's responses are cached as the constructs have them cached. */
export function openCachingApi(
  table: RouteTable,
  api: 'rest' | 'http',
  checkRoute: CheckRoute,
  claims: Live['claims'],
  now: number,
): { send(request: DrawnRequest): Promise<Passed>; invocations(): number } {
  let invocations = 0;
  const invoke = async (event: string) => {
    invocations += 1;
    return { ok: true, payload: JSON.stringify(respond(checkRoute, claims, JSON.parse(event), now)) };
  };
  const expressions = identitySourceExpressions(api, [IdentitySource.header('Authorization')], 'test', true);
  const common = {
    name: 'authorizer',
    functionArn: 'function',
    identitySources: parseIdentitySources(expressions ?? [], api),
    isIdentityRequired: true,
    resultTtlSeconds: 300,
  } as const;
  const dependencies = {
    functions: { find: () => ({ invoke }) } as unknown as Pick<LambdaFunctions, 'find'>,
    log: () => undefined,
  };
  const settings = { apiId: 'abc123', stage: 'prod', stageVariables: {} };
  const authorizer = common.name;

  const routes = [
    ...new Map([...CROSSING, ...routesOf(table)].map((route) => [shapeOf(route), route])).values(),
  ];
  const rest = routes
    .filter((route) => route !== '$default')
    .map((route) => {
      const [httpMethod = '', resourcePath = ''] = route.split(' ');
      return { httpMethod, resourcePath, authorizer };
    });
  const http = routes.map((route) => ({ routeKey: route, authorizer }));
  const restApi = new RestAuthorization(
    {
      ...settings,
      routes: rest,
      authorizers: new Map([[authorizer, { ...common, type: 'REQUEST' }]]),
      apiKeySource: 'HEADER',
      apiKeys: new Map(),
      gatewayResponses: new Map(),
    },
    dependencies,
  );
  const httpApi = new HttpAuthorization(
    {
      ...settings,
      routes: http,
      authorizers: new Map([[authorizer, { ...common, payloadVersion: '1.0', isSimple: false }]]),
    },
    dependencies,
  );

  return {
    invocations: () => invocations,
    async send({ method, path: relative }) {
      const path = `/${relative}`;
      const match = api === 'rest' ? matchRoute(rest, method, path) : matchHttpRoute(http, method, path);
      if (match === undefined) return { route: undefined, isAllowed: false };
      const { route } = match;
      const resourcePath =
        'resourcePath' in route ? route.resourcePath : (route.routeKey.split(' ')[1] ?? route.routeKey);
      const context = {
        httpMethod: method,
        path: `/prod${path}`,
        domainName: 'api.example.com',
        customDomain: { basePathMatched: '-' },
      };
      const variables = {
        context,
        stageVariables: {},
        header: { authorization: 'token' },
        querystring: {},
        path: {},
      };
      const request = {
        httpMethod: method,
        path,
        rawPath: path,
        query: '',
        headers: [],
        body: new Uint8Array(),
        sourceIp: '127.0.0.1',
        resourcePath,
        routeKey: '',
        pathParameters: {},
        stageVariables: {},
        requestContext: {},
      };
      const { ok } =
        api === 'rest'
          ? await restApi.authorize({ httpMethod: method, resourcePath, authorizer }, request, variables)
          : await httpApi.authorize(authorizer, request, variables);
      return { route: 'routeKey' in route ? route.routeKey : `${method} ${resourcePath}`, isAllowed: ok };
    },
  };
}
