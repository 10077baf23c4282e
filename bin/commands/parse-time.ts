import { CliError } from '../cli-error.ts';

/** What an operator may write for a point in time. */
export const TIME_FORM =
  'NumericDate seconds (1767225600), RFC 3339 with an offset (2026-01-01T00:00:00Z), or before now (-90s, -15m, -2h, -3d, now)';

/** From here on a number is milliseconds since 1973 rather than seconds after the year 5138. */
const MILLISECONDS_FROM = 100_000_000_000;

// RFC 3339 section 5.6; without leap seconds, which NumericDate ignores as well.
const RFC_3339 =
  /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt ]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

const RELATIVE = /^-(\d{1,9})([smhd])$/;
const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

function refuse(option: string, text: string, problem: string): CliError {
  return new CliError(
    'refused',
    `${option} ${JSON.stringify(text.slice(0, 64))} ${problem}; allowed are ${TIME_FORM}`,
  );
}

function hasDay(year: number, month: number, day: number): boolean {
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** The clock of this machine: NumericDate, whole seconds since the epoch. */
export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/**
 * Reads a point in time as an operator types it.
 *
 * @param text    NumericDate, seconds since the epoch; an RFC 3339 date-time, of which a fraction is cut off; `now`;
 *   or how long before now
 * @param option  the name of the option, for the message
 * @param now     NumericDate that the relative forms count from
 * @returns       NumericDate, whole seconds since the epoch, greater than 0
 * @throws {CliError} `refused`  milliseconds, no offset, a day that does not exist, before 1970, anything else
 */
export function parseTime(text: string, option: string, now = nowSeconds()): number {
  if (text === 'now') return now;
  const seconds = absolute(text, option) ?? relative(text, now);
  if (seconds === undefined) throw refuse(option, text, 'is not a point in time');
  if (!(seconds > 0)) throw refuse(option, text, 'is not after 1970-01-01T00:00:00Z');
  return seconds;
}

function absolute(text: string, option: string): number | undefined {
  if (/^\d+$/.test(text)) {
    if (Number(text) >= MILLISECONDS_FROM) throw refuse(option, text, 'looks like milliseconds');
    return Number(text);
  }
  const match = RFC_3339.exec(text);
  if (!match || !hasDay(Number(match[1]), Number(match[2]), Number(match[3]))) return undefined;
  return Math.floor(Date.parse(text.toUpperCase().replace(' ', 'T')) / 1000);
}

function relative(text: string, now: number): number | undefined {
  const [, amount, unit = ''] = RELATIVE.exec(text) ?? [];
  const length = UNIT_SECONDS[unit];
  return length === undefined ? undefined : now - Number(amount) * length;
}
