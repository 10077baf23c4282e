/** Whether a value is an object of names and values. A Map or a Promise is none: it would count as an empty one. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { constructor: made }: { constructor?: unknown } = value;
  return Object.keys(value).length > 0 || typeof made !== 'function' || made.name === 'Object';
}

/** Whether an object was written as `{ ... }` or `[...]`, and is no instance of a class. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Array.isArray(value);
}
