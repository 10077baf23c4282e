import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const CLI = join(import.meta.dirname, '..', '..', 'tools', 'cli', 'revocable-authorizer.ts');

/** How a process of the command line tool ended. */
export interface CliRun {
  /** `null`: a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process of the command line tool. */
export interface RunningCli {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<CliRun>;
}

/** Starts the tool, with no AWS configuration but what the environment given says. */
export function startCli(
  args: readonly string[],
  { stdin = '', env }: { readonly stdin?: string; readonly env: Readonly<Record<string, string>> },
): RunningCli {
  const child = spawn(process.execPath, [CLI, ...args], {
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
      AWS_EC2_METADATA_DISABLED: 'true',
      REVOCABLE_AUTHORIZER_FUNCTION: 'admin',
      ...env,
    },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  child.stdin.on('error', () => {}); // a command that reads no stdin has ended before it is written
  child.stdin.end(stdin);
  const ended = new Promise<CliRun>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}
