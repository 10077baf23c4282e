import type { CachedApi } from '../environment.ts';
import type { SendRequest } from '../signed-request.ts';

/**
 * What became of a flush, the worst last. `accepted`: API Gateway took it and did not say when it is done, as for REST
 * APIs; `failed`: it may not have taken it.
 */
export const FLUSH_OUTCOMES = ['done', 'accepted', 'failed'] as const;
export type FlushOutcome = (typeof FLUSH_OUTCOMES)[number];

/** A stage whose results cache was to be flushed. */
export interface FlushedStage {
  readonly api: string;
  readonly stage: string;
  readonly flushed: FlushOutcome;
}

/** Where the operation is; REST APIs call it FlushStageAuthorizersCache, HTTP APIs ResetAuthorizersCache. */
const ROOTS = { rest: '/restapis', http: '/v2/apis' } as const satisfies Record<CachedApi['kind'], string>;

/**
 * Empties the authorizer cache of one stage, for all authorizers and tokens: API Gateway cannot forget a single answer.
 *
 * @param signal  the bound of all attempts
 * @returns what became of it; a stage that does not exist caches nothing
 */
export async function flushStage(
  kind: CachedApi['kind'],
  api: string,
  stage: string,
  send: SendRequest,
  signal: AbortSignal,
): Promise<FlushedStage> {
  const path = `${ROOTS[kind]}/${encodeURIComponent(api)}/stages/${encodeURIComponent(stage)}/cache/authorizers`;
  try {
    const response = await send({ service: 'apigateway', method: 'DELETE', path }, signal);
    await response.body?.cancel();
    return { api, stage, flushed: outcomeOf(response) };
  } catch {
    return { api, stage, flushed: 'failed' };
  }
}

function outcomeOf({ status, ok }: Response): FlushOutcome {
  if (status === 202) return 'accepted';
  return ok || status === 404 ? 'done' : 'failed';
}
