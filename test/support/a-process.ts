import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A server in a process of its own, for tests that would keep this one too busy. */
export interface ServerProcess {
  readonly url: string;
  close(): Promise<void>;
}

const DYNAMODB = `
  const { default: dynalite } = await import('dynalite');
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  server.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port));
`;

/** An embedded DynamoDB. */
export function aDynamoDbProcess(): Promise<ServerProcess> {
  return aServerProcess(['--input-type=module', '--eval', DYNAMODB], {});
}

/** The bundled admin function, in the environment that its function would have. */
export function anAdminProcess(environment: Readonly<Record<string, string>>): Promise<ServerProcess> {
  return aServerProcess([join(import.meta.dirname, 'serve-bundle.ts')], environment);
}

async function aServerProcess(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  const child = spawn(process.execPath, args, {
    cwd: join(import.meta.dirname, '..', '..'),
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { url: await firstLine(child), close: () => end(child) };
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('no stdout');
  const [line] = await once(stdout.setEncoding('utf8'), 'data');
  return String(line).trim();
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close');
  child.kill();
  await ended;
}
