// Every kind of API end to end: the synthesized demo with its bundles, with and without a results cache.
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest, test } from '@jest/globals';
import WebSocket from 'ws';
import { startDynamoDb } from '../../playground/dynamodb.ts';
import { LocalServer } from '../../playground/local-server.ts';
import type { OpenStack } from '../../playground/open-stack.ts';
import { openStack } from '../../playground/open-stack.ts';
import { synthesize } from '../../playground/synthesize.ts';
import type { RawTemplate } from '../../playground/template.ts';
import { Template } from '../../playground/template.ts';

jest.setTimeout(60_000); // synthesis, bundles, worker threads

const folder = mkdtempSync(join(tmpdir(), 'kinds-of-apis-'));
const assembly = join(folder, 'cdk.out');

beforeAll(async () => {
  await synthesize({ isBundled: true, assembly, signal: new AbortController().signal });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The origin of a front end that may call the APIs. */
const PAGE = 'https://app.example.com';

/** The template of the demo, with another lifetime of the authorizers' results. */
function readTemplate(resultTtlSeconds: number): Template {
  const file = readdirSync(assembly).find((name) => name.endsWith('.template.json')) ?? '';
  const raw = JSON.parse(readFileSync(join(assembly, file), 'utf8')) as RawTemplate;
  for (const { Type, Properties } of Object.values(raw.Resources)) {
    const isCached =
      /^AWS::ApiGateway(V2)?::Authorizer$/.test(Type) && 'AuthorizerResultTtlInSeconds' in { ...Properties };
    if (isCached) Object.assign(Properties ?? {}, { AuthorizerResultTtlInSeconds: resultTtlSeconds });
  }
  return new Template(raw);
}

/** The demo, being served. */
class Demo {
  readonly lines: string[] = [];
  stack!: OpenStack;
  dynamoDb!: Awaited<ReturnType<typeof startDynamoDb>>;
  server!: LocalServer;

  async open(resultTtlSeconds: number): Promise<void> {
    const log = (line: string) => void this.lines.push(line);
    this.dynamoDb = await startDynamoDb();
    this.server = await LocalServer.listen(0, log, [PAGE]);
    this.stack = await openStack({
      server: this.server,
      assembly,
      template: readTemplate(resultTtlSeconds),
      dynamoDbEndpoint: this.dynamoDb.endpoint,
      log,
    });
  }

  async close(): Promise<void> {
    this.server.close();
    this.dynamoDb.close();
    await this.stack.functions.close();
  }

  async mint(request: object = {}): Promise<string> {
    const response = await fetch(`${this.server.origin}/issuer/token`, {
      method: 'POST',
      headers: { accept: 'text/plain', 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    return response.text();
  }

  async call(path: string, token?: string, method = 'GET'): Promise<{ status: number; body: string }> {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(`${this.server.origin}${path}`, { method, headers });
    return { status: response.status, body: await response.text() };
  }

  /** Resolves with an open socket, or with the status of the refusal. */
  async connect(
    protocols: string[],
    headers: Record<string, string>,
  ): Promise<WebSocket | number | undefined> {
    const socket = new WebSocket(`${this.server.origin.replace('http', 'ws')}/ws`, protocols, { headers });
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(socket)).once('error', reject);
      socket.once('unexpected-response', (request, response) => {
        resolve(response.statusCode);
        socket.removeAllListeners('error').on('error', () => {});
        request.destroy();
      });
    });
  }

  async admin(command: 'revoke' | 'reinstate', token: string): Promise<void> {
    const { body } = await this.invoke({
      command,
      target: { dimension: 'token', token },
      reason: 'the laptop was stolen',
      actor: 'test',
    });
    expect(JSON.parse(body)).toMatchObject({ changed: true });
  }

  async invoke(command: object): Promise<{ body: string }> {
    const url = `${this.server.origin}/2015-03-31/functions/Authorizer-Revocations/invocations`;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(command),
    });
    return { body: await response.text() };
  }

  /** How often the authorizer function decided so far. */
  get decisions(): number {
    return this.lines.filter((line) => line.includes('[Authorizer-Function]') && line.includes('"decision"'))
      .length;
  }
}

