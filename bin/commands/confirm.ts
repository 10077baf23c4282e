import { createInterface } from 'node:readline';
import { CliError } from '../cli-error.ts';

export type ConfirmInput = NodeJS.ReadableStream & { readonly isTTY?: boolean };

/**
 * Asks at a terminal for a word that is typed only on purpose.
 *
 * @param word    what has to be typed
 * @param prompt  where the question is written; never the output that a script reads
 * @throws {CliError} `refused`  something else was typed; `interrupted`  Ctrl-C or Ctrl-D
 */
export async function confirm(
  question: string,
  word: string,
  input: ConfirmInput,
  prompt: NodeJS.WritableStream,
): Promise<void> {
  const lines = createInterface({ input, output: prompt, terminal: true, historySize: 0 });
  const typed = await new Promise<string | undefined>((resolve) => {
    lines.once('SIGINT', () => resolve(undefined));
    lines.once('close', () => resolve(undefined)); // Ctrl-D
    lines.question(question, resolve);
  });
  lines.close();
  if (typed === undefined) {
    prompt.write('\n');
    throw new CliError('interrupted', 'interrupted; nothing was changed');
  }
  if (typed.trim() !== word) {
    throw new CliError('refused', 'what was typed is not what was asked for; nothing was changed');
  }
}
