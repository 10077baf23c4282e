import type { ReinstateAnswer, RevokeAnswer } from './parse-answer.ts';
import { nowSeconds } from './parse-time.ts';

/** What holds until the results caches are empty. */
const MEANWHILE = {
  revoke: 'usually the revocation holds sooner',
  reinstate: 'until then, it may repeat a refusal from a cache',
} as const;

/** Says what became of the flush of results caches, as far as it matters; nothing of a revocation that holds already. */
export function notesOnFlush(answer: RevokeAnswer | ReinstateAnswer): string[] {
  const { command, flushed } = answer;
  if (command === 'revoke' && (answer.effectiveFrom ?? 0) <= nowSeconds()) return [];
  if (flushed === 'accepted') {
    return [
      `API Gateway accepted to flush its results caches and does not say when it has; ${MEANWHILE[command]}.`,
    ];
  }
  if (flushed !== 'failed') return [];
  return [
    'The results caches of API Gateway could not be flushed; repeat the command to try it again, and see the log of the admin function.',
  ];
}
