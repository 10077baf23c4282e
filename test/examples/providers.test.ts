// An example that its provider's tokens could not satisfy teaches a denial. What can be checked by reading is checked here.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from '@jest/globals';
import { Duration, Stack } from 'aws-cdk-lib';
import { openRules } from '../../lambda/routes/check-rules.ts';
import { Issuer } from '../../lib/issuer.ts';
import type { RouteOptions } from '../../lib/read-routes.ts';
import { readRoutes } from '../../lib/read-routes.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const filesIn = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));

interface Example {
  readonly where: string;
  readonly code: string;
}

/** Code blocks of the documents, `@example`s of the constructs, and the examples, which are one each. */
const examples: readonly Example[] = [
  ...['README.md', ...['docs', 'playground', 'examples'].flatMap(filesIn)]
    .filter((file) => file.endsWith('.md'))
    .flatMap((file) => find(file, /^ *```ts\n(.*?)^ *```$/gms)),
  ...['lib', 'client']
    .flatMap(filesIn)
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => find(file, /@example\n(.*?)\n +\*\/$/gms)),
  ...filesIn('examples')
    .filter((file) => /-stack\.ts$/.test(file))
    .map((file) => ({ where: file, code: read(file) })),
  { where: 'authorizer.config.ts', code: read('authorizer.config.ts') },
];

function find(file: string, pattern: RegExp): Example[] {
  return [...read(file).matchAll(pattern)].map(([, code = ''], index) => ({
    where: `${file} ${index}`,
    code,
  }));
}

interface Provider {
  readonly name: string;
  /** How an example that is about it is recognized. */
  readonly isUsed: RegExp;
  readonly issuer: RegExp;
  readonly scope: RegExp;
  readonly groupsClaim: string;
  /** Claims that its access tokens never have. */
  readonly never: readonly string[];
}

const PROVIDERS: readonly Provider[] = [
  {
    name: 'Cognito',
    isUsed: /Issuer\.cognito/,
    issuer: /^(?!.*cognito)/, // made from the user pool, never written by hand
    scope: /^(aws\.cognito\.signin\.user\.admin|openid|email|phone|profile|[^/]+\/[^/]+)$/,
    groupsClaim: 'cognito:groups',
    never: ['acr', 'amr', 'azp', 'cid', 'groups', 'roles', 'scp', 'sid', 'tenant_id', 'tid'],
  },
  {
    name: 'Okta',
    isUsed: /\.okta\.com/,
    issuer: /^https:\/\/[\w-]+\.okta\.com\/oauth2\/\w+$/, // no slash at the end; tokens of the org server are opaque
    scope: /^\S+$/,
    groupsClaim: 'groups',
    never: ['acr', 'amr', 'azp', 'client_id', 'cognito:groups', 'scope', 'sid', 'tid'],
  },
];

/** The claims that options and conditions name: as a key (`amr: [...]`), or as a value (`tenant: 'tid'`). */
function namesClaim(code: string, claim: string): boolean {
  const asOption = ['acr', 'amr'].includes(claim) && new RegExp(`\\b${claim}:`).test(code);
  // `groups: [...]` in a rule is a condition about the claim that groupsClaim names; `scope` in a context is its own name.
  return asOption || new RegExp(`: '${claim}'|\\['${claim}'\\]`).test(code);
}

