import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Gateway } from './gateway.ts';

const root = join(import.meta.dirname, '..', '..');

/** The local mode of a configuration, as a process of its own. */
export class LocalMode {
  readonly origin: string;
  readonly gateway: Gateway;
  readonly #process: ChildProcess;

  private constructor(origin: string, process: ChildProcess) {
    this.origin = origin;
    this.#process = process;
    this.gateway = {
      lambdaEndpoint: origin,
      revocations: 'Authorizer-Revocations',
      rest: { origin, base: '/rest' },
      http: { origin, base: '/http' },
    };
  }

  static start(config: string): Promise<LocalMode> {
    const child = spawn(process.execPath, ['playground/index.ts', '--no-bundle'], {
      cwd: root,
      env: { ...process.env, PORT: '0', REVOCABLE_AUTHORIZER_CONFIG: config },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    return new Promise((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text;
          const origin = /The local mode is ready at (http:\/\/[\d.:]+)\./.exec(output)?.[1];
          if (origin) resolve(new LocalMode(origin, child));
        });
      }
      child.once('exit', () => reject(new Error(`The local mode of ${config} did not start:\n${output}`)));
    });
  }

  stop(): void {
    this.#process.kill('SIGKILL');
  }
}
