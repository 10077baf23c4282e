import { showValue } from './show-value.ts';

/**
 * Checks an option that may be left out.
 *
 * @param what  whose option it is, as the reader wrote it: `defineConfig(...)`
 * @param advice  what to give instead
 */
export function checkOption(
  what: string,
  option: string,
  value: unknown,
  isAllowed: (value: unknown) => boolean,
  advice: string,
): void {
  if (value === undefined || isAllowed(value)) return;
  throw new Error(`${what}: option "${option}" is ${showValue(value)}; ${advice}`);
}
