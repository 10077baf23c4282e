import { BROAD_DIMENSIONS, MICRO_CACHE_SECONDS } from '../environment.ts';
import type { Revocation, RevocationTarget } from '../revocation.ts';
import { revocationKey } from '../revocation.ts';
import type { ReadRevocations } from '../revocation-store.ts';
import type { RoutedRequest } from '../routes/match-route.ts';

/** What is known about the targets of a token. */
export interface LookUp {
  readonly revocations: readonly Revocation[];
  /** The table did not answer, and this is what it said a while ago. */
  readonly degraded?: true;
}

/** @param request  decides whether what is remembered may answer for a table that does not; left out: it may */
export type LookUpRevocations = (
  targets: readonly RevocationTarget[],
  request?: RoutedRequest,
) => Promise<LookUp>;

/** What may answer when the table does not. */
export interface StaleSettings {
  /** How old what is remembered may be, in milliseconds; 0: the failure of the table is a fault. */
  readonly allowForMs: number;
  /** The requests that it may answer; left out: all. */
  readonly isAllowed?: ((request: RoutedRequest) => boolean) | undefined;
}

/** Never prolonged by use. */
const MICRO_CACHE_MS = MICRO_CACHE_SECONDS * 1000;

/** Several per token; the oldest are forgotten first. */
const MAX_REMEMBERED = 20_000;

/** The clocks of a sandbox, in milliseconds. */
export interface Clocks {
  /** Stands still while the sandbox does. */
  readonly monotonic: () => number;
  /** Can be set back. */
  readonly wall: () => number;
}

const CLOCKS: Clocks = { monotonic: () => performance.now(), wall: () => Date.now() };

interface Remembered {
  readonly revocation: Revocation | undefined;
  /** When the read that said so was sent, by both clocks. */
  readonly sentAt: { readonly monotonic: number; readonly wall: number };
}

/**
 * Remembers, for this sandbox, what the table said: client, key, issuer and claim records for at most a second, so that
 * the others alone are read on every request; and, if the owner allows it, all of them for when the table is down.
 *
 * An age counts from before the read was sent, so that a write acknowledged after that is never hidden for longer.
 * Broad records that are due again ride along with the others: there is one request in any case.
 *
 * @returns a look-up that throws what `read` throws, unless it may be stale and knows every target from at most `allowForMs` ago;
 *   a token that this sandbox has not looked up before is never among them
 */
export function rememberRevocations(
  read: ReadRevocations,
  { allowForMs, isAllowed = () => true }: StaleSettings,
  clocks: Clocks = CLOCKS,
): LookUpRevocations {
  const remembered = new Map<string, Remembered>();

  return async (targets, request) => {
    const sentAt = { monotonic: clocks.monotonic(), wall: clocks.wall() };
    const due: RevocationTarget[] = [];
    const recent: Remembered[] = [];
    for (const target of targets) {
      const entry = isBroad(target) ? recall(target, sentAt, MICRO_CACHE_MS) : undefined;
      if (entry === undefined) due.push(target);
      else recent.push(entry);
    }
    try {
      const found = await read(due);
      const foundByKey = new Map(found.map((revocation) => [revocationKey(revocation), revocation]));
      for (const target of due) remember(target, foundByKey.get(revocationKey(target)), sentAt);
      return { revocations: [...found, ...revocationsOf(recent)] };
    } catch (error) {
      const known = targets.map((target) => recall(target, sentAt, allowForMs));
      const mayBeStale = request === undefined || isAllowed(request);
      if (!mayBeStale || allowForMs === 0 || known.includes(undefined)) throw error;
      return { revocations: revocationsOf(known), degraded: true };
    }
  };

  function recall(
    target: RevocationTarget,
    now: Remembered['sentAt'],
    maxAgeMs: number,
  ): Remembered | undefined {
    const entry = remembered.get(revocationKey(target));
    if (entry === undefined) return undefined;
    const { monotonic, wall } = entry.sentAt;
    const age = Math.max(now.monotonic - monotonic, now.wall - wall);
    return age < maxAgeMs ? entry : undefined;
  }

  function remember(
    target: RevocationTarget,
    revocation: Revocation | undefined,
    sentAt: Remembered['sentAt'],
  ): void {
    if (allowForMs === 0 && !isBroad(target)) return;
    const key = revocationKey(target);
    // Of two reads that overtook each other, the one sent later knows more.
    if ((remembered.get(key)?.sentAt.monotonic ?? Number.NEGATIVE_INFINITY) > sentAt.monotonic) return;
    remembered.delete(key);
    remembered.set(key, { revocation, sentAt });
    const [oldest] = remembered.keys();
    if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  }
}

function isBroad({ dimension }: RevocationTarget): boolean {
  return BROAD_DIMENSIONS.includes(dimension);
}

function revocationsOf(entries: readonly (Remembered | undefined)[]): Revocation[] {
  return entries.flatMap((entry) => entry?.revocation ?? []);
}
