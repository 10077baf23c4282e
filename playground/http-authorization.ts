import { evaluatePolicy } from './evaluate-policy.ts';
import { executeApiArn } from './execute-api-arn.ts';
import type { HttpRoutedRequest } from './http-events.ts';
import { buildAuthorizerEventV1, buildAuthorizerEventV2 } from './http-events.ts';
import { LambdaAuthorizer } from './lambda-authorizer.ts';
import type { LambdaFunctions } from './lambda-functions.ts';
import type { AuthorizerAnswer, SimpleAnswer } from './parse-authorizer-answer.ts';
import { parseAuthorizerAnswer, parseDeepAnswer, parseSimpleAnswer } from './parse-authorizer-answer.ts';
import type { HttpApiSettings, HttpAuthorizerSettings } from './read-http-api.ts';
import type { RequestVariables } from './request-variables.ts';

/** Whether a request may pass, and what the integration learns about its caller; or the status of the refusal. */
export type HttpDecision =
  | {
      readonly ok: true;
      /** Null: the authorizer returned none. */
      readonly context: Readonly<Record<string, unknown>> | null;
      /** Absent: a simple response has none. */
      readonly principalId?: string;
    }
  | { readonly ok: false; readonly status: 401 | 403 | 500 };

interface Dependencies {
  readonly functions: Pick<LambdaFunctions, 'find'>;
  /** Gets what AWS would write to the access log; never a token. */
  readonly log: (line: string) => void;
  /** The clock, in milliseconds. */
  readonly now?: () => number;
}

const refuse = (status: 401 | 403 | 500): HttpDecision => ({ ok: false, status });

/** Decides who may call the routes of an HTTP API that have an authorizer. */
export class HttpAuthorization {
  readonly #settings: HttpApiSettings;
  readonly #log: (line: string) => void;
  readonly #authorizers: ReadonlyMap<string, LambdaAuthorizer<AuthorizerAnswer | SimpleAnswer>>;

  constructor(settings: HttpApiSettings, { functions, log, now = Date.now }: Dependencies) {
    this.#settings = settings;
    this.#log = log;
    this.#authorizers = new Map(
      [...settings.authorizers].map(([id, authorizer]) => [
        id,
        new LambdaAuthorizer<AuthorizerAnswer | SimpleAnswer>(authorizer, {
          invoke: (event) => functions.find(authorizer.functionArn)?.invoke(event),
          parse: parserOf(authorizer),
          now,
          log,
        }),
      ]),
    );
  }

  /** @param id the authorizer of the route */
  async authorize(
    id: string,
    request: HttpRoutedRequest,
    variables: RequestVariables,
  ): Promise<HttpDecision> {
    const authorizer = this.#authorizers.get(id);
    const payloadVersion = this.#settings.authorizers.get(id)?.payloadVersion;
    if (!authorizer) {
      this.#log(`${request.routeKey} names the authorizer "${id}", which the HTTP API does not have.`);
      return refuse(500);
    }
    const { apiId, stage } = this.#settings;
    const routeArn = executeApiArn(apiId, stage, request.httpMethod + request.path);
    const buildEvent = payloadVersion === '1.0' ? buildAuthorizerEventV1 : buildAuthorizerEventV2;

    const decision = await authorizer.decide(variables, (identity) =>
      buildEvent(request, routeArn, identity),
    );
    // A thrown "Unauthorized" is a fault here, as every exception is; AWS documents no 401 for it.
    if (!decision.ok) return refuse(decision.why === 'identity missing' ? 401 : 500);
    const { answer } = decision;
    if (!isAllowed(answer, routeArn)) return refuse(403);
    return {
      ok: true,
      context: answer.context,
      ...('principalId' in answer && { principalId: answer.principalId }),
    };
  }

  /** Empties the results cache of every authorizer. */
  flush(): void {
    for (const authorizer of this.#authorizers.values()) authorizer.flush();
  }
}

/** Evaluates an answer for one request; a cached policy is evaluated again, a cached simple response is not. */
function isAllowed(answer: AuthorizerAnswer | SimpleAnswer, routeArn: string): boolean {
  if ('isAuthorized' in answer) return answer.isAuthorized;
  return evaluatePolicy(answer.statements, 'execute-api:Invoke', routeArn) === 'allow';
}

function parserOf({ isSimple, payloadVersion }: HttpAuthorizerSettings) {
  if (isSimple) return parseSimpleAnswer;
  return payloadVersion === '1.0' ? parseAuthorizerAnswer : parseDeepAnswer;
}
