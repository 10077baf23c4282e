import { showValue } from './show-value.ts';

/**
 * Reads an option that is one of some words; the first of them is the default.
 *
 * @param what  whose option it is, as the reader wrote it: `RevocableAuthorizer "Authorizer"`
 */
export function readOneOf<T extends string>(
  what: string,
  option: string,
  value: unknown,
  allowed: readonly [T, ...T[]],
): T {
  const wanted = value ?? allowed[0];
  const known = allowed.find((each) => each === wanted);
  if (known !== undefined && value !== null) return known;
  const words = allowed.map((word) => `"${word}"`).join(' or ');
  throw new Error(`${what}: option "${option}" is ${showValue(value)}; give ${words}.`);
}
