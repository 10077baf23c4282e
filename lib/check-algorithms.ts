import type { Algorithm } from '../lambda/environment.ts';
import { ALGORITHMS } from '../lambda/environment.ts';
import { showValue } from './show-value.ts';

const ALLOWED: ReadonlySet<unknown> = new Set(ALGORITHMS);

/** Checks the option `algorithms` of an issuer. */
export function checkAlgorithms(
  what: string,
  algorithms: unknown,
): asserts algorithms is readonly Algorithm[] {
  const advice = `give at least one of: ${ALGORITHMS.join(', ')}; or leave it out for RS256.`;
  if (!Array.isArray(algorithms) || algorithms.length === 0) {
    throw new Error(`${what}: option "algorithms" is ${showValue(algorithms)}; ${advice}`);
  }
  for (const algorithm of algorithms) {
    if (ALLOWED.has(algorithm)) continue;
    throw new Error(
      `${what}: option "algorithms" holds ${showValue(algorithm)}${refusalReason(algorithm)}; ${advice}`,
    );
  }
}

function refusalReason(algorithm: unknown): string {
  if (typeof algorithm !== 'string') return '';
  if (/^HS\d+$/i.test(algorithm)) {
    return ', which is symmetric: whoever can check such a token can also forge one, and the key would have to lie in a function';
  }
  if (/^none$/i.test(algorithm)) return ', which means no signature at all';
  return ', which is not supported';
}
