import { evaluatePolicy } from './evaluate-policy.ts';
import type { Refusal } from './gateway-response.ts';
import type { InvocationResult } from './lambda-runtime.ts';
import type { AuthorizerAnswer } from './parse-authorizer-answer.ts';
import { parseAuthorizerAnswer } from './parse-authorizer-answer.ts';

/** An `AWS::ApiGateway::Authorizer` of type TOKEN. */
export interface TokenAuthorizerSettings {
  readonly name: string;
  /** The lower-case name of the header that is the identity source. */
  readonly header: string;
  /** A regular expression that the whole header value must match, or the function is not invoked. */
  readonly validationExpression?: string;
  /** 0 turns the results cache off. */
  readonly resultTtlSeconds: number;
}

interface Dependencies {
  /** Runs the authorizer function; nothing when there is no such function. */
  readonly invoke: (event: string) => Promise<InvocationResult> | undefined;
  /** The clock, in milliseconds. */
  readonly now: () => number;
  /** Gets what AWS would write to the execution log; never a token. */
  readonly log: (line: string) => void;
}

/** Whether a request may pass, and the context that the integration gets. */
export type Authorization =
  | { readonly ok: true; readonly context: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly refusal: Refusal };

const refuse = (refusal: Refusal): Authorization => ({ ok: false, refusal });

/** Asks a TOKEN authorizer as API Gateway does: identity source, results cache, function, policy. */
export class TokenAuthorizer {
  readonly #settings: TokenAuthorizerSettings;
  readonly #dependencies: Dependencies;
  readonly #expression: RegExp | undefined;
  readonly #cache = new Map<string, { readonly answer: AuthorizerAnswer; readonly expiresAtMs: number }>();

  constructor(settings: TokenAuthorizerSettings, dependencies: Dependencies) {
    this.#settings = settings;
    this.#dependencies = dependencies;
    const { validationExpression } = settings;
    if (validationExpression) this.#expression = new RegExp(`^(?:${validationExpression})$`);
  }

  /**
   * Decides about one request.
   *
   * @param headers by lower-case name
   * @param methodArn the ARN of the concrete request
   */
  async authorize(headers: Readonly<Record<string, string>>, methodArn: string): Promise<Authorization> {
    const token = headers[this.#settings.header];
    if (!token || this.#expression?.test(token) === false) return refuse({ type: 'UNAUTHORIZED' });

    const answer = this.#cached(token) ?? (await this.#ask(token, methodArn));
    if ('type' in answer) return refuse(answer);

    // A cached policy is evaluated again, against this request.
    const effect = evaluatePolicy(answer.statements, 'execute-api:Invoke', methodArn);
    const context = { ...answer.context, principalId: answer.principalId };
    if (effect === 'allow') return { ok: true, context };
    return refuse({
      type: 'ACCESS_DENIED',
      authorizer: context,
      ...(effect === 'explicit deny' && {
        message: 'User is not authorized to access this resource with an explicit deny',
      }),
    });
  }

  async #ask(authorizationToken: string, methodArn: string): Promise<AuthorizerAnswer | Refusal> {
    const { name, resultTtlSeconds } = this.#settings;
    const { invoke, log, now } = this.#dependencies;
    const result = await invoke(JSON.stringify({ type: 'TOKEN', authorizationToken, methodArn }));
    if (!result) {
      log(`Authorizer ${name}: its function is not part of the stack.`);
      return { type: 'AUTHORIZER_FAILURE' };
    }
    if (!result.ok) {
      // The exact text; whether AWS takes a longer one that begins with it is not documented.
      if (result.error.errorMessage === 'Unauthorized') return { type: 'UNAUTHORIZED' };
      log(`Authorizer ${name}: the function failed with ${result.error.errorType}.`);
      return { type: 'AUTHORIZER_CONFIGURATION_ERROR' };
    }
    const answer = parseAuthorizerAnswer(result.payload);
    if ('malformed' in answer) {
      log(`Authorizer ${name}: ${answer.malformed}.`);
      return { type: 'AUTHORIZER_CONFIGURATION_ERROR' };
    }
    if (resultTtlSeconds > 0) {
      this.#cache.set(authorizationToken, { answer, expiresAtMs: now() + resultTtlSeconds * 1000 });
    }
    return answer;
  }

  #cached(token: string): AuthorizerAnswer | undefined {
    for (const [key, { expiresAtMs }] of this.#cache) {
      if (expiresAtMs <= this.#dependencies.now()) this.#cache.delete(key);
    }
    return this.#cache.get(token)?.answer;
  }
}
