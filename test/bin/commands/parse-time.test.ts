import { describe, expect, it, test } from '@jest/globals';
import { CliError } from '../../../bin/cli-error.ts';
import { parseTime, TIME_FORM } from '../../../bin/commands/parse-time.ts';

const NEW_YEAR = 1_767_225_600;

describe('parseTime', () => {
  test.each([
    ['1767225600', NEW_YEAR],
    ['1', 1],
    ['99999999999', 99_999_999_999],
    ['2026-01-01T00:00:00Z', NEW_YEAR],
    ['2026-01-01t00:00:00z', NEW_YEAR],
    ['2026-01-01 00:00:00Z', NEW_YEAR],
    ['2026-01-01T01:30:00+01:30', NEW_YEAR],
    ['2025-12-31T19:00:00-05:00', NEW_YEAR],
    ['2026-01-01T00:00:00.999Z', NEW_YEAR],
    ['2026-01-01T00:00:00.123456789Z', NEW_YEAR],
    ['2028-02-29T00:00:00Z', 1_835_395_200],
    ['9999-12-31T23:59:59Z', 253_402_300_799],
  ])('reads %j', (text, seconds) => {
    expect(parseTime(text, '--before')).toBe(seconds);
  });

  test.each([
    ['now', NEW_YEAR],
    ['-0s', NEW_YEAR],
    ['-90s', NEW_YEAR - 90],
    ['-15m', NEW_YEAR - 900],
    ['-2h', NEW_YEAR - 7200],
    ['-3d', NEW_YEAR - 259_200],
  ])('counts %j from now', (text, seconds) => {
    expect(parseTime(text, '--before', NEW_YEAR)).toBe(seconds);
  });

  it('counts from the clock of this machine', () => {
    const earliest = Math.floor(Date.now() / 1000) - 60;
    const seconds = parseTime('-1m', '--before');
    expect(seconds).toBeGreaterThanOrEqual(earliest);
    expect(seconds).toBeLessThanOrEqual(Math.floor(Date.now() / 1000) - 60);
  });

  test.each([
    ['milliseconds', '1767225600000', 'looks like milliseconds'],
    ['the first milliseconds', '100000000000', 'looks like milliseconds'],
    ['zero', '0', 'is not after 1970'],
    ['a time before the epoch', '1969-12-31T23:59:59Z', 'is not after 1970'],
    ['a time long before the epoch', '-999999d', 'is not after 1970'],
    ['a unit that does not exist', '-2w', 'is not a point in time'],
    ['a time from now on', '+15m', 'is not a point in time'],
    ['a relative time without a sign', '15m', 'is not a point in time'],
    ['a fraction of an hour', '-1.5h', 'is not a point in time'],
    ['a negative number', '-5', 'is not a point in time'],
    ['a fraction of seconds', '1767225600.5', 'is not a point in time'],
    ['an exponent', '1e9', 'is not a point in time'],
    ['a hexadecimal number', '0x69', 'is not a point in time'],
    ['nothing', '', 'is not a point in time'],
    ['a word', 'tomorrow', 'is not a point in time'],
    ['a date alone', '2026-01-01', 'is not a point in time'],
    ['no offset', '2026-01-01T00:00:00', 'is not a point in time'],
    ['a day that its month lacks', '2026-02-30T00:00:00Z', 'is not a point in time'],
    ['a day that only leap years have', '2026-02-29T00:00:00Z', 'is not a point in time'],
    ['a thirteenth month', '2026-13-01T00:00:00Z', 'is not a point in time'],
    ['hour 24', '2026-01-01T24:00:00Z', 'is not a point in time'],
    ['a leap second', '2026-06-30T23:59:60Z', 'is not a point in time'],
    ['white space around it', ' 1767225600', 'is not a point in time'],
    ['an HTTP date', 'Thu, 01 Jan 2026 00:00:00 GMT', 'is not a point in time'],
  ])('refuses %s', (_what, text, problem) => {
    const refusal = (): number => parseTime(text, '--before');
    expect(refusal).toThrow(CliError);
    expect(refusal).toThrow(
      `--before ${JSON.stringify(text)} ${problem}${problem.endsWith('1970') ? '-01-01T00:00:00Z' : ''}; allowed are ${TIME_FORM}`,
    );
  });
});
