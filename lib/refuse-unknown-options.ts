import { isRecord } from './is-record.ts';
import { showValue } from './show-value.ts';

/**
 * Checks that `options` is an object with none but the known options: a misspelled one would silently do nothing.
 *
 * @param what   whose options these are, as the reader wrote it: `Issuer.oidc("https://idp.example.com/")`
 * @param known  every option, as the keys
 */
export function refuseUnknownOptions(
  what: string,
  options: unknown,
  known: Readonly<Record<string, true>>,
): void {
  const allowed = Object.keys(known).join(', ');
  if (!isRecord(options)) {
    throw new Error(`${what}: the options are ${showValue(options)}; give an object with: ${allowed}.`);
  }
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(known, name)) {
      throw new Error(`${what}: there is no option "${name}"; give one of: ${allowed}.`);
    }
  }
}
