// The signing keys of the trusted issuers: fetched, kept for a bounded time, and never one issuer's for another.
import type { TrustedIssuer } from '../config.ts';
import { Fault } from '../fault.ts';
import { fetchJson } from './fetch-json.ts';
import { findJwksUrl } from './find-jwks-url.ts';
import type { SigningKey } from './vet-keys.ts';
import { vetKeys } from './vet-keys.ts';

/** From this age on, keys are fetched again before they are used: so long does a withdrawn key stay good. */
const MAX_AGE_MS = 5 * 60_000;

/** From this age on, they are fetched again while the old ones still serve, so that hardly a request ever waits. */
const REFRESH_AGE_MS = 4 * 60_000;

/** So long do old keys serve when the issuer does not answer; then nothing can be checked any more. */
const STALE_IF_ERROR_MS = 60 * 60_000;

/** So long is the issuer left alone after a failure, and after a fetch for a `kid` that turned out not to exist. */
const COOL_DOWN_MS = 10_000;

/** One attempt, discovery included: far below the time limit of the function, which also has to read the table. */
const FETCH_DEADLINE_MS = 2000;

/** Gets and parses a JSON document, in bounded size, until the signal. */
export type FetchDocument = (url: URL, signal: AbortSignal) => Promise<unknown>;

/**
 * What an unknown `kid` means while the issuer must not be asked again.
 *
 * - `deny`: no such key. Strangers send made-up names, and must not cause faults.
 * - `fault`: not known. The key may be new, and a results cache would keep a denial after the key is found.
 * - `insist`: as `fault`, and a known `kid` whose keys do not fit is looked for again as well. The functions that answer a
 *   trusted caller do so, because they must not call a token invalid without looking; see {@link SigningKeys.findNewer}.
 */
export type InCoolDown = 'deny' | 'fault' | 'insist';

interface Attempt {
  readonly startedAt: number;
  readonly done: Promise<void>;
}

/** Keeps the keys of one issuer. */
export class SigningKeys {
  readonly #issuer: TrustedIssuer;
  readonly #fetch: FetchDocument;
  /** The time in milliseconds. */
  readonly now: () => number;
  #keys: readonly SigningKey[] = [];
  /** When the fetch began that the keys come from: what the issuer published later is not in them. */
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #failedAt = Number.NEGATIVE_INFINITY;
  #soughtInVainAt = Number.NEGATIVE_INFINITY;
  #attempt: Attempt | undefined;

  /**
   * @param now  the time in milliseconds
   * @throws {Fault} `config_invalid`  the keys of the configuration are not usable
   */
  constructor(issuer: TrustedIssuer, fetch: FetchDocument, now: () => number = Date.now) {
    this.#issuer = issuer;
    this.#fetch = fetch;
    this.now = now;
    if (issuer.jwks !== undefined) this.#startWith(issuer.jwks);
  }

