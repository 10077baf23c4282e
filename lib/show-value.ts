const MAX_CHARS = 120;

/** Renders a received option for an error message: as JSON, on one line, cut off when long. */
export function showValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  // JSON knows neither NaN nor Infinity.
  if (typeof value === 'number') return String(value);
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null && !isPlain(value)) return `a ${value.constructor.name}`;
  const text = JSON.stringify(value) ?? String(value);
  return text.length > MAX_CHARS ? `${text.slice(0, MAX_CHARS)}...` : text;
}

/** Constructs refer to their parents, so JSON cannot hold them. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Array.isArray(value);
}
