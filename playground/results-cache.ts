/** What the authorizers answered, for their lifetime: the results cache of API Gateway. */
export class ResultsCache<Answer> {
  readonly #ttlSeconds: number;
  readonly #now: () => number;
  readonly #entries = new Map<string, { readonly answer: Answer; readonly expiresAtMs: number }>();

  /**
   * @param ttlSeconds 0 turns the cache off
   * @param now the clock, in milliseconds
   */
  constructor(ttlSeconds: number, now: () => number) {
    this.#ttlSeconds = ttlSeconds;
    this.#now = now;
  }

  /** @param identity the values of all identity sources, in their order; without any, nothing is ever kept */
  get(identity: readonly string[]): Answer | undefined {
    for (const [key, { expiresAtMs }] of this.#entries) {
      if (expiresAtMs <= this.#now()) this.#entries.delete(key);
    }
    return this.#entries.get(JSON.stringify(identity))?.answer;
  }

  set(identity: readonly string[], answer: Answer): void {
    if (this.#ttlSeconds === 0 || identity.length === 0) return;
    const expiresAtMs = this.#now() + this.#ttlSeconds * 1000;
    this.#entries.set(JSON.stringify(identity), { answer, expiresAtMs });
  }

  /** Forgets everything, as a flush of the stage does. */
  clear(): void {
    this.#entries.clear();
  }
}
