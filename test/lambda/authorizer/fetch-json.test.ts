import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, test } from '@jest/globals';
import type { FetchLimits } from '../../../lambda/authorizer/fetch-json.ts';
import { fetchJson } from '../../../lambda/authorizer/fetch-json.ts';
import type { RawServer } from '../../support/a-raw-server.ts';
import { anAnswer, aRawServer } from '../../support/a-raw-server.ts';

let server: RawServer;

beforeEach(async () => {
  server = await aRawServer();
});
afterEach(() => server.close());

function fetchLocally(changes: Partial<FetchLimits> & { readonly url?: string } = {}): Promise<unknown> {
  const { url = `http://127.0.0.1:${server.port}/jwks`, ...limits } = changes;
  return fetchJson(new URL(url), {
    signal: AbortSignal.timeout(400),
    allowPrivateNetwork: [],
    isLocalMode: true,
    ...limits,
  });
}

/** Resolves every name to these addresses. */
function resolveTo(...addresses: string[]): typeof lookup {
  return ((_name: string, _options: unknown, callback: (error: null, found: LookupAddress[]) => void) =>
    setImmediate(
      callback,
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )) as never;
}

const say = (text: string) => (socket: Socket) => {
  socket.write(text);
};

describe('fetchJson, in the local mode', () => {
  it('reads a document over plain http from loopback, on a connection of its own', async () => {
    server.respond = say(anAnswer('{"keys":[]}'));
    await expect(fetchLocally()).resolves.toEqual({ keys: [] });
    await expect(
      fetchLocally({ url: `http://localhost:${server.port}/`, resolve: resolveTo('127.0.0.1') }),
    ).resolves.toEqual({ keys: [] });
    expect(server.connections).toBe(2);
  });

  test.each(['301 Moved Permanently', '302 Found', '307 Temporary Redirect', '308 Permanent Redirect'])(
    'does not follow the redirect %s',
    async (status) => {
      const target = await aRawServer();
      target.respond = say(anAnswer('{}'));
      server.respond = say(
        anAnswer('', { status, headers: `location: http://127.0.0.1:${target.port}/\r\n` }),
      );
      await expect(fetchLocally()).rejects.toThrow(`the answer has status ${status.slice(0, 3)}, not 200`);
      expect(target.connections).toBe(0);
      await target.close();
    },
  );

  test.each<[string, (socket: Socket) => void, RegExp]>([
    ['a server error', say(anAnswer('{}', { status: '500 Internal Server Error' })), /status 500/],
    ['no content', say('HTTP/1.1 204 No Content\r\n\r\n'), /status 204/],
    ['HTML', say(anAnswer('<html>maintenance</html>')), /JSON/],
    ['nothing', say(anAnswer('')), /JSON/],
    ['half a document', say(anAnswer('{"keys":[')), /JSON/],
    [
      'a body shorter than announced',
      (socket) => socket.end(anAnswer('{"keys":[]}', { length: 99 })),
      /aborted|cut off/,
    ],
    ['a connection closed at once', (socket) => socket.destroy(), /socket hang up|ECONNRESET/],
    ['something that is no HTTP', say('SSH-2.0-OpenSSH_9.6\r\n\r\n'), /Parse Error/],
    [
      'headers without end',
      (socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(100_000)}`),
      /overflow/,
    ],
    ['a body of 50 MB', (socket) => void flood(socket, 50_000_000), /longer than 262144 bytes/],
    [
      'gzip',
      say(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\n\u001f\u008b\u0008`),
      /JSON/,
    ],
  ])('throws for %s', async (_what, respond, message) => {
    server.respond = respond;
    await expect(fetchLocally({ signal: AbortSignal.timeout(5000) })).rejects.toThrow(message);
  });

  test.each<[string, (socket: Socket) => void]>([
    ['never answers', () => {}],
    ['stops in the middle of the headers', say('HTTP/1.1 200 OK\r\ncontent-')],
    ['stops in the middle of the body', say(anAnswer('{"keys":', { length: 99 }))],
    ['sends a byte now and then', (socket) => drip(socket, anAnswer(' '.repeat(10_000)))],
    [
      'sends informational answers for ever',
      (socket) => drip(socket, 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(100), 28),
    ],
  ])('gives up in time on a server that %s', async (_what, respond) => {
    server.respond = respond;
    await expect(fetchLocally()).rejects.toThrow(/abort/);
  });

  it('gives up in time on a name that is never resolved', async () => {
    const answer = fetchLocally({ url: 'http://idp.example.com/', resolve: (() => {}) as never });
    await expect(answer).rejects.toThrow(/abort/);
  });

  it('throws when nobody listens', async () => {
    await server.close();
    await expect(fetchLocally()).rejects.toThrow('ECONNREFUSED');
    server = await aRawServer();
  });

  test.each([
    ['a public address', 'http://93.184.215.14/', undefined],
    ['a private address', 'http://10.0.0.1/', undefined],
    ['a name with a public address', 'http://idp.example.com/', ['93.184.215.14']],
    ['a name with a loopback address among others', 'http://idp.example.com/', ['127.0.0.1', '10.0.0.1']],
  ])('refuses plain http to %s', async (_what, url, addresses) => {
    const answer = fetchLocally({ url, ...(addresses && { resolve: resolveTo(...addresses) }) });
    await expect(answer).rejects.toThrow('in a private network');
  });
});

