import { RESERVED_NAMES } from '../lambda/route-table.ts';
import { showValue } from './show-value.ts';

/**
 * Refuses names that every object of JavaScript knows: a condition on one of these would be lost on its way to the function.
 *
 * @param what  whose names these are, as the reader wrote it
 * @param names  the names, or the object that has them; it is also looked at whether `{ __proto__: ... }` lost one already
 */
export function refuseReservedNames(what: string, names: readonly unknown[] | object): void {
  const list: readonly unknown[] = Array.isArray(names) ? names : namesOf(names);
  const reserved = list.find((name) => RESERVED_NAMES.some((each) => each === name));
  if (reserved === undefined) return;
  throw new Error(
    `${what} has the name ${showValue(reserved)}, which is reserved (${RESERVED_NAMES.join(', ')}); rename the claim or the variable.`,
  );
}

/** Written as `{ __proto__: value }`, a name becomes the prototype, which otherwise has none itself. */
function namesOf(object: object): string[] {
  const prototype: unknown = Object.getPrototypeOf(object);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return [...Object.keys(object), ...(isPlain ? [] : ['__proto__'])];
}
