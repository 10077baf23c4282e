import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

interface Options {
  /** Takes the bundles in dist/lambda as they are. */
  readonly isBundled: boolean;
  /** Ends the child processes. */
  readonly signal: AbortSignal;
  /** The folder of the cloud assembly; absent: one in this project. */
  readonly assembly?: string;
}

/**
 * Bundles the functions and synthesizes the CDK app, as `npx cdk synth` does, but without the CLI.
 *
 * @returns the folder of the cloud assembly
 * @throws {Error} with the output of the child process that failed
 */
export async function synthesize({
  isBundled,
  signal,
  assembly = join(ROOT, 'cdk.out.local'),
}: Options): Promise<string> {
  const { context } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as { context: object };
  if (!isBundled) await runNode('scripts/bundle.ts', {}, signal);
  await runNode(
    'bin/app.ts',
    {
      CDK_OUTDIR: assembly,
      CDK_CONTEXT_JSON: JSON.stringify({
        ...context,
        // How the local mode finds the code and the name of each function.
        'aws:cdk:enable-asset-metadata': true,
        'aws:cdk:enable-path-metadata': true,
      }),
    },
    signal,
  );
  return assembly;
}

function runNode(script: string, environment: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  const child = spawn(process.execPath, [script], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${script} failed, so there is nothing to serve:\n${output.trim()}`));
    });
  });
}
