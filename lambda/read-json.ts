import * as v from 'valibot';
import { Fault } from './fault.ts';

/**
 * Reads JSON text of a form.
 *
 * @param name  the environment variable that it stands in
 * @throws {Fault} `config_invalid`  it names the field, never the value
 */
export function readJson<T>(name: string, value: string | undefined, schema: v.GenericSchema<unknown, T>): T {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new Fault(
    'config_invalid',
    `${name}, field ${v.getDotPath(issue) ?? '(all of it)'}: ${issue.message}`,
  );
}
