import { decodePath } from './decode-path.ts';
import type { RoutedRequest } from './describe-request.ts';
import { functionArnOf } from './function-arn-of.ts';
import type { GatewayRequest } from './gateway-request.ts';
import { joinHeaders } from './gateway-request.ts';
import type { Answer, Refusal } from './gateway-response.ts';
import { buildGatewayResponse } from './gateway-response.ts';
import type { LambdaFunctions } from './lambda-functions.ts';
import { buildProxyEvent, parseProxyAnswer } from './lambda-proxy.ts';
import type { RouteMatch } from './match-route.ts';
import { matchRoute } from './match-route.ts';
import { answerMock } from './mock-integration.ts';
import type { RestApiSettings, Route } from './read-rest-api.ts';
import { buildRequestContext } from './request-context.ts';
import type { RequestVariables } from './request-variables.ts';
import { RestAuthorization } from './rest-authorization.ts';
import { withinTimeout } from './within-timeout.ts';

const INTEGRATION_TIMEOUT_MS = 29_000;

interface Dependencies {
  readonly functions: Pick<LambdaFunctions, 'find'>;
  /** Gets what AWS would write to the execution log; never a token. */
  readonly log: (line: string) => void;
  /** The clock of the results cache, in milliseconds. */
  readonly now?: () => number;
}

/** The local gateway in front of one REST API. */
export class RestApi {
  readonly settings: RestApiSettings;
  readonly #dependencies: Dependencies;
  readonly #authorization: RestAuthorization;

  constructor(settings: RestApiSettings, dependencies: Dependencies) {
    this.settings = settings;
    this.#dependencies = dependencies;
    this.#authorization = new RestAuthorization(settings, dependencies);
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

  /** Forgets every answer of every authorizer, as API Gateway's FlushStageAuthorizersCache does. */
  flushAuthorizersCache(): void {
    this.#authorization.flush();
  }

  async #pass(
    request: GatewayRequest,
    { route, pathParameters }: RouteMatch<Route>,
    variables: RequestVariables,
  ): Promise<Answer | Refusal> {
    const { resourcePath, integration } = route;
    const { stageVariables } = this.settings;
    const routed = {
      ...request,
      resourcePath,
      pathParameters: decodeValues(pathParameters),
      stageVariables,
      requestContext: variables.context,
    };
    const authorization = await this.#authorization.authorize(route, routed, variables);
    if (!authorization.ok) return authorization.refusal;
    if (integration?.Type === 'MOCK') return answerMock(integration) ?? { type: 'API_CONFIGURATION_ERROR' };
    if (integration?.Type !== 'AWS_PROXY') {
      this.#dependencies.log(
        `${resourcePath} has the integration type ${integration?.Type}; the local gateway knows AWS_PROXY and MOCK.`,
      );
      return { type: 'API_CONFIGURATION_ERROR' };
    }
    const { context, apiKey } = authorization;
    return this.#invoke(functionArnOf(integration.Uri), {
      ...routed,
      requestContext: {
        ...variables.context,
        ...(apiKey !== undefined && { identity: this.#identify(variables, apiKey) }),
        ...(context && { authorizer: context }),
      },
    });
  }

  #identify({ context }: RequestVariables, apiKey: string): object {
    return { ...(context['identity'] as object), apiKey, apiKeyId: this.settings.apiKeys.get(apiKey) };
  }

  async #invoke(functionArn: string, request: RoutedRequest): Promise<Answer | Refusal> {
    const { functions, log } = this.#dependencies;
    const invocation = functions.find(functionArn)?.invoke(JSON.stringify(buildProxyEvent(request)));
    if (!invocation) {
      log(`${request.resourcePath} calls a function that is not part of the stack.`);
      return { type: 'API_CONFIGURATION_ERROR' };
    }
    const result = await withinTimeout(invocation, INTEGRATION_TIMEOUT_MS);
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
    const resourcePath = match?.route.resourcePath ?? '';
    return {
      stageVariables,
      header,
      querystring: Object.fromEntries(new URLSearchParams(request.query)),
      path: match?.pathParameters ?? {},
      context: buildRequestContext(request, header, { apiId, stage, resourcePath }),
    };
  }
}

function decodeValues(parameters: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, decodePath(value)]));
}
