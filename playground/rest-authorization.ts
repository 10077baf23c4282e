import type { RoutedRequest } from './describe-request.ts';
import { describeRequest } from './describe-request.ts';
import { evaluatePolicy } from './evaluate-policy.ts';
import { executeApiArn } from './execute-api-arn.ts';
import type { GatewayResponseType, Refusal } from './gateway-response.ts';
import type { NoAnswer } from './lambda-authorizer.ts';
import { LambdaAuthorizer } from './lambda-authorizer.ts';
import type { LambdaFunctions } from './lambda-functions.ts';
import { LOCAL } from './local-values.ts';
import type { AuthorizerAnswer } from './parse-authorizer-answer.ts';
import { parseAuthorizerAnswer } from './parse-authorizer-answer.ts';
import type { RestApiSettings, Route } from './read-rest-api.ts';
import type { RequestVariables } from './request-variables.ts';
import { combineEffects, evaluateResourcePolicy } from './resource-policy.ts';

/** The longest ARN of a request that API Gateway authorizes. */
const MAX_METHOD_ARN_BYTES = 1600;

const REFUSALS: Readonly<Record<NoAnswer, GatewayResponseType>> = {
  'identity missing': 'UNAUTHORIZED',
  unauthorized: 'UNAUTHORIZED',
  misconfigured: 'AUTHORIZER_CONFIGURATION_ERROR',
  unreachable: 'AUTHORIZER_FAILURE',
};

/** Whether a request may pass, and what the integration learns about its caller. */
export type Authorization =
  | {
      readonly ok: true;
      /** Absent: the method has no authorizer. */
      readonly context?: Readonly<Record<string, unknown>>;
      readonly apiKey?: string;
    }
  | { readonly ok: false; readonly refusal: Refusal };

interface Dependencies {
  readonly functions: Pick<LambdaFunctions, 'find'>;
  /** Gets what AWS would write to the execution log; never a token. */
  readonly log: (line: string) => void;
  /** The clock, in milliseconds. */
  readonly now?: () => number;
}

const refuse = (refusal: Refusal): Authorization => ({ ok: false, refusal });

/** Decides who may call a REST API: resource policy, authorizer, API key, in the order of API Gateway. */
export class RestAuthorization {
  readonly #settings: RestApiSettings;
  readonly #authorizers: ReadonlyMap<string, LambdaAuthorizer<AuthorizerAnswer>>;
  readonly #log: (line: string) => void;

  constructor(settings: RestApiSettings, { functions, log, now = Date.now }: Dependencies) {
    this.#settings = settings;
    this.#log = log;
    this.#authorizers = new Map(
      [...settings.authorizers].map(([id, authorizer]) => [
        id,
        new LambdaAuthorizer(authorizer, {
          invoke: (event) => functions.find(authorizer.functionArn)?.invoke(event),
          parse: parseAuthorizerAnswer,
          now,
          log,
        }),
      ]),
    );
  }

  async authorize(route: Route, request: RoutedRequest, variables: RequestVariables): Promise<Authorization> {
    const { apiId, stage, resourcePolicy } = this.#settings;
    const methodArn = executeApiArn(apiId, stage, request.httpMethod + request.path);
    const byAddress = resourcePolicy && evaluateResourcePolicy(resourcePolicy, methodArn, request.sourceIp);
    if (byAddress === 'explicit deny')
      return refuse(deniedByResourcePolicy(methodArn, ' with an explicit deny'));

    if (route.authorizer === undefined) {
      if (byAddress === 'implicit deny') return refuse(deniedByResourcePolicy(methodArn, ''));
      return this.#requireApiKey(route, variables.header['x-api-key'], { ok: true });
    }
    if (Buffer.byteLength(methodArn) > MAX_METHOD_ARN_BYTES) return refuse({ type: 'DEFAULT_4XX' });

    const decision = await this.#ask(route.authorizer, methodArn, request, variables);
    if (!decision.ok) return refuse({ type: REFUSALS[decision.why] });
    const { statements, principalId, usageIdentifierKey, ...answer } = decision.answer;
    const context = { ...answer.context, principalId };
    // A cached policy is evaluated again, against this request.
    const own = evaluatePolicy(statements, 'execute-api:Invoke', methodArn);
    const effect = combineEffects(own, byAddress ?? 'implicit deny');
    if (effect !== 'allow') {
      return refuse({
        type: 'ACCESS_DENIED',
        authorizer: context,
        ...(effect === 'explicit deny' && {
          message: 'User is not authorized to access this resource with an explicit deny',
        }),
      });
    }
    const key = this.#settings.apiKeySource === 'HEADER' ? variables.header['x-api-key'] : usageIdentifierKey;
    return this.#requireApiKey(route, key, { ok: true, context });
  }

  /** Empties the results cache of every authorizer. */
  flush(): void {
    for (const authorizer of this.#authorizers.values()) authorizer.flush();
  }

  #ask(id: string, methodArn: string, request: RoutedRequest, variables: RequestVariables) {
    const authorizer = this.#authorizers.get(id);
    const type = this.#settings.authorizers.get(id)?.type;
    if (!authorizer) {
      this.#log(`${request.resourcePath} names the authorizer "${id}", which the REST API does not have.`);
      return { ok: false, why: 'misconfigured' } as const;
    }
    return authorizer.decide(variables, ([authorizationToken]) =>
      type === 'TOKEN'
        ? { type, authorizationToken, methodArn }
        : { type, methodArn, ...describeRequest(request, {}) },
    );
  }

  #requireApiKey(route: Route, key: string | undefined, passed: Authorization & { ok: true }): Authorization {
    if (!route.isApiKeyRequired) return passed;
    if (key === undefined || !this.#settings.apiKeys.has(key)) return refuse({ type: 'INVALID_API_KEY' });
    return { ...passed, apiKey: key };
  }
}

function deniedByResourcePolicy(methodArn: string, ending: string): Refusal {
  const masked = methodArn.replace(LOCAL.accountId, `********${LOCAL.accountId.slice(-4)}`);
  return {
    type: 'ACCESS_DENIED',
    message: `User: anonymous is not authorized to perform: execute-api:Invoke on resource: ${masked}${ending}`,
  };
}
