import { CliError } from '../cli-error.ts';

/** From here on a number is milliseconds since 1973 rather than seconds after the year 5138. */
const MILLISECONDS_FROM = 100_000_000_000;

// RFC 3339 section 5.6; without leap seconds, which NumericDate ignores as well.
const RFC_3339 =
  /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt ]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

function refuse(option: string, text: string, problem: string): CliError {
  return new CliError(
    'refused',
    `${option} ${JSON.stringify(text.slice(0, 64))} ${problem}; allowed are NumericDate seconds (1767225600) or RFC 3339 with an offset (2026-01-01T00:00:00Z)`,
  );
}

function hasDay(year: number, month: number, day: number): boolean {
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/**
 * Reads a point in time as an operator types it.
 *
 * @param text    NumericDate, seconds since the epoch, or an RFC 3339 date-time, of which a fraction is cut off
 * @param option  the name of the option, for the message
 * @returns       NumericDate, whole seconds since the epoch, greater than 0
 * @throws {CliError} `refused`  milliseconds, no offset, a day that does not exist, before 1970, anything else
 */
export function parseTime(text: string, option: string): number {
  if (/^\d+$/.test(text)) {
    const seconds = Number(text);
    if (seconds >= MILLISECONDS_FROM) throw refuse(option, text, 'looks like milliseconds');
    if (seconds === 0) throw refuse(option, text, 'is not after 1970-01-01T00:00:00Z');
    return seconds;
  }
  const match = RFC_3339.exec(text);
  if (!match || !hasDay(Number(match[1]), Number(match[2]), Number(match[3]))) {
    throw refuse(option, text, 'is not a point in time');
  }
  const seconds = Math.floor(Date.parse(text.toUpperCase().replace(' ', 'T')) / 1000);
  if (!(seconds > 0)) throw refuse(option, text, 'is not after 1970-01-01T00:00:00Z');
  return seconds;
}
