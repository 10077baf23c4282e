import { LambdaClient } from '@aws-sdk/client-lambda';
import type {
  CheckAnswer,
  HistoryAnswer,
  ListAnswer,
  ReinstateAnswer,
  RevocationRecord,
  RevokeAnswer,
} from './answers.ts';
import type { Command, Invocation } from './invoke-admin.ts';
import { invokeAdmin } from './invoke-admin.ts';
import type {
  Change,
  Extent,
  ListFilter,
  SessionTarget,
  SubjectTarget,
  Target,
  TokenTarget,
} from './targets.ts';

export interface RevocationsOptions {
  /** The name or ARN of the admin function: `authorizer.revocationsFunction.functionName`, or the stack's output. */
  readonly functionName: string;
  /** In whose name changes are recorded that do not say it themselves: this program's, such as `logout-endpoint`. */
  readonly actor: string;
  /**
   * The longest that a call takes, all attempts together, in milliseconds.
   *
   * @default - 20,000: below the 29 seconds that API Gateway waits for a backend
   */
  readonly timeoutMs?: number;
  /**
   * Sends the invocations; to share one, or to set it up differently.
   *
   * @default - one for the region and the credentials of the environment
   */
  readonly client?: Invocation['client'];
}

/** Longer than any network needs; the SDK by itself waits for ever. */
const CONNECTION_TIMEOUT_MS = 2000;

/**
 * Revokes and reinstates by the admin function, and by nothing else: whoever uses it needs `grantRevoke`, and no right
 * to the table. Each call is repeated while it was not confirmed, logs nothing, and when it returns, it is done.
 *
 * @throws of every method: `CommandInvalid`, do not repeat; `NotConfirmed`, repeat later; `NotReached`, change the setup
 * @example
 * const revocations = new Revocations({ functionName: process.env.REVOCATIONS_FUNCTION, actor: 'logout-endpoint' });
 * await revocations.revokeSession({ session }, { reason: 'signed out' });
 */
export class Revocations {
  readonly #invocation: Invocation;
  readonly #actor: string;

  constructor({ functionName, actor, timeoutMs = 20_000, client }: RevocationsOptions) {
    for (const [name, value] of Object.entries({ functionName, actor })) {
      if (typeof value !== 'string' || value === '')
        throw new Error(`Revocations: option "${name}" is empty.`);
    }
    this.#actor = actor;
    this.#invocation = {
      functionName,
      timeoutMs,
      client:
        client ??
        new LambdaClient({ maxAttempts: 1, requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS } }),
    };
  }

  /**
   * Revokes one token. Others of the same sign-in, and what a refresh token gets, stay good: see `revokeSession`.
   */
  revokeToken(target: TokenTarget, change: Change): Promise<RevokeAnswer> {
    return this.revoke({ dimension: 'token', ...target }, change);
  }

  /** Revokes all tokens of one sign-in, those too that it gets by refreshing; other devices stay signed in. */
  revokeSession(target: SessionTarget, change: Change): Promise<RevokeAnswer> {
    return this.revoke({ dimension: 'session', ...target }, change);
  }

  /**
   * Revokes the tokens of a person that were issued until now, by a clock that may be ahead by the issuer's `grace`:
   * everywhere, on all devices. A new sign-in is good from the answer's `safeSignInFrom` on; a token issued before that
   * second stays refused, and the client has to get a new one.
   */
  revokeSubject(target: SubjectTarget, change: Change & Extent): Promise<RevokeAnswer> {
    return this.revoke({ dimension: 'subject', ...target }, change);
  }

  /** Revokes anything; `before` and `block` are for subjects, clients, issuers and claims only. */
  revoke(
    target: Target,
    { actor = this.#actor, dryRun, block, ...change }: Change & Extent,
  ): Promise<RevokeAnswer> {
    return this.#ask<RevokeAnswer>({
      command: 'revoke',
      target,
      actor,
      ...change,
      ...(block === true && { block }),
      ...(dryRun === true && { dryRun }),
    });
  }

  /** Lifts a revocation; with `keepBefore`, tokens issued at or before it stay revoked. */
  reinstate(
    target: Target,
    { actor = this.#actor, dryRun, ...change }: Change & { readonly keepBefore?: number },
  ): Promise<ReinstateAnswer> {
    return this.#ask<ReinstateAnswer>({
      command: 'reinstate',
      target,
      actor,
      ...change,
      ...(dryRun === true && { dryRun }),
    });
  }

  /** Tells whether a token is live as far as revocations go, or anything else revoked. Does NOT verify a token. */
  check(target: Target): Promise<CheckAnswer> {
    return this.#ask<CheckAnswer>({ command: 'check', target });
  }

  /** Lists a page of the revocations in force. */
  list(filter: ListFilter = {}): Promise<ListAnswer> {
    return this.#ask<ListAnswer>({ command: 'list', ...filter });
  }

  /** Lists all revocations in force that fit, page by page. */
  async *listAll(filter: Omit<ListFilter, 'cursor'> = {}): AsyncGenerator<RevocationRecord, void> {
    let cursor: string | null | undefined;
    do {
      const page = await this.list({ ...filter, ...(cursor && { cursor }) });
      yield* page.records;
      cursor = page.cursor;
    } while (cursor !== null);
  }

  /** Lists a page of the changes of a target, newest first. */
  history(
    target: Target,
    page: { readonly limit?: number; readonly cursor?: string } = {},
  ): Promise<HistoryAnswer> {
    return this.#ask<HistoryAnswer>({ command: 'history', target, ...page });
  }

  async #ask<Answer>(command: Command): Promise<Answer> {
    return (await invokeAdmin(this.#invocation, command)) as Answer;
  }
}