  /**
   * Finds the keys under a `kid`.
   *
   * A known `kid` waits for the issuer only when the keys are older than 5 minutes, and goes on with keys of up to
   * an hour when it does not answer. An unknown `kid` makes us look once, and not again within 10 seconds.
   *
   * @returns the keys that carry it; none when the issuer has no such key
   * @throws {Fault} `jwks_unavailable`  the keys are needed, and could not be had
   * @throws {Fault} `jwks_throttled`    the same, within 10 seconds of a failure: the issuer was not asked again. Unless
   *   it is to `deny`, also for an unknown `kid`, within 10 seconds of a fetch that did not bring one
   */
  async find(kid: string, inCoolDown: InCoolDown): Promise<readonly SigningKey[]> {
    const askedAt = this.now();
    await this.#keepFresh();
    const known = this.#withKid(kid);
    if (known.length > 0) return known;
    // A fetch that had begun before we were asked may have missed a key published since: then there is a second one.
    for (let fetches = 0; fetches < 2 && this.#fetchedAt < askedAt; fetches += 1) {
      if (this.#isWithin(COOL_DOWN_MS, this.#soughtInVainAt)) return this.#withKidUnsought(kid, inCoolDown);
      await this.#refreshed();
    }
    const found = this.#withKid(kid);
    if (found.length === 0) this.#soughtInVainAt = this.now();
    return found;
  }

  /**
   * Looks again for a `kid` whose known keys do not fit a token: the issuer may have replaced the key under it.
   *
   * @param askedAt  when the token came in, by {@link now}
   * @returns the keys that carry it now; undefined: those of {@link find} are as new
   * @throws {Fault} `jwks_unavailable`, `jwks_throttled`  the issuer did not answer, or must not be asked again yet
   */
  async findNewer(kid: string, askedAt: number): Promise<readonly SigningKey[] | undefined> {
    if (this.#fetchedAt >= askedAt) return undefined;
    const known = this.#withKid(kid);
    for (let fetches = 0; fetches < 2 && this.#fetchedAt < askedAt; fetches += 1) {
      if (this.#isWithin(COOL_DOWN_MS, this.#soughtInVainAt)) {
        throw new Fault('jwks_throttled', `${this.#issuer.id} was asked for a newer key a moment ago`);
      }
      await this.#refreshed();
    }
    const found = this.#withKid(kid);
    const isNew = found.some(({ thumbprint }) => known.every((key) => key.thumbprint !== thumbprint));
    if (!isNew) this.#soughtInVainAt = this.now();
    return found;
  }

  #withKidUnsought(kid: string, inCoolDown: InCoolDown): readonly SigningKey[] {
    const known = this.#withKid(kid);
    if (known.length > 0 || inCoolDown === 'deny') return known;
    throw new Fault('jwks_throttled', `${this.#issuer.id} was asked for an unknown key a moment ago`);
  }

  /**
   * Gets every key that the issuer publishes, and with a `kid` looks for it as {@link find} does, for a trusted caller. Throws
   * the same.
   */
  async published(kid?: string): Promise<readonly SigningKey[]> {
    if (kid === undefined) await this.#keepFresh();
    else await this.find(kid, 'fault');
    return this.#keys;
  }

  async #keepFresh(): Promise<void> {
    if (this.#isWithin(REFRESH_AGE_MS, this.#fetchedAt)) return;
    const refreshed = this.#refreshed();
    if (this.#isWithin(MAX_AGE_MS, this.#fetchedAt)) {
      refreshed.catch(() => {}); // the next request meets the same failure, and by then has to act on it
      return;
    }
    try {
      await refreshed;
    } catch (fault) {
      if (!this.#isWithin(STALE_IF_ERROR_MS, this.#fetchedAt)) throw fault;
    }
  }

  /** One attempt serves all who wait; after a failure nobody asks for a while. */
  #refreshed(): Promise<void> {
    // One that is older than its deadline was frozen with the sandbox, between two requests: it can only fail.
    if (this.#attempt && this.#isWithin(FETCH_DEADLINE_MS, this.#attempt.startedAt))
      return this.#attempt.done;
    if (this.#isWithin(COOL_DOWN_MS, this.#failedAt)) {
      const message = `the keys of ${this.#issuer.id} failed a moment ago`;
      return Promise.reject(new Fault('jwks_throttled', message));
    }
    const startedAt = this.now();
    const attempt: Attempt = {
      startedAt,
      done: this.#fetchKeys(startedAt).finally(() => {
        if (this.#attempt === attempt) this.#attempt = undefined;
      }),
    };
    this.#attempt = attempt;
    return attempt.done;
  }

  async #fetchKeys(startedAt: number): Promise<void> {
    const signal = AbortSignal.timeout(FETCH_DEADLINE_MS);
    try {
      const url = await findJwksUrl(this.#issuer, (at) => this.#fetch(at, signal));
      const keys = vetKeys(await this.#fetch(url, signal));
      if (this.#attempt?.startedAt !== startedAt) return;
      this.#keys = keys;
      this.#fetchedAt = startedAt;
    } catch (cause) {
      if (this.#attempt?.startedAt === startedAt) this.#failedAt = startedAt;
      throw new Fault('jwks_unavailable', `the keys of ${this.#issuer.id} could not be had`, { cause });
    }
  }

  /** From here on, keys of the configuration age like keys that were fetched at start-up. */
  #startWith(jwks: unknown): void {
    try {
      this.#keys = vetKeys(jwks);
      this.#fetchedAt = this.now();
    } catch (cause) {
      throw new Fault('config_invalid', `the keys configured for ${this.#issuer.id} are of no use`, {
        cause,
      });
    }
  }

  #withKid(kid: string): readonly SigningKey[] {
    return this.#keys.filter((key) => key.kid === kid);
  }

  /** A time in the future is that of a clock that was set back; it counts as long ago. */
  #isWithin(durationMs: number, since: number): boolean {
    const age = this.now() - since;
    return age >= 0 && age < durationMs;
  }
}

/** Opens one key ring for each issuer. */
export function openSigningKeys(
  issuers: readonly TrustedIssuer[],
  isLocalMode: boolean,
): ReadonlyMap<TrustedIssuer, SigningKeys> {
  return new Map(
    issuers.map((issuer) => {
      const { allowPrivateNetwork } = issuer;
      const fetch: FetchDocument = (url, signal) =>
        fetchJson(url, { signal, allowPrivateNetwork, isLocalMode });
      return [issuer, new SigningKeys(issuer, fetch)];
    }),
  );
}
