import { escapeControlCharacters } from '../control-characters.ts';

/**
 * The caller's mistake: the command cannot be carried out as it is, now or later.
 *
 * The message is one sentence that names the field, the value received and what is allowed. It reaches the caller as
 * `errorMessage`, with `CommandInvalid` as `errorType`.
 */
export class CommandInvalid extends Error {
  constructor(field: string, received: unknown, allowed: string) {
    super(`${field}: received ${describe(received)}; allowed: ${allowed}`);
    this.name = 'CommandInvalid';
  }
}

/** Messages are logged by the runtime, and a token may have been pasted into any field. */
function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string' && /^(bearer\s|eyJ)/i.test(value))
    return 'what looks like a token (not shown)';
  const text = escapeControlCharacters(JSON.stringify(value));
  return text.length <= 80 ? text : `${text.slice(0, 60)}... (${text.length} characters)`;
}
