import type { ExitName } from './exit-codes.ts';

/** What went wrong, in a sentence that is printed as it is, and how the process ends. */
export class CliError extends Error {
  readonly exit: ExitName;
  /** Printed below it, a line each. */
  readonly details: readonly string[];

  /** @param message one sentence: what is wrong, the value received, the values allowed, what to do; never a token */
  constructor(
    exit: ExitName,
    message: string,
    options: ErrorOptions & { readonly details?: readonly string[] } = {},
  ) {
    super(message, options);
    this.name = 'CliError';
    this.exit = exit;
    this.details = options.details ?? [];
  }
}
