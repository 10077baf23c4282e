import { addCorsHeaders, answerPreflight } from './cors.ts';
import { decodePath } from './decode-path.ts';
import type { GatewayRequest } from './gateway-request.ts';
import { joinByComma } from './gateway-request.ts';
import type { Answer } from './gateway-response.ts';
import type { HttpDecision } from './http-authorization.ts';
import { HttpAuthorization } from './http-authorization.ts';
import type { HttpRoutedRequest } from './http-events.ts';
import { buildProxyEventV1, buildProxyEventV2 } from './http-events.ts';
import { parseHttpProxyAnswer } from './http-proxy-answer.ts';
import type { LambdaFunctions } from './lambda-functions.ts';
import type { HttpRouteMatch } from './match-http-route.ts';
import { matchHttpRoute } from './match-http-route.ts';
import type { HttpApiSettings, HttpRoute } from './read-http-api.ts';
import { buildRequestContext } from './request-context.ts';
import type { RequestVariables } from './request-variables.ts';
import { withinTimeout } from './within-timeout.ts';

const INTEGRATION_TIMEOUT_MS = 30_000;

/** What an HTTP API itself answers; nobody can change it. */
const MESSAGES = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const;

interface Dependencies {
  readonly functions: Pick<LambdaFunctions, 'find'>;
  /** Gets what AWS would write to the access log; never a token. */
  readonly log: (line: string) => void;
  /** The clock of the results cache, in milliseconds. */
  readonly now?: () => number;
}

/** The local gateway in front of one HTTP API. */
export class HttpApi {
  readonly settings: HttpApiSettings;
  readonly #dependencies: Dependencies;
  readonly #authorization: HttpAuthorization;

  constructor(settings: HttpApiSettings, dependencies: Dependencies) {
    this.settings = settings;
    this.#dependencies = dependencies;
    this.#authorization = new HttpAuthorization(settings, dependencies);
  }

  /** Answers one request: CORS, route, authorizer, integration. The path is decoded once, before all of them. */
  async handle(sent: GatewayRequest): Promise<Answer> {
    const { cors, routes } = this.settings;
    const request = { ...sent, path: decodePath(sent.path) };
    const match = matchHttpRoute(routes, request.httpMethod, request.path);
    // A route that takes OPTIONS requests, as `$default` does, takes preflight requests as well.
    if (cors && !match && request.httpMethod === 'OPTIONS') return answerPreflight(cors, request.headers);

    const variables = this.#variables(request, match);
    const answer = match ? await this.#pass(request, match, variables) : refusal(404);
    const { status, headers, body } = cors ? addCorsHeaders(cors, request.headers, answer) : answer;
    return {
      status,
      headers: [...headers, ['apigw-requestid', String(variables.context['requestId'])]],
      body,
    };
  }

  /** Forgets every answer of every authorizer, as API Gateway's ResetAuthorizersCache does. */
  resetAuthorizersCache(): void {
    this.#authorization.flush();
  }

  async #pass(
    request: GatewayRequest,
    { route, pathParameters }: HttpRouteMatch<HttpRoute>,
    variables: RequestVariables,
  ): Promise<Answer> {
    const { routeKey } = route;
    const { stageVariables } = this.settings;
    const { routeKey: _routeKey, customDomain: _customDomain, ...context } = variables.context;
    const routed = {
      ...request,
      routeKey,
      rawPath: String(variables.context['path']),
      resourcePath: resourcePathOf(routeKey),
      pathParameters,
      stageVariables,
      requestContext: { ...context, resourceId: null },
    };
    if (route.authorizer === undefined) return this.#invoke(route, routed, undefined);
    const decision = await this.#authorization.authorize(route.authorizer, routed, variables);
    return decision.ok ? this.#invoke(route, routed, decision) : refusal(decision.status);
  }

  async #invoke(
    { integration, routeKey }: HttpRoute,
    request: HttpRoutedRequest,
    caller: (HttpDecision & { ok: true }) | undefined,
  ): Promise<Answer> {
    const { functions, log } = this.#dependencies;
    if (integration?.type !== 'AWS_PROXY') {
      log(`${routeKey} has the integration type ${integration?.type}; the local gateway knows AWS_PROXY.`);
      return refusal(500);
    }
    const version = integration.payloadVersion;
    const event = version === '1.0' ? buildProxyEventV1 : buildProxyEventV2;
    const requestContext = {
      ...request.requestContext,
      ...(caller && { authorizer: authorizerField(caller, version) }),
    };
    const invocation = functions
      .find(integration.functionArn)
      ?.invoke(JSON.stringify(event({ ...request, requestContext })));
    if (!invocation) {
      log(`${routeKey} calls a function that is not part of the stack.`);
      return refusal(500);
    }
    const result = await withinTimeout(invocation, INTEGRATION_TIMEOUT_MS);
    if (result === 'timed out') return refusal(503);
    const answer = result.ok ? parseHttpProxyAnswer(result.payload, version) : undefined;
    if (!answer) {
      const what = result.ok ? 'returned a malformed proxy answer' : `failed with ${result.error.errorType}`;
      log(`${routeKey}: the function ${what}.`);
    }
    return answer ?? refusal(500);
  }

  #variables(request: GatewayRequest, match: HttpRouteMatch<HttpRoute> | undefined): RequestVariables {
    const { apiId, stage, stageVariables } = this.settings;
    const routeKey = match?.route.routeKey ?? '';
    const header = joinByComma(request.headers.map(([name, value]) => [name.toLowerCase(), value] as const));
    const api = { apiId, stage, resourcePath: resourcePathOf(routeKey) };
    return {
      stageVariables,
      header,
      querystring: joinByComma([...new URLSearchParams(request.query)] as [string, string][]),
      path: match?.pathParameters ?? {},
      // Without a custom domain, an access log has `-` for the base path.
      context: {
        ...buildRequestContext(request, header, api),
        routeKey,
        customDomain: { basePathMatched: '-' },
      },
    };
  }
}

/** Format 2.0 puts the context into `lambda`, see the event; format 1.0 has the principal beside it. */
function authorizerField({ context, principalId }: HttpDecision & { ok: true }, version: '1.0' | '2.0') {
  if (version === '2.0') return context;
  return { ...context, ...(principalId !== undefined && { principalId }) };
}

function resourcePathOf(routeKey: string): string {
  return routeKey.split(' ')[1] ?? routeKey;
}

function refusal(status: keyof typeof MESSAGES): Answer {
  return {
    status,
    headers: [['content-type', 'application/json']],
    body: JSON.stringify({ message: MESSAGES[status] }),
  };
}
