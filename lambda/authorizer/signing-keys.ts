// The signing keys of the trusted issuers: fetched, kept for a bounded time, and never one issuer's for another.
import type { TrustedIssuer } from '../config.ts';
import { Fault } from '../fault.ts';
import { fetchJson } from './fetch-json.ts';
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

/** Keeps the keys of one issuer. */
export class SigningKeys {
  readonly #issuer: TrustedIssuer;
  readonly #fetch: (url: URL) => Promise<unknown>;
  readonly #now: () => number;
  #keys: readonly SigningKey[] = [];
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #failedAt = Number.NEGATIVE_INFINITY;
  #soughtInVainAt = Number.NEGATIVE_INFINITY;
  #refresh: Promise<void> | undefined;

  /**
   * @param fetch  gets and parses a JSON document, in bounded time and size
   * @param now    the time in milliseconds
   */
  constructor(issuer: TrustedIssuer, fetch: (url: URL) => Promise<unknown>, now: () => number = Date.now) {
    this.#issuer = issuer;
    this.#fetch = fetch;
    this.#now = now;
  }

  /**
   * Finds the keys under a `kid`.
   *
   * A known `kid` waits for the issuer only when the keys are older than 5 minutes, and goes on with keys of up to
   * an hour when it does not answer. An unknown `kid` makes us look once, and not again within 10 seconds.
   *
   * @returns the keys that carry it; none when the issuer has no such key
   * @throws {Fault} `jwks_unavailable`  the keys are needed, and could not be had
   * @throws {Fault} `jwks_throttled`    the same, within 10 seconds of a failure: the issuer was not asked again
   */
  async find(kid: string): Promise<readonly SigningKey[]> {
    const askedAt = this.#now();
    await this.#keepFresh();
    const known = this.#withKid(kid);
    if (known.length > 0 || this.#isWithin(COOL_DOWN_MS, this.#soughtInVainAt)) return known;
    if (this.#fetchedAt < askedAt) await this.#refreshed();
    const found = this.#withKid(kid);
    if (found.length === 0) this.#soughtInVainAt = this.#now();
    return found;
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

  /** One fetch serves all who wait; after a failure nobody asks for a while. */
  #refreshed(): Promise<void> {
    if (this.#refresh) return this.#refresh;
    if (this.#isWithin(COOL_DOWN_MS, this.#failedAt)) {
      return Promise.reject(
        new Fault('jwks_throttled', `the keys of ${this.#issuer.id} failed a moment ago`),
      );
    }
    this.#refresh = this.#fetchKeys().finally(() => {
      this.#refresh = undefined;
    });
    return this.#refresh;
  }

  async #fetchKeys(): Promise<void> {
    try {
      this.#keys = vetKeys(await this.#fetch(await this.#jwksUrl()));
      this.#fetchedAt = this.#now();
    } catch (cause) {
      this.#failedAt = this.#now();
      throw new Fault('jwks_unavailable', `the keys of ${this.#issuer.id} could not be had`, { cause });
    }
  }

  /** OpenID Connect Discovery 1.0 section 4: the document must name the very issuer that it was asked of. */
  async #jwksUrl(): Promise<URL> {
    if (this.#issuer.jwksUri !== undefined) return new URL(this.#issuer.jwksUri);
    const [issuer = ''] = this.#issuer.issuers;
    const document = await this.#fetch(
      new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`),
    );
    const { issuer: named, jwks_uri: jwksUri } = document as { issuer?: unknown; jwks_uri?: unknown };
    if (named !== issuer) throw new Error('the discovery document is that of another issuer');
    if (typeof jwksUri !== 'string') throw new Error('the discovery document names no jwks_uri');
    return new URL(jwksUri);
  }

  #withKid(kid: string): readonly SigningKey[] {
    return this.#keys.filter((key) => key.kid === kid);
  }

  #isWithin(durationMs: number, since: number): boolean {
    return this.#now() - since < durationMs;
  }
}

/** Opens one key ring for each issuer. */
export function openSigningKeys(
  issuers: readonly TrustedIssuer[],
  isLocalMode: boolean,
): ReadonlyMap<TrustedIssuer, SigningKeys> {
  const fetch = (url: URL) => fetchJson(url, isLocalMode);
  return new Map(issuers.map((issuer) => [issuer, new SigningKeys(issuer, fetch)]));
}
