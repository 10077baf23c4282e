import { randomUUID } from 'node:crypto';
import type { GatewayRequest } from './gateway-request.ts';
import { joinHeaders } from './gateway-request.ts';
import type { Answer, Refusal } from './gateway-response.ts';
import { buildGatewayResponse } from './gateway-response.ts';
import type { LambdaFunctions } from './lambda-functions.ts';
import { buildProxyEvent, parseProxyAnswer } from './lambda-proxy.ts';
import { LOCAL } from './local-values.ts';
import type { RouteMatch } from './match-route.ts';
import { matchRoute } from './match-route.ts';
import { answerMock } from './mock-integration.ts';
import type { RestApiSettings, Route } from './read-rest-api.ts';
import { functionArnOf } from './read-rest-api.ts';
import type { RequestVariables } from './request-variables.ts';
import type { Authorization } from './token-authorizer.ts';
import { TokenAuthorizer } from './token-authorizer.ts';

const INTEGRATION_TIMEOUT_MS = 29_000;

interface Dependencies {
  readonly functions: Pick<LambdaFunctions, 'find'>;
  /** Gets what AWS would write to the execution log; never a token. */
  readonly log: (line: string) => void;
}

/** The local gateway in front of one REST API. */
export class RestApi {
  readonly settings: RestApiSettings;
  readonly #dependencies: Dependencies;
  readonly #authorizers: ReadonlyMap<string, TokenAuthorizer>;

  constructor(settings: RestApiSettings, dependencies: Dependencies) {
    const { functions, log } = dependencies;
    this.settings = settings;
    this.#dependencies = dependencies;
    this.#authorizers = new Map(
      [...settings.authorizers].map(([id, authorizer]) => [
        id,
        new TokenAuthorizer(authorizer, {
          invoke: (event) => functions.find(authorizer.functionArn)?.invoke(event),
          now: Date.now,
          log,
        }),
      ]),
    );
  }

  /** Answers one request: route, authorizer, integration, and a gateway response wherever one of them refuses. */
  async handle(request: GatewayRequest): Promise<Answer> {
    const match = matchRoute(this.settings.routes, request.httpMethod, request.path);
    const variables = this.#variables(request, match);

    const answer = match
      ? await this.#pass(request, match, variables)
      : ({ type: 'MISSING_AUTHENTICATION_TOKEN' } as const);
    const { status, headers, body } =
      'type' in answer ? buildGatewayResponse(answer, this.settings.gatewayResponses, variables) : answer;
    return {
      status,
      headers: [...headers, ['x-amzn-RequestId', String(variables.context['requestId'])]],
      body,
    };
  }

  async #pass(
    request: GatewayRequest,
    match: RouteMatch<Route>,
    variables: RequestVariables,
  ): Promise<Answer | Refusal> {
    const authorization = await this.#authorize(match.route, request, variables.header);
    if (!authorization.ok) return authorization.refusal;
    const { integration } = match.route;
    if (integration?.Type === 'MOCK') return answerMock(integration) ?? { type: 'API_CONFIGURATION_ERROR' };
    if (integration?.Type !== 'AWS_PROXY') {
      this.#dependencies.log(
        `${match.route.resourcePath} has the integration type ${integration?.Type}; the local gateway knows AWS_PROXY and MOCK.`,
      );
      return { type: 'API_CONFIGURATION_ERROR' };
    }
    return this.#invoke(functionArnOf(integration.Uri), {
      ...request,
      resourcePath: match.route.resourcePath,
      pathParameters: match.pathParameters,
      stageVariables: this.settings.stageVariables,
      requestContext: {
        ...variables.context,
        ...(match.route.authorizer !== undefined && { authorizer: authorization.context }),
      },
    });
  }

  async #authorize(
    { authorizer: id, resourcePath }: Route,
    { httpMethod, path }: GatewayRequest,
    headers: Readonly<Record<string, string>>,
  ): Promise<Authorization> {
    if (id === undefined) return { ok: true, context: {} };
    const authorizer = this.#authorizers.get(id);
    if (!authorizer) {
      this.#dependencies.log(
        `${resourcePath} names the authorizer "${id}", which the REST API does not have.`,
      );
      return { ok: false, refusal: { type: 'AUTHORIZER_CONFIGURATION_ERROR' } };
    }
    const { apiId, stage } = this.settings;
    const api = `arn:${LOCAL.partition}:execute-api:${LOCAL.region}:${LOCAL.accountId}:${apiId}`;
    return authorizer.authorize(headers, `${api}/${stage}/${httpMethod}${path}`);
  }

  async #invoke(
    functionArn: string,
    request: Parameters<typeof buildProxyEvent>[0],
  ): Promise<Answer | Refusal> {
    const { functions, log } = this.#dependencies;
    const invocation = functions.find(functionArn)?.invoke(JSON.stringify(buildProxyEvent(request)));
    if (!invocation) {
      log(`${request.resourcePath} calls a function that is not part of the stack.`);
      return { type: 'API_CONFIGURATION_ERROR' };
    }
    const result = await withinTimeout(invocation);
    if (result === 'timed out') return { type: 'INTEGRATION_TIMEOUT' };
    const answer = result.ok ? parseProxyAnswer(result.payload) : undefined;
    if (!answer) {
      const what = result.ok ? 'returned a malformed proxy answer' : `failed with ${result.error.errorType}`;
      log(`${request.resourcePath}: the function ${what}.`);
    }
    return answer ?? { type: 'DEFAULT_5XX' };
  }

  #variables(request: GatewayRequest, match: RouteMatch<Route> | undefined): RequestVariables {
    const { apiId, stage, stageVariables } = this.settings;
    const header = joinHeaders(request.headers);
    const now = new Date();
    return {
      stageVariables,
      header,
      querystring: Object.fromEntries(new URLSearchParams(request.query)),
      path: match?.pathParameters ?? {},
      context: {
        accountId: LOCAL.accountId,
        apiId,
        domainName: header['host'] ?? 'localhost',
        domainPrefix: apiId,
        extendedRequestId: randomUUID(),
        httpMethod: request.httpMethod,
        identity: { sourceIp: request.sourceIp, userAgent: header['user-agent'] ?? null },
        path: `/${stage}${request.path}`,
        protocol: 'HTTP/1.1',
        requestId: randomUUID(),
        requestTime: now.toUTCString(),
        requestTimeEpoch: now.getTime(),
        resourceId: match ? match.route.resourcePath : '',
        resourcePath: match?.route.resourcePath ?? '',
        stage,
      },
    };
  }
}

async function withinTimeout<T>(invocation: Promise<T>): Promise<T | 'timed out'> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<'timed out'>((resolve) => {
    timer = setTimeout(resolve, INTEGRATION_TIMEOUT_MS, 'timed out');
  });
  return Promise.race([invocation, timeout]).finally(() => clearTimeout(timer));
}
