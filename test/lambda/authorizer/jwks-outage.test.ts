import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fetchJson } from '../../../lambda/authorizer/fetch-json.ts';
import { SigningKeys } from '../../../lambda/authorizer/signing-keys.ts';
import { verifyToken } from '../../../lambda/authorizer/verify-token.ts';
import { forge } from '../../corpus/forge.ts';
import { newKey } from '../../corpus/keys.ts';
import type { RawServer } from '../../support/a-raw-server.ts';
import { anAnswer, aRawServer } from '../../support/a-raw-server.ts';
import { aTrustedIssuer } from '../../support/a-trusted-issuer.ts';

const NOW = 1_700_000_000;
const key = newKey('RS256', { kid: 'k' });
const token = forge(
  { alg: 'RS256', kid: 'k' },
  { iss: 'https://idp.example.com/', sub: 'alice', aud: 'orders', jti: 'j', iat: NOW, exp: NOW + 60 },
  key.privateKey,
  'RS256',
);
const keySet = JSON.stringify({ keys: [key.jwk] });
const say = (text: string) => (socket: Socket) => {
  socket.write(text);
};

let server: RawServer;
beforeAll(async () => {
  server = await aRawServer();
});
afterAll(() => server.close());

describe('an outage of the JWKS', () => {
  test.each<[string, (socket: Socket) => void]>([
    ['refuses the connection', (socket) => socket.resetAndDestroy()],
    ['hangs', () => {}],
    ['answers 500', say(anAnswer(keySet, { status: '500 Internal Server Error' }))],
    ['answers 429', say(anAnswer('{}', { status: '429 Too Many Requests' }))],
    ['answers HTML', say(anAnswer('<!doctype html><title>Maintenance</title>'))],
    ['is cut off', (socket) => socket.end(anAnswer(keySet.slice(0, 100), { length: keySet.length }))],
    ['is cut off, and says so', say(anAnswer(keySet.slice(0, 100)))],
    ['is empty', say(anAnswer('{"keys":[]}'))],
    ['holds no fit key', say(anAnswer(keySet.replace('"RSA"', '"oct"')))],
    ['is a list', say(anAnswer(`[${keySet}]`))],
    ['is null', say(anAnswer('null'))],
    ['redirects', say(anAnswer('', { status: '302 Found', headers: 'location: http://127.0.0.1:1/\r\n' }))],
    ['is one of 50 MB', say(`${anAnswer('', { length: 50_000_000 })}${' '.repeat(400_000)}`)],
  ])('is a fault in time when it %s, and over as soon as it answers again', async (_what, respond) => {
    let clock = 0;
    const issuer = aTrustedIssuer({ jwksUri: `http://127.0.0.1:${server.port}/jwks` });
    const keys = new SigningKeys(
      issuer,
      (url, signal) => fetchJson(url, { signal, allowPrivateNetwork: [], isLocalMode: true }),
      () => clock,
    );
    const verify = () => verifyToken(token, new Map([[issuer, keys]]), () => NOW);

    server.respond = respond;
    await expect(verify()).rejects.toMatchObject({ code: 'jwks_unavailable' });
    await expect(verify()).rejects.toMatchObject({ code: 'jwks_throttled' });

    server.respond = say(anAnswer(keySet));
    clock += 10_000;
    await expect(verify()).resolves.toMatchObject({ ok: true });
  });
});
