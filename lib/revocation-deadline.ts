import { Duration } from 'aws-cdk-lib';
import type { Dimension, LookUpSettings } from '../lambda/environment.ts';
import { BROAD_DIMENSIONS, DIMENSIONS, MICRO_CACHE_SECONDS } from '../lambda/environment.ts';

/** Everything on which it depends how soon a revocation holds. */
export interface RevocationDelays {
  readonly lookUp: Required<LookUpSettings>;
  readonly resultsCacheTtlSeconds: number;
  /** Of the longest cache that revocations cannot flush. */
  readonly externalResultsCacheTtlSeconds: number;
  /** The time limit of the authorizer function. */
  readonly authorizerTimeoutSeconds: number;
}

/** One cause of a delay, and the seconds that it costs at worst. */
interface Delay {
  readonly seconds: number;
  /** As the reader wrote it, if there is an option for it. */
  readonly cause: string;
}

/** DynamoDB promises nothing; it speaks of "usually within a second". */
const EVENTUALLY_SECONDS = 1;

/**
 * How long it takes, at worst, until no authorization that begins accepts what was revoked, counted from the answer of
 * the admin function, by what is revoked.
 *
 * What it costs: the lifetime of the longest results cache, here or elsewhere, and with it the time limit of the authorizer
 * function, because an answer that was under way at the revocation is cached afterwards; for a client, a key, an issuer and
 * a claim a second, for which their records are not read again; with `onRevocationStoreUnavailable` its `allowFor`. Requests
 * that were let through before go on.
 */
export class RevocationDeadline {
  /** Of one token. */
  readonly token: Duration;
  readonly session: Duration;
  readonly subject: Duration;
  readonly client: Duration;
  /** Of a signing key. */
  readonly key: Duration;
  readonly issuer: Duration;
  /** Of a claim such as a tenant or a device. */
  readonly claim: Duration;
  /** The longest of them. */
  readonly maximum: Duration;
  /**
   * Whether these times are limits. Not so with `readConsistency: 'eventual'`: DynamoDB gives no limit then; a second is
   * what it usually stays below, and what is reckoned here.
   */
  readonly isBounded: boolean;

  readonly #delays: RevocationDelays;

  /** @internal */
  constructor(delays: RevocationDelays) {
    this.#delays = delays;
    const of = (dimension: Dimension) => Duration.seconds(this.secondsOf(dimension));
    this.token = of('token');
    this.session = of('session');
    this.subject = of('subject');
    this.client = of('client');
    this.key = of('key');
    this.issuer = of('issuer');
    this.claim = of('claim');
    this.maximum = Duration.seconds(Math.max(...DIMENSIONS.map((dimension) => this.secondsOf(dimension))));
    this.isBounded = delays.lookUp.readConsistency === 'strong';
  }

  /** In words, for people: `at once (token, session, subject), within 1 second (client, key, issuer, claim)`. */
  toString(): string {
    const broad = DIMENSIONS.filter((dimension) => BROAD_DIMENSIONS.includes(dimension));
    const narrow = DIMENSIONS.filter((dimension) => !BROAD_DIMENSIONS.includes(dimension));
    const usually = this.isBounded ? '' : 'usually ';
    return [narrow, broad]
      .map((dimensions) => {
        const [seconds] = dimensions.map((dimension) => this.secondsOf(dimension));
        const when = seconds ? `within ${inWords(seconds)}` : 'at once';
        return `${usually}${when} (${dimensions.join(', ')})`;
      })
      .join(', ');
  }

  /**
   * Checks that every revocation holds within a time.
   *
   * @param option  whose limit it is, as the reader wrote it
   * @throws {Error} it does not, or nobody can tell; with the settings that cause it
   * @internal
   */
  require(option: string, withinSeconds: number): void {
    if (!this.isBounded) {
      throw new Error(
        `${option} is ${inWords(withinSeconds)}, but with readConsistency "eventual" DynamoDB gives no limit for when a revocation is seen; give readConsistency "strong", which is the default, or leave "revocationWithin" out.`,
      );
    }
    const slowest = this.maximum.toSeconds();
    if (slowest <= withinSeconds) return;
    const causes = this.#delaysOf('client').map(({ seconds, cause }) => `${inWords(seconds)} by ${cause}`);
    throw new Error(
      `${option} is ${inWords(withinSeconds)}, but a revocation may take ${inWords(slowest)}: ${causes.join(', ')}; ${this.#advice(withinSeconds)}`,
    );
  }

  /**
   * The lifetime of the longest cache.
   *
   * @internal
   */
  get cacheSeconds(): number {
    const { resultsCacheTtlSeconds, externalResultsCacheTtlSeconds } = this.#delays;
    return Math.max(resultsCacheTtlSeconds, externalResultsCacheTtlSeconds);
  }

  /** @internal */
  secondsOf(dimension: Dimension): number {
    return this.#delaysOf(dimension).reduce((sum, { seconds }) => sum + seconds, 0);
  }

  #delaysOf(dimension: Dimension): readonly Delay[] {
    const { lookUp, resultsCacheTtlSeconds, externalResultsCacheTtlSeconds } = this.#delays;
    const isBroad = BROAD_DIMENSIONS.includes(dimension);
    const isLongestElsewhere = externalResultsCacheTtlSeconds > resultsCacheTtlSeconds;
    const delays: Delay[] = [
      {
        seconds: this.cacheSeconds,
        cause: isLongestElsewhere ? '"externalResultsCacheTtl"' : '"resultsCacheTtl"',
      },
      {
        seconds: this.cacheSeconds > 0 ? this.#delays.authorizerTimeoutSeconds : 0,
        cause: 'an answer of the authorizer on its way into that cache',
      },
      { seconds: lookUp.allowOnStoreUnavailableSeconds, cause: '"onRevocationStoreUnavailable"' },
      {
        seconds: isBroad ? MICRO_CACHE_SECONDS : 0,
        cause: 'the records of clients, keys, issuers and claims, which are read once a second',
      },
      { seconds: lookUp.readConsistency === 'eventual' ? EVENTUALLY_SECONDS : 0, cause: '"readConsistency"' },
    ];
    return delays.filter(({ seconds }) => seconds > 0);
  }

  #advice(withinSeconds: number): string {
    const { lookUp, resultsCacheTtlSeconds, externalResultsCacheTtlSeconds } = this.#delays;
    const raise = `raise "revocationWithin" to ${inWords(this.maximum.toSeconds())}`;
    const withoutCache = MICRO_CACHE_SECONDS + lookUp.allowOnStoreUnavailableSeconds;
    const ways = [
      ...(resultsCacheTtlSeconds > 0 ? ['turn the cache off with resultsCacheTtl: Duration.seconds(0)'] : []),
      ...(externalResultsCacheTtlSeconds > 0
        ? ['turn the caches elsewhere off and leave "externalResultsCacheTtl" out']
        : []),
      ...(lookUp.allowOnStoreUnavailableSeconds > 0 && withoutCache > withinSeconds
        ? ['leave "onRevocationStoreUnavailable" out']
        : []),
    ];
    return ways.length === 0 ? `${raise}.` : `${ways.join(' and ')}, or ${raise}.`;
  }
}

function inWords(seconds: number): string {
  return Duration.seconds(seconds).toHumanString();
}