test.each(
  PROVIDERS.flatMap((provider) =>
    examples
      .filter(({ code }) => provider.isUsed.test(code))
      .map(({ where, code }) => [where, provider.name, provider, code] as const),
  ),
)('the example in %s is one that a token of %s satisfies', (_where, _name, provider, code) => {
  const scopes = strings(code, /(?:scopes|anyScope): \[([^\]]*)\]/g);
  expect(scopes.filter((scope) => !provider.scope.test(scope))).toEqual([]);
  expect(provider.never.filter((claim) => namesClaim(code, claim))).toEqual([]);
  expect(strings(code, /groupsClaim: ('[^']*')/g).filter((claim) => claim !== provider.groupsClaim)).toEqual(
    [],
  );
  expect(
    strings(code, /Issuer\.oidc\(\s*('[^']*')/g).filter((issuer) => !provider.issuer.test(issuer)),
  ).toEqual([]);
});

/** Every string in what the pattern finds. */
function strings(code: string, pattern: RegExp): string[] {
  return [...code.matchAll(pattern)].flatMap(([, found = '']) =>
    [...found.matchAll(/'([^']*)'/g)].map(([, text = '']) => text),
  );
}

it('finds the examples', () => {
  expect(examples.length).toBeGreaterThan(20);
  for (const { isUsed } of PROVIDERS) expect(examples.some(({ code }) => isUsed.test(code))).toBe(true);
});

test.each([
  ['a condition', "'POST /orders': { amr: ['mfa'] }", 'amr'],
  ['a context value', "context: { tenant: 'tenant_id' }", 'tenant_id'],
  ['a context value with options', "scope: { claim: 'scp', override: true }", 'scp'],
  ['a list of claims', "revocableClaims: ['tid']", 'tid'],
])('would see a claim in %s', (_where, code, claim) => {
  expect(namesClaim(code, claim)).toBe(true);
});

describe('the first example of docs/routes.md', () => {
  const [block = ''] = /^```ts\n.*?^```$/ms.exec(read('docs/routes.md')) ?? [];
  const options = run(block);
  const table = readRoutes('docs/routes.md', options, ['the issuer']) ?? { rules: [] };
  const now = 1_800_000_000;

  /** As Cognito writes an access token after a sign-in by OAuth 2.0. */
  const claims = {
    sub: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee',
    'cognito:groups': ['admins'],
    iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a1B2c3D4e',
    version: 2,
    client_id: '1example23456789',
    origin_jti: 'bbbbbbbb-0000-4000-8000-000000000000',
    event_id: 'cccccccc',
    token_use: 'access',
    scope: 'orders/read orders/write news/read',
    auth_time: now - 90,
    exp: now + 3540,
    iat: now - 60,
    jti: 'dddddddd-0000-4000-8000-000000000000',
    username: 'alice',
  };

  test.each(Object.entries(options.routes ?? {}).filter(([, access]) => access !== 'nobody'))(
    'lets a token of its issuer call %s',
    (route) => {
      const [verb = '', path = ''] = route.split(' ');
      const request = {
        api: route === '$connect' ? 'websocket' : 'rest',
        method: verb === 'ANY' ? 'GET' : verb,
        path: path
          .slice(1)
          .replace('{sub}', claims.sub)
          .replaceAll(/\{[^}]*\}/g, '1'),
        route: undefined,
      } as const;
      const held = { all: claims, subject: claims.sub, issuer: { id: 'the issuer', graceSeconds: 2 } };
      expect(openRules(table)(held, request, now)).toEqual({ rule: route });
    },
  );

  it('has the rules that the docstring of the option shows', () => {
    const [, docstring = ''] = /const routes = \{\n(.*?)\n +\* \};/s.exec(read('lib/read-routes.ts')) ?? [];
    const rules = docstring.split('\n').map((line) => line.replace(/^ +\* +/, '').replace(/ \/\/.*/, ''));
    expect(rules.length).toBeGreaterThan(4);
    for (const rule of rules) expect(block).toContain(rule);
  });
});

/** Runs the block, and returns the properties that it gives to the construct. */
function run(block: string): RouteOptions {
  let given: RouteOptions = {};
  class RevocableAuthorizer {
    constructor(_scope: unknown, _id: string, props: RouteOptions) {
      given = props;
    }
  }
  const code = block.replaceAll(/^(```.*|import .*)$/gm, '').replaceAll('export const', 'const');
  const names = { Duration, Stack, Issuer, RevocableAuthorizer };
  new Function(...Object.keys(names), code)(...Object.values(names));
  return given;
}
