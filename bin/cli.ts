#!/usr/bin/env node
// The command line tool. The process ends, and errors are printed, here and nowhere else.
import { Command, CommanderError } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { CliError } from './cli-error.ts';
import { addBulkCommand } from './commands/bulk/bulk.ts';
import { addCanCommand } from './commands/can.ts';
import { addCheckCommand } from './commands/check.ts';
import { addExplainCommand } from './commands/explain.ts';
import { addHistoryCommand } from './commands/history.ts';
import { addListCommand } from './commands/list.ts';
import { oneSentence, redactTokens } from './commands/one-sentence.ts';
import { addReinstateCommand } from './commands/reinstate.ts';
import { addRevokeCommand } from './commands/revoke.ts';
import type { ExitName } from './exit-codes.ts';
import { EXIT_CODES } from './exit-codes.ts';

const EXIT_CODE_HELP = `
Exit codes:
${Object.values(EXIT_CODES)
  .map(({ code, meaning }) => `  ${String(code).padEnd(4)} ${meaning}`)
  .join('\n')}

REVOCABLE_AUTHORIZER_DEBUG=1 adds the stack trace to an error.`;

let output = '';
let exit: ExitName = 'done';

function finish(text: string, how: ExitName = 'done'): void {
  output += `${text}\n`;
  exit = how;
}

function buildProgram(): Command {
  const program = new Command('revocable-authorizer')
    .description('Revokes tokens and subjects for a revocable authorizer, through its admin function.')
    .version(manifest.version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .addHelpText('afterAll', EXIT_CODE_HELP)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        output += text;
      },
      outputError: () => {}, // run() prints it, as one sentence
    });
  addRevokeCommand(program, finish);
  addReinstateCommand(program, finish);
  addCheckCommand(program, finish);
  addListCommand(program, finish);
  addHistoryCommand(program, finish);
  addBulkCommand(program, finish);
  addExplainCommand(program, finish);
  addCanCommand(program, finish);
  return program;
}

/** Rewords what commander found wrong. Does NOT repeat surplus arguments: one of them may be a token. */
function explainUsage(error: CommanderError): string {
  switch (error.code) {
    case 'commander.excessArguments':
      return 'there are more arguments than this command takes (a token is read from stdin, not from an argument); see --help';
    case 'commander.help':
      return 'a command is missing; see the help above';
    default:
      return `${error.message.replace(/^error: /, '')}; see --help`;
  }
}

function asCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof CommanderError) {
    return new CliError(error.exitCode === 0 ? 'done' : 'refused', explainUsage(error));
  }
  const message = error instanceof Error ? error.message : String(error);
  return new CliError(
    'unexpected',
    `this was not expected: ${message || 'an error without a message'}; REVOCABLE_AUTHORIZER_DEBUG=1 shows where`,
    { cause: error },
  );
}

function stackTrace(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\ncaused by ${stackTrace(error.cause)}` : own;
}

function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once('error', () => {}); // reported to the callback as well
    stream.write(text, (error) => {
      // A reader that has seen enough (| head) closes the pipe.
      if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE') reject(error);
      else resolve();
    });
  });
}

async function run(): Promise<ExitName> {
  try {
    await buildProgram().parseAsync();
    await write(process.stdout, output);
    return exit;
  } catch (thrown) {
    const error = asCliError(thrown);
    if (error.exit === 'done') {
      await write(process.stdout, output);
      return 'done';
    }
    const debug = process.env['REVOCABLE_AUTHORIZER_DEBUG'] === '1';
    const details = error.details.map((detail) => `  ${oneSentence(detail)}\n`).join('');
    await write(process.stderr, `error: ${oneSentence(error.message)}\n${details}`);
    if (debug) await write(process.stderr, `${redactTokens(stackTrace(error))}\n`);
    return error.exit;
  }
}

process.exit(EXIT_CODES[await run()].code);
