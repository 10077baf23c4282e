import { Duration } from 'aws-cdk-lib';
import { showValue } from './show-value.ts';

/** The durations that an option takes, in seconds, both ends included. */
export interface SecondsRange {
  readonly from: number;
  /** @default - no upper end */
  readonly to?: number;
}

/**
 * Converts an option to whole seconds.
 *
 * @param option  the option, as the reader wrote it: `RevocableAuthorizer: option "resultsCacheTtl"`
 * @returns seconds, or `undefined` when the option was left out
 */
export function wholeSeconds(option: string, duration: unknown, range: SecondsRange): number | undefined {
  if (duration === undefined) return undefined;
  const allowed =
    range.to === undefined
      ? `of at least ${Duration.seconds(range.from).toHumanString()}`
      : `from ${Duration.seconds(range.from).toHumanString()} to ${Duration.seconds(range.to).toHumanString()}`;
  const advice = `give a Duration of whole seconds ${allowed}, such as Duration.minutes(5).`;
  if (!isDuration(duration)) throw new Error(`${option} is ${showValue(duration)}; ${advice}`);
  if (duration.isUnresolved()) throw new Error(`${option} is known only at deployment; ${advice}`);
  const seconds = duration.toSeconds({ integral: false });
  if (
    !Number.isInteger(seconds) ||
    seconds < range.from ||
    seconds > (range.to ?? Number.POSITIVE_INFINITY)
  ) {
    throw new Error(`${option} is ${seconds} seconds; ${advice}`);
  }
  return seconds;
}

/** By shape: an application may have a second copy of aws-cdk-lib. */
export function isDuration(value: unknown): value is Duration {
  const { toSeconds, isUnresolved } = (value ?? {}) as Partial<Duration>;
  return typeof toSeconds === 'function' && typeof isUnresolved === 'function';
}
