import { isPlain } from './is-record.ts';

const MAX_CHARS = 120;

/** Renders a received option for an error message: like JSON, on one line, cut off when long. */
export function showValue(value: unknown): string {
  const text = render(value, []);
  return text.length > MAX_CHARS ? `${text.slice(0, MAX_CHARS)}...` : text;
}

/** Shows what JSON leaves out (nothing, functions, NaN), and what it cannot hold. */
function render(value: unknown, within: readonly unknown[]): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (within.includes(value)) return 'itself';
  // Constructs refer to their parents, and have no end.
  if (!isPlain(value)) return nameOf(value);
  const show = (each: unknown) => render(each, [...within, value]);
  if (Array.isArray(value)) return `[${Array.from(value, show).join()}]`;
  const members = Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}:${show(each)}`);
  return `{${members.join()}}`;
}

function nameOf(value: object): string {
  const name = typeof value.constructor === 'function' ? value.constructor.name : 'object';
  return `${/^[AEIOaeio]/.test(name) ? 'an' : 'a'} ${name}`;
}
