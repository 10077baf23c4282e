import type { KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IssuerSettings } from '../../lambda/environment.ts';
import { ALGORITHMS } from '../../lambda/environment.ts';
import type { Part } from './forge.ts';
import { forge } from './forge.ts';
import type { Key } from './keys.ts';
import { newKey, renamed } from './keys.ts';
import { newWeakKeys } from './weak-keys.ts';

/** What a token differs in from one that is accepted; `undefined` removes a header parameter or claim. */
export interface Changes {
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
  /** Signs instead of the issuer's own key. */
  readonly key?: KeyObject | string;
  /** How to sign, when the header says something else. */
  readonly algorithm?: string;
}

export type IssuerName = 'main' | 'multi' | 'strict' | 'open' | 'cognito' | 'cognitoId' | 'cognitoAny';

/** The issuers of the corpus, their keys, and tokens by them. */
export interface World {
  /** NumericDate: when the corpus was made. */
  readonly now: number;
  readonly keys: Readonly<Record<string, Key>>;
  readonly keySets: Readonly<Record<IssuerName, readonly object[]>>;
  settings(name: IssuerName, jwksBase: string): IssuerSettings;
  iss(name: IssuerName): string;
  header(name: IssuerName): Record<string, unknown>;
  claims(name: IssuerName): Record<string, unknown>;
  /** A token that its issuer's settings accept, but for the changes. */
  token(name: IssuerName, changes?: Changes): string;
  /** The same of two parts that no serializer writes. */
  raw(header: Part, claims: Part, key?: KeyObject | string, algorithm?: string): string;
}

const POOL = 'eu-west-1_a1B2c3D4e';
const ISSUERS: Readonly<Record<IssuerName, readonly [string, ...string[]]>> = {
  main: ['https://idp.example.com/', 'https://old-idp.example.com'],
  multi: ['https://multi.example.com'],
  strict: ['https://strict.example.com/tenants/ä'],
  open: ['https://open.example.com/'],
  cognito: [
    `https://issuer-cognito-idp.eu-west-1.amazonaws.com/${POOL}`,
    `https://cognito-idp.eu-west-1.amazonaws.com/${POOL}`,
  ],
  cognitoId: ['https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_id'],
  cognitoAny: ['https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_any'],
};

const SETTINGS: Readonly<Record<IssuerName, Partial<IssuerSettings>>> = {
  main: { audience: ['orders', 'billing'] },
  multi: { audience: ['orders'], algorithms: ALGORITHMS },
  strict: {
    audience: ['orders'],
    accessTokenType: 'required',
    requiredClaims: ['tenant', 'toString'],
    maxTokenLifetimeSeconds: 3600,
    maxTokenChars: 1500,
  },
  open: { audience: null, graceSeconds: 30 },
  cognito: { kind: 'cognito', audience: ['web', 'mobile'], resource: ['https://api.example.com'] },
  cognitoId: { kind: 'cognito', audience: ['web'], tokenUse: 'id' },
  cognitoAny: { kind: 'cognito', audience: ['web'], tokenUse: 'any' },
};

export const ISSUER_NAMES = Object.keys(ISSUERS) as IssuerName[];

/** Makes the issuers with keys of this run; everything else about them is always the same. */
export function newWorld(now: number): World {
  const main = newKey('RS256', { kid: 'main', alg: 'RS256', use: 'sig' });
  const other = newKey('RS256', { kid: 'other', alg: 'RS256', use: 'sig' });
  const ec = newKey('ES256', { kid: 'es256', alg: 'ES256', use: 'sig' });
  const keys: Record<string, Key> = {
    main,
    other,
    stranger: newKey('RS256', { kid: 'stranger' }),
    es256: ec,
    es384: newKey('ES384', { kid: 'es384', alg: 'ES384' }),
    es512: newKey('ES512', { kid: 'es512', alg: 'ES512' }),
    ed: newKey('EdDSA', { kid: 'ed', alg: 'EdDSA' }),
    ...newWeakKeys(main),
  };
  const odd = ['Ключ ☃ #1', 'a b', '../../etc/passwd', 'toString', ' '];
  const keySets: Record<IssuerName, readonly object[]> = {
    main: [
      main.jwk,
      renamed(main, { kid: 'no-alg', alg: undefined, use: undefined }).jwk,
      renamed(ec, { kid: 'ec-neighbour', alg: undefined }).jwk,
      ...odd.map((kid) => renamed(main, { kid }).jwk),
    ],
    multi: [
      ...Object.values(keys)
        .filter(({ jwk }) => !['main', 'other', 'stranger'].includes(String(jwk['kid'])))
        .map(({ jwk }) => jwk),
      renamed(main, { kid: 'main', alg: undefined }).jwk,
      renamed(main, { kid: 'shared', alg: 'RS512' }).jwk,
      renamed(ec, { kid: 'shared', alg: undefined, key_ops: ['verify'] }).jwk,
      ...[main, other].map((key) => renamed(key, { kid: 'ambiguous', alg: undefined }).jwk),
      ...[main, main].map((key) => renamed(key, { kid: 'repeated', alg: undefined }).jwk),
      null as unknown as object,
      { kid: 'not-a-key' },
    ],
    strict: [other.jwk],
    open: [other.jwk],
    cognito: [main.jwk],
    cognitoId: [main.jwk],
    cognitoAny: [main.jwk],
  };
  const privateKeyOf = (name: IssuerName) => (name === 'strict' || name === 'open' ? other : main).privateKey;
  let tokens = 0;
  const world: World = {
    now,
    keys,
    keySets,
    iss: (name) => ISSUERS[name][0],
    settings: (name, jwksBase) => ({
      kind: 'oidc',
      id: name,
      issuers: ISSUERS[name],
      jwksUri: `${jwksBase}/${name}`,
      audience: null,
      ...SETTINGS[name],
    }),
    header: (name) => ({
      alg: 'RS256',
      ...(!name.startsWith('cognito') && { typ: name === 'strict' ? 'at+jwt' : 'JWT' }),
      kid: keySets[name] === keySets.strict || keySets[name] === keySets.open ? 'other' : 'main',
    }),
    claims: (name) => {
      tokens += 1;
      return {
        iss: ISSUERS[name][0],
        sub: 'subject-of-the-corpus',
        jti: `jti-of-the-corpus-${tokens}`,
        iat: now - 60,
        exp: now + 3000,
        ...(name === 'strict' && { tenant: 'tenant-of-the-corpus', toString: 'own' }),
        ...recipient(name),
      };
    },
    token: (name, { header, claims, key = privateKeyOf(name), algorithm } = {}) => {
      const head = { ...world.header(name), ...header };
      return forge(head, { ...world.claims(name), ...claims }, key, algorithm ?? String(head['alg']));
    },
    raw: (header, claims, key = main.privateKey, algorithm = 'RS256') =>
      forge(header, claims, key, algorithm),
  };
  return world;
}

function recipient(name: IssuerName): Record<string, unknown> {
  if (name === 'cognitoId') return { token_use: 'id', aud: 'web' };
  return name.startsWith('cognito') ? { token_use: 'access', client_id: 'web' } : { aud: 'orders' };
}

/** Serves the key sets on loopback, each under the name of its issuer. */
export async function serveKeySets(world: World): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const keys = world.keySets[request.url?.slice(1) as IssuerName];
    response.writeHead(keys ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
