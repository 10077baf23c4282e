import type { IdentitySource } from './identity-sources.ts';
import { readIdentity } from './identity-sources.ts';
import type { InvocationResult } from './lambda-runtime.ts';
import type { RequestVariables } from './request-variables.ts';
import { ResultsCache } from './results-cache.ts';
import { withinTimeout } from './within-timeout.ts';

/** What all authorizers of all kinds of APIs have. */
export interface LambdaAuthorizerSettings {
  readonly name: string;
  readonly functionArn: string;
  readonly identitySources: readonly IdentitySource[];
  /** Whether a request that lacks one of them is refused, and the function not invoked. */
  readonly isIdentityRequired: boolean;
  /** A regular expression that the whole value of each identity source must match, or the function is not invoked. */
  readonly validationExpression?: string;
  /** 0 turns the results cache off. */
  readonly resultTtlSeconds: number;
  /** How long API Gateway waits; absent: as long as the function may run. */
  readonly timeoutMs?: number;
}

interface Dependencies<Answer> {
  /** Runs the authorizer function; nothing when there is no such function. */
  readonly invoke: (event: string) => Promise<InvocationResult> | undefined;
  /** Parses the JSON text that the function returned; says what is wrong with it, never a value. */
  readonly parse: (payload: string) => Answer | { readonly malformed: string };
  /** The clock, in milliseconds. */
  readonly now: () => number;
  /** Gets what AWS would write to the execution log; never a token. */
  readonly log: (line: string) => void;
}

/**
 * Why there is no answer: the request lacks an identity source, the function threw `Unauthorized`, it failed or
 * answered what API Gateway does not take, or there is no function to ask.
 */
export type NoAnswer = 'identity missing' | 'unauthorized' | 'misconfigured' | 'unreachable';

type Decision<Answer> =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly why: NoAnswer };

const no = (why: NoAnswer) => ({ ok: false, why }) as const;

/**
 * Asks a Lambda authorizer as API Gateway does: identity sources, results cache, function.
 *
 * Does NOT evaluate the answer: that depends on the request, and is done again with a cached one.
 */
export class LambdaAuthorizer<Answer extends object> {
  readonly #settings: LambdaAuthorizerSettings;
  readonly #dependencies: Dependencies<Answer>;
  readonly #expression: RegExp | undefined;
  readonly #cache: ResultsCache<Answer>;

  constructor(settings: LambdaAuthorizerSettings, dependencies: Dependencies<Answer>) {
    this.#settings = settings;
    this.#dependencies = dependencies;
    this.#cache = new ResultsCache(settings.resultTtlSeconds, dependencies.now);
    const { validationExpression } = settings;
    if (validationExpression) this.#expression = new RegExp(`^(?:${validationExpression})$`);
  }

  /** @param toEvent builds the event from the values of the identity sources */
  async decide(
    variables: RequestVariables,
    toEvent: (identity: readonly string[]) => Readonly<Record<string, unknown>>,
  ): Promise<Decision<Answer>> {
    const { identitySources, isIdentityRequired } = this.#settings;
    const identity = readIdentity(identitySources, variables);
    if (isIdentityRequired && identity.includes('')) return no('identity missing');
    if (identity.some((value) => this.#expression?.test(value) === false)) return no('identity missing');

    const cached = this.#cache.get(identity);
    if (cached) return { ok: true, answer: cached };
    const decision = await this.#ask(JSON.stringify(toEvent(identity)));
    if (decision.ok) this.#cache.set(identity, decision.answer);
    return decision;
  }

  /** Empties the results cache. */
  flush(): void {
    this.#cache.clear();
  }

  async #ask(event: string): Promise<Decision<Answer>> {
    const { name, timeoutMs } = this.#settings;
    const { invoke, parse, log } = this.#dependencies;
    const invocation = invoke(event);
    if (!invocation) {
      log(`Authorizer ${name}: its function is not part of the stack.`);
      return no('unreachable');
    }
    const result = await (timeoutMs === undefined ? invocation : withinTimeout(invocation, timeoutMs));
    if (result === 'timed out') {
      log(`Authorizer ${name}: the function did not answer within ${timeoutMs} ms.`);
      return no('misconfigured');
    }
    if (!result.ok) {
      // The exact text; whether AWS takes a longer one that begins with it is not documented.
      if (result.error.errorMessage === 'Unauthorized') return no('unauthorized');
      log(`Authorizer ${name}: the function failed with ${result.error.errorType}.`);
      return no('misconfigured');
    }
    const answer = parse(result.payload);
    if ('malformed' in answer) {
      log(`Authorizer ${name}: ${answer.malformed}.`);
      return no('misconfigured');
    }
    return { ok: true, answer };
  }
}