describe('fetchJson, as deployed', () => {
  const deployed = { isLocalMode: false };

  test.each([
    'http://idp.example.com/',
    'http://127.0.0.1/',
    'ftp://idp.example.com/',
    'file:///etc/passwd',
    'data:,{}',
  ])('refuses %s, which is not https', async (url) => {
    await expect(fetchLocally({ ...deployed, url })).rejects.toThrow('the address is not https');
  });

  test.each([
    '127.0.0.1',
    '[::1]',
    '10.0.0.1',
    '169.254.169.254',
    '[fd00:ec2::254]',
    '[::ffff:127.0.0.1]',
    '0x7f000001',
    '2130706433',
    '0',
  ])('refuses https to %s before it connects', async (host) => {
    const answer = fetchLocally({ ...deployed, url: `https://${host}:${server.port}/` });
    await expect(answer).rejects.toThrow('the address is in a private network');
    expect(server.connections).toBe(0);
  });

  test.each([
    [['127.0.0.1']],
    [['93.184.215.14', '127.0.0.1']],
    [['::1']],
    [['::ffff:127.0.0.1']],
    [['64:ff9b::7f00:1']],
    [['169.254.169.254']],
  ])('refuses a name that resolves to %j before it connects', async (addresses) => {
    const url = `https://idp.example.com:${server.port}/`;
    const answer = fetchLocally({ ...deployed, url, resolve: resolveTo(...addresses) });
    await expect(answer).rejects.toThrow('the host is in a private network');
    expect(server.connections).toBe(0);
  });

  test.each([
    ['a name', 'idp.internal', ['idp.internal']],
    ['an address', '127.0.0.1', ['127.0.0.1']],
  ])('connects to %s that the owner allows', async (_what, host, allowPrivateNetwork) => {
    const url = `https://${host}:${server.port}/`;
    const answer = fetchLocally({ ...deployed, url, allowPrivateNetwork, resolve: resolveTo('127.0.0.1') });
    await expect(answer).rejects.not.toThrow('private network'); // the test server speaks no TLS
    expect(server.connections).toBe(1);
  });

  it('takes the permission of one host for no other', async () => {
    const answer = fetchLocally({
      ...deployed,
      url: `https://evil.internal:${server.port}/`,
      allowPrivateNetwork: ['idp.internal', 'internal'],
      resolve: resolveTo('127.0.0.1'),
    });
    await expect(answer).rejects.toThrow('the host is in a private network');
  });

  it('resolves names with the system otherwise', async () => {
    const answer = fetchLocally({ ...deployed, url: `https://localhost:${server.port}/`, resolve: lookup });
    await expect(answer).rejects.toThrow('the host is in a private network');
    expect(server.connections).toBe(0);
  });

  it('throws for a name that nobody knows', async () => {
    const unknown = ((_: string, _options: unknown, callback: (error: Error) => void) =>
      callback(new Error('ENOTFOUND'))) as never;
    await expect(
      fetchLocally({ ...deployed, url: 'https://idp.example/', resolve: unknown }),
    ).rejects.toThrow('ENOTFOUND');
    await expect(
      fetchLocally({ ...deployed, url: 'https://idp.example/', resolve: resolveTo() }),
    ).rejects.toThrow('no address');
  });
});

/** Writes as fast as the other side reads, and stops when it hangs up. */
function flood(socket: Socket, bytes: number): void {
  const chunk = Buffer.alloc(64 * 1024, 0x20);
  let sent = 0;
  socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${bytes}\r\n\r\n`);
  const write = () => {
    while (sent < bytes && !socket.destroyed) {
      sent += chunk.length;
      if (!socket.write(chunk)) break;
    }
  };
  socket.on('drain', write);
  write();
}

function drip(socket: Socket, text: string, size = 1): void {
  let at = 0;
  const timer = setInterval(() => {
    if (socket.destroyed || at >= text.length) clearInterval(timer);
    else socket.write(text.slice(at, at + size));
    at += size;
  }, 5);
}
