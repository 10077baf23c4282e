import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const VERSION = '1.4.21';

const root = join(import.meta.dirname, '..', '..');
const environmentFolder = join(root, 'node_modules', '.cache', `ministack-${VERSION}`);

/** An AWS emulator from PyPI, in a virtual environment of its own, on a free loopback port. */
export class MiniStack {
  readonly endpoint: string;
  /** What the AWS CLI, the SDKs and CDK need to know. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #process: ChildProcess;

  private constructor(port: number, process: ChildProcess) {
    this.endpoint = `http://127.0.0.1:${port}`;
    this.#process = process;
    this.environment = {
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_ACCESS_KEY_ID: ACCOUNT,
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
    };
  }

  /** Installs it if need be, starts it, and waits until it answers. */
  static async start(): Promise<MiniStack> {
    install();
    const port = await freePort();
    const child = spawn(join(environmentFolder, 'bin', 'ministack'), {
      stdio: 'ignore',
      env: {
        ...process.env,
        PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter), // its functions run on this Node.js
        BIND_HOST: '127.0.0.1',
        GATEWAY_PORT: String(port),
        LAMBDA_EXECUTOR: 'local',
        MINISTACK_ACCOUNT_ID: ACCOUNT,
        IOT_MTLS_ENABLED: '0',
        SFTP_ENABLED: '0',
      },
    });
    const stack = new MiniStack(port, child);
    const deadline = Date.now() + 60_000;
    while (!(await stack.#isReady())) {
      if (child.exitCode !== null || Date.now() > deadline) {
        stack.stop();
        throw new Error(`MiniStack did not start on port ${port}.`);
      }
      await sleep(250);
    }
    return stack;
  }

  stop(): void {
    this.#process.kill('SIGKILL');
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.endpoint}/_ministack/health`)).ok;
    } catch {
      return false; // not listening yet
    }
  }
}

export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';

function install(): void {
  if (existsSync(join(environmentFolder, 'bin', 'ministack'))) return;
  mkdirSync(dirname(environmentFolder), { recursive: true });
  try {
    execFileSync('python3', ['-m', 'venv', environmentFolder], { stdio: 'inherit' });
  } catch {
    throw new Error('This test needs python3 (3.10 or newer) with its venv module on the PATH.');
  }
  const pip = join(environmentFolder, 'bin', 'pip');
  execFileSync(pip, ['install', '--quiet', '--disable-pip-version-check', `ministack==${VERSION}`], {
    stdio: 'inherit',
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
