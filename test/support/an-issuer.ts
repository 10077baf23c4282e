import type { KeyObject } from 'node:crypto';
import { generateKeyPair, randomUUID, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import type { IssuerSettings } from '../../lambda/environment.ts';

const newKeyPair = promisify(generateKeyPair);

/** What a test changes of a token that would pass; `undefined` removes the claim. */
export interface TokenChanges {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  /** Signs with the key of somebody else. */
  readonly signingKey?: KeyObject;
}

/** An issuer of the tests: real RSA keys, made for this run, and a JWKS over plain http on loopback. */
export interface TestIssuer {
  readonly url: string;
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly jwk: Record<string, unknown>;
  /** What the JWKS address answers; a test may exchange it. */
  answer: { status: number; body: string; headers?: Record<string, string> };
  /** How often the JWKS was fetched. */
  fetches: number;
  /** A token that is valid for `settings()`, but for the changes. */
  token(changes?: TokenChanges): string;
  settings(changes?: Partial<IssuerSettings>): IssuerSettings;
  close(): Promise<void>;
}

export async function anIssuer(): Promise<TestIssuer> {
  const { publicKey, privateKey } = await newKeyPair('rsa', { modulusLength: 2048 });
  const kid = randomUUID();
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' };
  const server = createServer((request, response) => {
    issuer.fetches += 1;
    const isDiscovery = request.url?.endsWith('/openid-configuration');
    const { status, body, headers } = issuer.answer;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(isDiscovery ? JSON.stringify({ issuer: url, jwks_uri: `${url}/jwks` }) : body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer: TestIssuer = {
    url,
    kid,
    privateKey,
    jwk,
    answer: { status: 200, body: JSON.stringify({ keys: [jwk] }) },
    fetches: 0,
    token: ({ claims, header, signingKey = privateKey } = {}) => {
      const now = Math.floor(Date.now() / 1000);
      const valid = {
        iss: url,
        sub: 'alice',
        aud: 'orders',
        jti: randomUUID(),
        iat: now - 60,
        exp: now + 3600,
      };
      return signedToken({ alg: 'RS256', typ: 'JWT', kid, ...header }, { ...valid, ...claims }, signingKey);
    },
    settings: (changes) => ({
      kind: 'oidc',
      id: 'test-issuer',
      issuers: [url],
      jwksUri: `${url}/jwks`,
      audience: ['orders'],
      ...changes,
    }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return issuer;
}

/** Signs with RS256 whatever header and claims say, sensible or not. */
export function signedToken(header: unknown, claims: unknown, key: KeyObject): string {
  return signedText(JSON.stringify(header), JSON.stringify(claims), key);
}

/** The same for JSON that no serializer writes. */
export function signedText(header: string, claims: string, key: KeyObject): string {
  const input = [header, claims].map((part) => Buffer.from(part).toString('base64url')).join('.');
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}