const KINDS = [
  { kind: 'REST, TOKEN', path: '/rest/orders', refused: 401, isOptional: false },
  // Without a results cache, API Gateway does not insist on the identity source.
  { kind: 'REST, REQUEST', path: '/rest/requests/orders', refused: 401, isOptional: true },
  { kind: 'HTTP', path: '/http/orders', refused: 403, isOptional: false },
] as const;

describe('without a results cache', () => {
  const demo = new Demo();
  beforeAll(() => demo.open(0));
  afterAll(() => demo.close());

  it.each(KINDS)(
    '$kind accepts a token, refuses it revoked, and accepts it reinstated',
    async ({ path, refused }) => {
      const token = await demo.mint({ claims: { sub: 'alice' } });
      await expect(demo.call(path, token)).resolves.toEqual({
        status: 200,
        body: expect.stringContaining('"sub":"alice"'),
      });

      await demo.admin('revoke', token);
      await expect(demo.call(path, token)).resolves.toMatchObject({ status: refused });
      await expect(demo.call(`${path}/1`, token)).resolves.toMatchObject({ status: refused });
      await expect(demo.call(path, await demo.mint())).resolves.toMatchObject({ status: 200 });

      await demo.admin('reinstate', token);
      await expect(demo.call(path, token)).resolves.toMatchObject({ status: 200 });
    },
  );

  it.each(KINDS)('$kind asks the authorizer at every call', async ({ path }) => {
    const token = await demo.mint();
    const before = demo.decisions;

    await demo.call(path, token);
    await demo.call(path, token);

    expect(demo.decisions - before).toBe(2);
  });

  describe.each(KINDS)('$kind', ({ path, refused, isOptional }) => {
    test.each([
      ['garbage', () => 'garbage'],
      ['a wrong signature', () => demo.mint({ sign: 'bad' })],
      ['an expired token', () => demo.mint({ expiresIn: -60 })],
      ['a token of a foreign issuer', () => demo.mint({ claims: { iss: 'https://issuer.example.com/' } })],
    ])('refuses %s', async (_what, mint) => {
      await expect(demo.call(path, await mint())).resolves.toMatchObject({ status: refused });
    });

    it(`refuses a request without a token, ${isOptional ? 'and asks' : 'and does not ask'} the authorizer`, async () => {
      const before = demo.decisions;

      await expect(demo.call(path)).resolves.toMatchObject({ status: 401 });
      expect(demo.decisions - before).toBe(isOptional ? 1 : 0);
    });
  });

  it('HTTP answers refusals and unknown routes in the words of AWS', async () => {
    const expected = [
      ['/http/orders', undefined, { status: 401, body: '{"message":"Unauthorized"}' }],
      ['/http/orders', 'garbage', { status: 403, body: '{"message":"Forbidden"}' }],
      ['/http/nowhere', undefined, { status: 404, body: '{"message":"Not Found"}' }],
    ] as const;
    for (const [path, token, answer] of expected) {
      await expect(demo.call(path, token)).resolves.toEqual(answer);
    }
  });

  it('HTTP answers a preflight request without a token', async () => {
    const response = await fetch(`${demo.server.origin}/http/orders`, {
      method: 'OPTIONS',
      headers: { origin: PAGE, 'access-control-request-method': 'GET' },
    });

    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });

  it.each(['/issuer/token', '/2015-03-31/functions/Authorizer-Revocations/invocations', '/'])(
    'answers no preflight request at %s, so that no page that is let in can use it',
    async (path) => {
      const { status, headers } = await fetch(`${demo.server.origin}${path}`, {
        method: 'OPTIONS',
        headers: { origin: PAGE, 'access-control-request-method': 'POST' },
      });

      expect(status).toBe(404);
      expect(headers.get('access-control-allow-origin')).toBeNull();
    },
  );

  it.each([
    ['a header', (token: string) => ({ protocols: [], headers: { Authorization: `Bearer ${token}` } })],
    ['a subprotocol, as browsers do', (token: string) => ({ protocols: ['bearer', token], headers: {} })],
  ] as const)(
    'WebSocket accepts a token in %s, refuses it revoked, and accepts it reinstated',
    async (_where, offer) => {
      const token = await demo.mint();
      const { protocols, headers } = offer(token);
      const connect = () => demo.connect([...protocols], headers);

      const socket = await connect();
      if (!(socket instanceof WebSocket)) throw new Error(`The handshake ended with ${socket}.`);
      expect(socket.protocol).toBe(protocols[0] ?? '');
      const answered = once(socket, 'message');
      socket.send('{"hello":"world"}');
      expect(String((await answered)[0])).toBe('{"hello":"world"}');

      await demo.admin('revoke', token);
      await expect(connect()).resolves.toBe(401);
      expect(socket.readyState).toBe(WebSocket.OPEN); // who is connected stays so, as on AWS

      await demo.admin('reinstate', token);
      await expect(connect()).resolves.toBeInstanceOf(WebSocket);
      socket.close();
    },
  );

  it.each([
    ['no token', async () => ({})],
    ['garbage', async () => ({ Authorization: 'Bearer garbage' })],
    ['an expired token', async () => ({ Authorization: `Bearer ${await demo.mint({ expiresIn: -60 })}` })],
  ])('WebSocket refuses %s', async (_what, headers) => {
    await expect(demo.connect([], await headers())).resolves.toBe(401);
  });
});

