// A web page in the developer's browser reaches every loopback port. What it can send, the local mode refuses.
import { once } from 'node:events';
import { connect } from 'node:net';
import type { HttpBindings } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { Hono } from 'hono';
import { startDynamoDb } from '../../playground/dynamodb.ts';
import { LocalServer } from '../../playground/local-server.ts';

const ALLOWED = 'http://localhost:3000';
const served: string[] = [];
const lines: string[] = [];
let server: LocalServer;
let port: string;

beforeAll(async () => {
  server = await LocalServer.listen(0, (line) => lines.push(line), [ALLOWED]);
  ({ port } = new URL(server.origin));
  server.serve(
    new Hono<{ Bindings: HttpBindings }>().all('*', (c) => {
      served.push(c.req.method);
      return c.text('served');
    }),
  );
});
afterAll(() => server.close());

/** Sends the lines of a request as they are, to a port; resolves with the status and the body. */
async function send(request: readonly string[], to = port): Promise<{ status: number; body: string }> {
  const socket = connect(Number(to), '127.0.0.1');
  const head = request.map((line) => line.replaceAll('PORT', to));
  socket.end(`${[...head, 'Connection: close'].join('\r\n')}\r\n\r\n`);
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    answer += text;
  });
  await once(socket, 'close');
  const [start = '', body = ''] = answer.split('\r\n\r\n');
  return { status: Number(start.split(' ')[1]), body };
}

const HOST = 'Host: 127.0.0.1:PORT';

describe('the local server', () => {
  test.each([
    ['127.0.0.1', [HOST]],
    ['localhost', ['Host: localhost:PORT']],
    ['[::1]', ['Host: [::1]:PORT']],
    ['another port, as behind a tunnel', ['Host: localhost:8080']],
    ['its own origin', [HOST, 'Origin: http://127.0.0.1:PORT']],
    ['an address that a person typed', [HOST, 'Sec-Fetch-Site: none']],
    ['its own origin, without Origin', [HOST, 'Sec-Fetch-Site: same-origin']],
    ['an allowed origin', [HOST, `Origin: ${ALLOWED}`, 'Sec-Fetch-Site: same-site']],
  ])('serves a request of %s', async (_what, headers) => {
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      await expect(send([`${method} / HTTP/1.1`, ...headers])).resolves.toMatchObject({ status: 200 });
    }
  });

  test.each([
    ['a name that leads here (DNS rebinding)', ['Host: evil.example:PORT']],
    ['a name that begins as ours', ['Host: localhost.evil.example:PORT']],
    ['a name that holds our address', ['Host: 127.0.0.1.nip.io:PORT']],
    ['our address as user information', ['Host: 127.0.0.1:PORT@evil.example']],
    ['user information before our address', ['Host: evil.example@127.0.0.1:PORT']],
    ['upper case', ['Host: LOCALHOST:PORT']],
    ['a trailing dot', ['Host: localhost.:PORT']],
    ['a name below localhost', ['Host: evil.localhost:PORT']],
    ['another loopback address', ['Host: 127.0.0.2:PORT']],
    ['the unspecified address', ['Host: 0.0.0.0:PORT']],
    ['a port that is no number', ['Host: localhost:evil']],
    ['an empty Host', ['Host:']],
    ['two Host headers', [HOST, 'Host: evil.example']],
    ['two Host headers, the foreign one first', ['Host: evil.example', HOST]],
  ])('answers a Host with %s with 421', async (_what, headers) => {
    served.length = 0;
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const { status, body } = await send([`${method} / HTTP/1.1`, ...headers]);
      expect(status).toBe(421);
      expect(JSON.parse(body)).toEqual({ message: expect.stringContaining(`use http://127.0.0.1:${port}`) });
    }
    expect(served).toEqual([]);
  });

  test.each([
    ['without a Host, of HTTP/1.0', ['GET / HTTP/1.0']],
    ['for a proxy', ['GET http://evil.example/ HTTP/1.1', HOST]],
    ['for a proxy, with our own address', ['GET http://127.0.0.1:PORT/ HTTP/1.1', HOST]],
  ])('answers a request %s with 421', async (_what, request) => {
    served.length = 0;
    await expect(send(request)).resolves.toMatchObject({ status: 421 });
    expect(served).toEqual([]);
  });

  test.each([
    ['null', 'Origin: null'],
    ['an empty one', 'Origin:'],
    ['a foreign one', 'Origin: https://evil.example'],
    ['a name that begins as ours', 'Origin: http://localhost.evil.example'],
    ['a name that holds our address', 'Origin: http://127.0.0.1.nip.io:PORT'],
    ['our address as user information', 'Origin: http://127.0.0.1:PORT@evil.example'],
    ['the other name of this machine', 'Origin: http://localhost:PORT'],
    ['another loopback port', 'Origin: http://127.0.0.1:3000'],
    ['https', 'Origin: https://127.0.0.1:PORT'],
    ['upper case', 'Origin: HTTP://127.0.0.1:PORT'],
    ['an allowed one in upper case', 'Origin: http://LOCALHOST:3000'],
    ['an allowed one with a path', `Origin: ${ALLOWED}/`],
    ['what begins as an allowed one', `Origin: ${ALLOWED}0`],
    ['two', `Origin: ${ALLOWED}, https://evil.example`],
  ])('answers the Origin %s with 403', async (_what, origin) => {
    served.length = 0;
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const { status, body } = await send([`${method} / HTTP/1.1`, HOST, origin]);
      expect(status).toBe(403);
      expect(JSON.parse(body)).toEqual({ message: expect.stringContaining('--allow-origin') });
    }
    expect(served).toEqual([]);
  });

  test.each(['cross-site', 'same-site', 'anything new'])(
    'answers an image or a link of a page (Sec-Fetch-Site: %s) with 403',
    async (site) => {
      served.length = 0;
      const request = ['GET / HTTP/1.1', HOST, `Sec-Fetch-Site: ${site}`];
      await expect(send(request)).resolves.toMatchObject({ status: 403 });
      expect(served).toEqual([]);
    },
  );

  test.each([
    ['a foreign Origin', 403, [HOST, 'Origin: https://evil.example']],
    ['a foreign Host', 421, ['Host: evil.example']],
  ])('refuses a WebSocket handshake with %s', async (_what, status, headers) => {
    const handshake = [
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ];
    const request = ['GET /ws HTTP/1.1', ...headers, ...handshake, 'Connection: Upgrade'];
    await expect(send(request)).resolves.toMatchObject({ status });
  });

  it('says in its terminal what it refused, and no path or query', async () => {
    lines.length = 0;
    await send(['GET /orders?token=secret HTTP/1.1', HOST, 'Origin: https://evil.example']);
    expect(lines).toEqual([expect.stringMatching(/^403 .*https:\/\/evil\.example/)]);
    expect(lines.join()).not.toMatch(/secret|orders/);
  });
});

