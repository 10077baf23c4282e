import type * as v from 'valibot';
import { CliError } from '../cli-error.ts';
import { escapeJsonControls } from './escape-controls.ts';
import { parseAnswer } from './parse-answer.ts';
import type { Connection } from './resolve-connection.ts';
import type { Target } from './target.ts';

/** A command of the admin function. */
export interface AdminCommand {
  readonly command: 'revoke' | 'reinstate' | 'check' | 'list' | 'history' | 'explain';
  readonly target?: Target;
  /** Of `explain`. */
  readonly token?: string;
  readonly [field: string]: unknown;
}

/**
 * Sends one command and returns the checked answer, beside the JSON text that came.
 *
 * @throws {CliError} as `invokeAdmin` and `parseAnswer`; its message never holds the token of the command
 */
export async function askAdmin<Schema extends v.GenericSchema>(
  connection: Connection,
  command: AdminCommand,
  schema: Schema,
): Promise<{ answer: v.InferOutput<Schema>; json: string }> {
  // Lazily, so that --help and wrong usage do not wait for the SDK.
  const { invokeAdmin } = await import('./invoke-admin.ts');
  try {
    const payload = await invokeAdmin(connection, command);
    return { answer: parseAnswer(schema, payload), json: escapeJsonControls(payload) };
  } catch (error) {
    const token = command.target && 'token' in command.target ? command.target.token : command.token;
    if (!(error instanceof CliError) || token === undefined || !error.message.includes(token)) throw error;
    throw new CliError(error.exit, error.message.replaceAll(token, '[token]'));
  }
}
