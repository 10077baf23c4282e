import type { Config } from '../config.ts';
import type { Dimension } from '../environment.ts';
import { BROAD_DIMENSIONS, MICRO_CACHE_SECONDS } from '../environment.ts';

/** Tells how long after its acknowledgement a revocation may go unseen, at worst, in seconds. */
export function worstCaseSeconds(dimension: Dimension, { worstCaseSeconds }: Config): number {
  return worstCaseSeconds[dimension] ?? (BROAD_DIMENSIONS.includes(dimension) ? MICRO_CACHE_SECONDS : 0);
}
