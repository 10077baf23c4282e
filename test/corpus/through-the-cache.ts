// What the local gateway answers to one request after another of the same token, by the same cached policy.

import type { Decision } from '../../lambda/authorizer/authorize.ts';
import { buildResponse } from '../../lambda/authorizer/build-response.ts';
import type { GrantAccess } from '../../lambda/authorizer/grant-access.ts';
import { parseMethodArn } from '../../lambda/authorizer/parse-method-arn.ts';
import type { RouteTable } from '../../lambda/route-table.ts';
import type { CheckedClaims } from '../../lambda/routes/check-conditions.ts';
import { HttpAuthorization } from '../../playground/http-authorization.ts';
import type { LambdaFunctions } from '../../playground/lambda-functions.ts';
import { matchHttpRoute } from '../../playground/match-http-route.ts';
import { matchRoute } from '../../playground/match-route.ts';
import { RestAuthorization } from '../../playground/rest-authorization.ts';
import type { DrawnRequest } from './draw-routes.ts';

export interface Passed {
  /** Whether a route of the API takes the request at all. */
  readonly isRouted: boolean;
  readonly isAllowed: boolean;
}

const AUTHORIZER = {
  name: 'authorizer',
  functionArn: 'function',
  identitySources: [{ from: 'header', name: 'authorization' }],
  isIdentityRequired: true,
  resultTtlSeconds: 300,
} as const;
const VARIABLES = {
  context: {},
  stageVariables: {},
  header: { authorization: 'token' },
  querystring: {},
  path: {},
};

/** An API of the routes of a table, whose authorizer is asked once and then answered for by its results cache. */
export function openCachingApi(
  table: RouteTable,
  api: 'rest' | 'http',
  grant: GrantAccess,
  claims: CheckedClaims,
  now: number,
): { send(request: DrawnRequest): Promise<Passed>; invocations(): number } {
  let invocations = 0;
  const invoke = async (text: string) => {
    invocations += 1;
    const { methodArn } = JSON.parse(text) as { readonly methodArn: string };
    const arn = parseMethodArn(methodArn, api);
    const { check, grants } = grant(claims, api, arn, now);
    const kind = api === 'rest' ? 'rest-token' : 'http-1.0';
    const known = { caller: { context: {} }, claims, route: { rule: check.route, grants } };
    const request = { arn, kind };
    const decision =
      check.denial === undefined || check.denial.isLogOnly
        ? { request, allow: true, ...known }
        : { request, allow: false, denial: { reason: check.denial.reason }, refused: known };
    return { ok: true, payload: JSON.stringify(buildResponse(decision as unknown as Decision, 'generic')) };
  };
  const dependencies = {
    functions: { find: () => ({ invoke }) } as unknown as Pick<LambdaFunctions, 'find'>,
    log: () => undefined,
  };
  const settings = { apiId: 'abc123', stage: 'prod', stageVariables: {} };
  const authorizer = AUTHORIZER.name;

  const rest = table.rules
    .filter(({ route }) => route !== '$default')
    .map(({ route }) => {
      const [httpMethod = '', resourcePath = ''] = route.split(' ');
      return { httpMethod, resourcePath, authorizer };
    });
  const http = table.rules.map(({ route }) => ({ routeKey: route, authorizer }));
  const restApi = new RestAuthorization(
    {
      ...settings,
      routes: rest,
      authorizers: new Map([[authorizer, { ...AUTHORIZER, type: 'TOKEN' }]]),
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
      authorizers: new Map([[authorizer, { ...AUTHORIZER, payloadVersion: '1.0', isSimple: false }]]),
    },
    dependencies,
  );

  return {
    invocations: () => invocations,
    async send({ method, path }) {
      const request = {
        httpMethod: method,
        path: `/${path}`,
        rawPath: `/${path}`,
        query: '',
        headers: [],
        body: new Uint8Array(),
        sourceIp: '127.0.0.1',
        resourcePath: '',
        routeKey: '',
        pathParameters: {},
        stageVariables: {},
        requestContext: {},
      };
      const match =
        api === 'rest' ? matchRoute(rest, method, request.path) : matchHttpRoute(http, method, request.path);
      if (match === undefined) return { isRouted: false, isAllowed: false };
      const { ok } =
        api === 'rest'
          ? await restApi.authorize({ httpMethod: method, resourcePath: '', authorizer }, request, VARIABLES)
          : await httpApi.authorize(authorizer, request, VARIABLES);
      return { isRouted: true, isAllowed: ok };
    },
  };
}