describe('with a results cache', () => {
  const demo = new Demo();
  beforeAll(() => demo.open(300));
  afterAll(() => demo.close());

  const flush = (path: string) => {
    const kind = path.startsWith('/rest') ? 'rest' : 'http';
    const { apiId = '', stage = '' } = demo.stack.apis[kind]?.settings ?? {};
    expect(demo.stack.apis.flush(kind, apiId, stage)).toBe(true);
  };

  it.each(KINDS)('$kind asks once for all its routes', async ({ path }) => {
    const token = await demo.mint();
    const before = demo.decisions;

    for (const [route, method] of [
      ['', 'GET'],
      ['/1', 'GET'],
      ['', 'POST'],
    ] as const) {
      await expect(demo.call(path + route, token, method)).resolves.toMatchObject({ status: 200 });
    }

    expect(demo.decisions - before).toBe(1);
  });

  it.each(KINDS)(
    '$kind lets a revoked token through until the cache is flushed',
    async ({ path, refused }) => {
      const token = await demo.mint();
      await demo.call(path, token);

      await demo.admin('revoke', token);
      await expect(demo.call(`${path}/1`, token)).resolves.toMatchObject({ status: 200 });

      flush(path);
      await expect(demo.call(path, token)).resolves.toMatchObject({ status: refused });
    },
  );

  it.each(KINDS)(
    '$kind refuses a request without a token, and does not ask the authorizer',
    async ({ path }) => {
      const before = demo.decisions;

      await expect(demo.call(path)).resolves.toMatchObject({ status: 401 });
      expect(demo.decisions).toBe(before);
    },
  );

  it('WebSocket has none: it refuses a revoked token at once', async () => {
    const token = await demo.mint();
    const connect = () => demo.connect([], { Authorization: `Bearer ${token}` });
    await expect(connect()).resolves.toBeInstanceOf(WebSocket);

    await demo.admin('revoke', token);

    await expect(connect()).resolves.toBe(401);
  });
});

describe('while DynamoDB is away', () => {
  const demo = new Demo();
  beforeAll(async () => {
    await demo.open(0);
    demo.dynamoDb.close();
  });
  afterAll(() => demo.close());

  it.each(KINDS)('$kind answers a good token with 500', async ({ path }) => {
    await expect(demo.call(path, await demo.mint())).resolves.toMatchObject({ status: 500 });
  });

  it('WebSocket answers a good token with 500', async () => {
    const headers = { Authorization: `Bearer ${await demo.mint()}` };

    await expect(demo.connect([], headers)).resolves.toBe(500);
  });
});
