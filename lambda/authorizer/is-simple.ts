import type { HttpApiAnswer } from '../environment.ts';
import type { AuthorizerRequest } from './parse-event.ts';

/** Whether a request is answered by yes or no instead of a policy: payload 2.0 alone can be. */
export function isSimple({ kind }: AuthorizerRequest, httpApiAnswer: HttpApiAnswer): boolean {
  return kind === 'http-2.0' && httpApiAnswer === 'simple';
}
