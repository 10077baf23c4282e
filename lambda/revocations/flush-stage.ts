import type { CachedApi } from '../environment.ts';
import type { SendRequest } from '../signed-request.ts';

/** A stage whose results cache was to be flushed. */
export interface FlushedStage {
  readonly api: string;
  readonly stage: string;
  readonly ok: boolean;
}

/** Where the operation is; REST APIs call it FlushStageAuthorizersCache, HTTP APIs ResetAuthorizersCache. */
const ROOTS = { rest: '/restapis', http: '/v2/apis' } as const satisfies Record<CachedApi['kind'], string>;

/**
 * Empties the authorizer cache of one stage, for all authorizers and tokens: API Gateway cannot forget a single answer.
 *
 * @param signal  the bound of all attempts
 * @returns whether API Gateway took it; a stage that does not exist caches nothing
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
    return { api, stage, ok: response.ok || response.status === 404 };
  } catch {
    return { api, stage, ok: false };
  }
}