describe('the embedded DynamoDB', () => {
  const LIST = [
    'POST / HTTP/1.1',
    'Content-Type: application/x-amz-json-1.0',
    'X-Amz-Target: DynamoDB_20120810.ListTables',
    'Authorization: AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=b',
    'X-Amz-Date: 20260101T000000Z',
    'Content-Length: 0',
  ];
  let dynamoDb: Awaited<ReturnType<typeof startDynamoDb>>;
  beforeAll(async () => {
    dynamoDb = await startDynamoDb();
  });
  afterAll(() => dynamoDb.close());

  test.each([
    ['serves a request of this machine', 400, [HOST]], // DynamoDB's own: an empty body is no JSON
    ['refuses a name that leads here', 421, ['Host: evil.example:PORT']],
    ['refuses a web page', 403, [HOST, 'Origin: https://evil.example']],
    ['refuses a page that the local APIs let in', 403, [HOST, `Origin: ${ALLOWED}`]],
  ])('%s', async (_what, status, headers) => {
    const { port: to } = new URL(dynamoDb.endpoint);
    const answer = await send([...LIST, ...headers], to);
    expect(answer.status).toBe(status);
    expect(answer.body.includes('--allow-origin') || answer.body.includes('use http://127')).toBe(
      status !== 400,
    );
  });

  it('answers no preflight request of a page', async () => {
    const { port: to } = new URL(dynamoDb.endpoint);
    const preflight = ['OPTIONS / HTTP/1.1', HOST, 'Origin: https://evil.example'];
    await expect(send([...preflight, 'Access-Control-Request-Method: POST'], to)).resolves.toMatchObject({
      status: 403,
    });
  });
});
