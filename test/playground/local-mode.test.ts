// The local mode as a newcomer meets it: a process of its own, over the real synthesis, with DynamoDB behind a wire
// that can be cut.
import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest, test } from '@jest/globals';
import { startDynamoDb } from '../../playground/dynamodb.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SENTENCE = 'The security token included in the request is invalid.';
const ADMIN = 'Authorizer-Revocations';

jest.setTimeout(60_000); // a start takes some seconds: synthesis, bundles, worker threads

interface Playground {
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
}

/** Jest's global set-up has bundled the functions, and other tests read the bundles right now. */
function run(args: readonly string[], environment: NodeJS.ProcessEnv): Playground {
  const child = spawn(process.execPath, ['playground/index.ts', '--no-bundle', ...args], {
    cwd: ROOT,
    env: { ...process.env, PORT: '0', ...environment },
    detached: true, // a process group of its own, so that leftovers can be seen
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  return { child, output, ended: new Promise((resolve) => child.once('close', resolve)) };
}

async function untilReady({ child, output, ended }: Playground): Promise<string> {
  const ready = new Promise<string>((resolve) => {
    const look = () => {
      const origin = /ready at (\S+?)\. .*No token at all/s.exec(output.stdout)?.[1];
      if (origin) resolve(origin);
    };
    child.stdout?.on('data', look);
  });
  const origin = await Promise.race([ready, ended.then(() => undefined)]);
  if (origin === undefined) throw new Error(`The local mode ended at once: ${output.stderr}`);
  return origin;
}

/** A wire to a port that can be cut and mended; it keeps its own address. */
class Wire {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port = 0;

  constructor(target: number) {
    this.#server = createServer((inward) => {
      const outward = connect(target, '127.0.0.1');
      for (const [one, other] of [
        [inward, outward],
        [outward, inward],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => other.destroy()).on('close', () => this.#sockets.delete(one));
        one.pipe(other);
      }
    });
  }

  async mend(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
    return `http://127.0.0.1:${this.#port}`;
  }

  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

let dynamoDb: Awaited<ReturnType<typeof startDynamoDb>>;
let wire: Wire;
let playground: Playground;
let origin: string;

beforeAll(async () => {
  dynamoDb = await startDynamoDb();
  wire = new Wire(Number(new URL(dynamoDb.endpoint).port));
  playground = run([], { AWS_ENDPOINT_URL_DYNAMODB: await wire.mend() });
  origin = await untilReady(playground);
});
afterAll(async () => {
  playground?.child.kill('SIGKILL');
  await playground?.ended;
  await wire?.cut();
  dynamoDb?.close();
});

async function mint(request?: object): Promise<string> {
  const response = await fetch(`${origin}/issuer/token`, {
    method: 'POST',
    headers: { accept: 'text/plain', 'content-type': 'application/json' },
    ...(request && { body: JSON.stringify(request) }),
  });
  return response.text();
}

async function call(authorization: string | undefined, path = '/orders', init: RequestInit = {}) {
  const response = await fetch(`${origin}/rest${path}`, {
    ...init,
    ...(authorization !== undefined && { headers: { authorization } }),
  });
  const { status, headers } = response;
  return { status, headers, body: await response.text() };
}

async function admin(command: string, token: string): Promise<unknown> {
  const response = await fetch(`${origin}/2015-03-31/functions/${ADMIN}/invocations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      command,
      target: { dimension: 'token', token },
      reason: 'the laptop was stolen',
      actor: 'test',
    }),
  });
  return response.json();
}

async function expectRefused(authorization: string | undefined): Promise<void> {
  const { status, headers, body } = await call(authorization);
  expect({ status, body: JSON.parse(body) }).toEqual({
    status: 401,
    body: { message: SENTENCE, error: 'invalid_token', requestId: headers.get('x-amzn-requestid') },
  });
  expect(headers.get('www-authenticate')).toMatch(/^Bearer /);
  expect(headers.get('access-control-allow-origin')).toBe('*');
}

describe('the local mode', () => {
  it('refuses a token from its revocation to its reinstatement, and at no other time', async () => {
    const token = await mint();
    await expect(call(`Bearer ${token}`)).resolves.toMatchObject({ status: 200 });

    await expect(admin('revoke', token)).resolves.toMatchObject({ changed: true });
    await expectRefused(`Bearer ${token}`);
    await expect(call(`Bearer ${await mint()}`)).resolves.toMatchObject({ status: 200 });

    await expect(admin('reinstate', token)).resolves.toMatchObject({ changed: true });
    await expect(call(`Bearer ${token}`)).resolves.toMatchObject({ status: 200 });
  });

  test.each([
    ['garbage', () => 'Bearer garbage'],
    ['a wrong signature', async () => `Bearer ${await mint({ sign: 'bad' })}`],
    ['an unknown key', async () => `Bearer ${await mint({ sign: 'unknown' })}`],
    ['no signature', async () => `Bearer ${await mint({ sign: 'none' })}`],
    ['an expired token', async () => `Bearer ${await mint({ expiresIn: -60 })}`],
    [
      'a foreign issuer',
      async () => `Bearer ${await mint({ claims: { iss: 'https://issuer.example.com/' } })}`,
    ],
    ['a foreign client', async () => `Bearer ${await mint({ claims: { client_id: 'stranger' } })}`],
    ['a missing jti', async () => `Bearer ${await mint({ claims: { jti: null } })}`],
    ['another scheme', () => 'Basic YWxpY2U6cGFzcw=='],
    ['no token', () => undefined],
  ])('refuses %s', async (_what, authorization) => {
    await expectRefused(await authorization());
  });

  it('passes on who calls', async () => {
    const { body } = await call(`Bearer ${await mint({ claims: { sub: 'bob' } })}`, '/orders/1');

    expect(body).toContain('bob');
  });

  it('answers a preflight request without a token', async () => {
    const { status, headers } = await call(undefined, '/orders', { method: 'OPTIONS' });

    expect(status).toBe(204);
    expect(headers.get('access-control-allow-methods')).toContain('GET');
  });

  it('knows no path and no method that the template does not have', async () => {
    await expect(call(undefined, '/nowhere')).resolves.toMatchObject({ status: 403 });
    await expect(call(undefined, '/orders', { method: 'DELETE' })).resolves.toMatchObject({
      status: 403,
      body: '{"message":"Missing Authentication Token"}',
    });
  });

  it('answers a good token with 500 while DynamoDB is away, and with 200 again when it is back', async () => {
    const token = await mint();
    await expect(call(`Bearer ${token}`)).resolves.toMatchObject({ status: 200 });

    await wire.cut();
    await expect(call(`Bearer ${token}`)).resolves.toMatchObject({ status: 500 });
    await expect(admin('revoke', token)).resolves.toMatchObject({
      errorMessage: expect.stringContaining('revocation_store_unavailable'),
    });
    await expectRefused('Bearer garbage');

    await wire.mend();
    await expect(call(`Bearer ${token}`)).resolves.toMatchObject({ status: 200 });
  });

  it('lets no web page revoke, mint or call', async () => {
    for (const path of [`/2015-03-31/functions/${ADMIN}/invocations`, '/issuer/token', '/rest/orders']) {
      const { status } = await fetch(`${origin}${path}`, {
        method: 'POST',
        headers: { origin: 'https://evil.example', 'content-type': 'text/plain' },
        body: '{"command":"list"}',
      });
      expect(status).toBe(403);
    }
  });

  it('prints its help', async () => {
    const { ended, output } = run(['--help'], {});

    await expect(ended).resolves.toBe(0);
    expect(output.stdout).toContain('--allow-origin <origin>');
  });

  it('says what to do when its port is taken', async () => {
    const { port } = new URL(origin);
    const second = run([], { PORT: port });

    await expect(second.ended).resolves.toBe(1);
    expect(second.output.stderr).toBe(
      `error: Port ${port} is taken by another program; choose another one, for example: PORT=${Number(port) + 1} npm start\n`,
    );
  });

  it('does its walkthrough by itself', async () => {
    const { ended, output } = run(['--walkthrough'], {});

    await expect(ended).resolves.toBe(0);
    expect(output.stdout).toContain('Every answer was as expected.');
    expect(output.stdout).toContain(SENTENCE);
    expect(output.stdout + output.stderr).not.toMatch(/[\w-]{20,}\.[\w-]{20,}\.[\w-]{20,}/); // a token
  });

  it.each(spawnSync('curl', ['--version']).status === 0 ? ['sh'] : [])(
    'prints a walkthrough that can be pasted into %s',
    (shell) => {
      const commands = /folder:\n\n(.*)/s.exec(playground.output.stdout)?.[1] ?? '';

      // Not spawnSync: the playground writes to pipes that this process reads.
      const child = spawn(shell, ['-c', commands], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
      return new Promise<void>((resolve, reject) => {
        child.once('error', reject).once('close', resolve);
      }).then(() => {
        expect([...output.matchAll(/^HTTP\/1.1 (\d+)/gm)].map(([, status]) => status)).toEqual(
          '200 200 101 401 403 401 200 200 101 401 401 401 401 401 401 401'.split(' '),
        );
      });
    },
  );

  it('writes a line per request, and never a token or a query', async () => {
    const token = await mint();
    await call(`Bearer ${token}`, `/orders?access_token=${token}`);

    expect(playground.output.stderr).toMatch(/^GET \/rest\/orders 200 \d+ ms$/m);
    expect(playground.output.stderr).not.toContain(token.slice(-40));
  });

  it('ends at once on Ctrl-C, and leaves no process behind', async () => {
    const pid = playground.child.pid ?? 0;
    process.kill(-pid, 'SIGINT'); // a terminal sends it to the whole group

    await expect(playground.ended).resolves.toBe(0);
    expect(() => process.kill(-pid, 0)).toThrow('ESRCH');
  });
});
