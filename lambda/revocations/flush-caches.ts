// Revocations and the results cache of API Gateway, which knows nothing of them: it is emptied after each.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dimension, ResultsCacheSettings } from '../environment.ts';
import { BROAD_DIMENSIONS, MICRO_CACHE_SECONDS } from '../environment.ts';
import type { SendRequest } from '../signed-request.ts';
import type { Answer } from './apply-command.ts';
import { findCachedApis } from './find-cached-apis.ts';
import type { FlushedStage, FlushOutcome } from './flush-stage.ts';
import { FLUSH_OUTCOMES, flushStage } from './flush-stage.ts';
import type { TakeTurn } from './flush-turns.ts';
import { NOTE_MS } from './flush-turns.ts';

/** The longest that finding the stages and flushing them takes. */
export const FLUSH_MS = 6000;

/** The longest that a command waits for authorizations in flight. */
const MAX_IN_FLIGHT_MS = 5000;

/** The answers that changed what is revoked, and so say what became of the caches. */
type ChangeAnswer = Extract<Answer, { command: 'revoke' | 'reinstate' }>;

export type FlushedAnswer =
  | Exclude<Answer, ChangeAnswer>
  | (ChangeAnswer & {
      /** What became of the flush of all stages: the worst of `flushedStages`; null: there was none to flush. */
      readonly flushed: FlushOutcome | null;
      readonly flushedStages: readonly FlushedStage[];
    });

export interface CacheFlusher {
  readonly settings: ResultsCacheSettings;
  readonly send: SendRequest;
  readonly takeTurn: TakeTurn;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/**
 * Empties the results caches after a revocation, and corrects the answer by what came of it: `effectiveFrom` is the
 * time of the flush when all of it is done and there are no caches elsewhere. Else, and so after a flush that was merely
 * accepted, it stays that of the answer, by which the caches have forgotten everything by themselves. After a
 * reinstatement too: HTTP APIs cache refusals, and so do REST APIs with `denialDetail` "reason".
 *
 * It waits until no authorization can any more end by what it read before the change: a stale Allow that came into the
 * cache after the flush would stay there for the whole lifetime of the cache. A command that changed nothing flushes
 * too: it may be the repetition of one whose flush failed.
 *
 * @param flusher     undefined: nothing is cached anywhere
 * @param timeLeftMs  how much of the time of the command is left; stages that are not flushed by then have `failed`
 * @returns never throws: the change holds, whatever becomes of the caches
 */
export async function flushCaches(
  answer: Answer,
  flusher: CacheFlusher | undefined,
  timeLeftMs: () => number,
): Promise<FlushedAnswer> {
  if (answer.command !== 'revoke' && answer.command !== 'reinstate') return answer;
  const isVoid = answer.command === 'revoke' && answer.record === null;
  if (flusher === undefined || answer.dryRun || isVoid)
    return { ...answer, flushed: null, flushedStages: [] };
  const { settings, clock } = flusher;

  const inFlightMs = settings.inFlightMs + microCacheMs(answer.record?.dimension);
  const canOutwait = inFlightMs <= Math.min(MAX_IN_FLIGHT_MS, timeLeftMs() - FLUSH_MS);
  if (canOutwait) await sleep(inFlightMs);
  const flushedStages = await flush(flusher, timeLeftMs);
  const flushed = worstOf(flushedStages);
  if (answer.command === 'reinstate') return { ...answer, flushed, flushedStages };
  const isEffective = canOutwait && flushed === 'done' && !settings.hasExternalCaches;
  return {
    ...answer,
    flushed,
    flushedStages,
    ...(isEffective && { effectiveFrom: Math.ceil(clock() / 1000) }),
  };
}

/** @returns null: of no stage */
function worstOf(stages: readonly FlushedStage[]): FlushOutcome | null {
  return FLUSH_OUTCOMES.findLast((outcome) => stages.some(({ flushed }) => flushed === outcome)) ?? null;
}

/** @param dimension  undefined: a repeated reinstatement does not say */
function microCacheMs(dimension: Dimension | undefined): number {
  return dimension === undefined || BROAD_DIMENSIONS.includes(dimension) ? MICRO_CACHE_SECONDS * 1000 : 0;
}

async function flush(
  { settings, send, takeTurn }: CacheFlusher,
  timeLeftMs: () => number,
): Promise<readonly FlushedStage[]> {
  const flushAll = () => {
    const flushMs = Math.floor(Math.min(FLUSH_MS, timeLeftMs()));
    return flushStages(settings, send, AbortSignal.timeout(flushMs));
  };
  try {
    return await takeTurn(flushAll, timeLeftMs() - FLUSH_MS - NOTE_MS);
  } catch {
    return flushAll(); // without turns, rather than not at all
  }
}

async function flushStages(
  { registryPath }: ResultsCacheSettings,
  send: SendRequest,
  signal: AbortSignal,
): Promise<readonly FlushedStage[]> {
  try {
    const apis = await findCachedApis(registryPath, send, signal);
    // An API with two authorizers is noted twice; a flush empties the caches of both.
    const all = apis.flatMap(({ kind, api, stages }) => stages.map((stage) => ({ kind, api, stage })));
    const stages = new Map(all.map((each) => [Object.values(each).join('/'), each])).values();
    return await Promise.all(
      [...stages].map(({ kind, api, stage }) => flushStage(kind, api, stage, send, signal)),
    );
  } catch {
    return [{ api: '*', stage: '*', flushed: 'failed' }]; // which stages there are is not known
  }
}
