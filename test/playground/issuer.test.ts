import { describe, expect, it, test } from '@jest/globals';
import type { JSONWebKeySet } from 'jose';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import type { IssuerSettings } from '../../lambda/environment.ts';
import { ENVIRONMENT } from '../../lambda/environment.ts';
import { Issuer } from '../../playground/issuer.ts';

const URL = 'http://127.0.0.1:4010/issuer';
const LOCAL: IssuerSettings = { kind: 'cognito', id: 'pool', issuers: [URL], audience: ['web'] };
const PARTNER: IssuerSettings = {
  kind: 'oidc',
  id: 'partner',
  issuers: ['https://idp.example.com/', 'https://login.example.com/'],
  jwksUri: 'https://idp.example.com/keys',
  audience: ['orders'],
  algorithms: ['ES256', 'RS256'],
  maxTokenLifetimeSeconds: 600,
};

function anIssuer(settings: readonly IssuerSettings[] = [LOCAL, PARTNER]) {
  const issuer = new Issuer(URL);
  const environment = issuer.adopt({ [ENVIRONMENT.issuers]: JSON.stringify(settings), OTHER: 'x' });
  const routes = issuer.routes();
  const mint = async (body?: unknown) => {
    const response = await routes.request('/token', {
      method: 'POST',
      headers: { accept: 'text/plain', ...JSON_TYPE },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    expect(response.status).toBe(200);
    return response.text();
  };
  const keys = async (path: string) =>
    createLocalJWKSet((await (await routes.request(path)).json()) as JSONWebKeySet);
  return { issuer, environment, routes, mint, keys };
}

const JSON_TYPE = { 'content-type': 'application/json' };

describe('Issuer.adopt', () => {
  it('sends every issuer but the local one to a key of its own here, and changes nothing else', () => {
    const { environment } = anIssuer();

    expect(JSON.parse(environment[ENVIRONMENT.issuers] ?? '')).toEqual([
      LOCAL,
      { ...PARTNER, jwksUri: `${URL}/keys/1` },
    ]);
    expect(environment['OTHER']).toBe('x');
  });

  it('gives all functions the same keys', () => {
    const { issuer, environment } = anIssuer();

    expect(issuer.adopt({ [ENVIRONMENT.issuers]: JSON.stringify([LOCAL, PARTNER]) })).toEqual({
      [ENVIRONMENT.issuers]: environment[ENVIRONMENT.issuers],
    });
  });

  it('leaves an environment without issuers as it is', () => {
    expect(new Issuer(URL).adopt({ A: 'b' })).toEqual({ A: 'b' });
  });
});

describe('the discovery of the local issuer', () => {
  it('names itself and its keys', async () => {
    const response = await anIssuer().routes.request('/.well-known/openid-configuration');

    await expect(response.json()).resolves.toMatchObject({
      issuer: URL,
      jwks_uri: `${URL}/.well-known/jwks.json`,
    });
  });

  it('publishes public keys only', async () => {
    const { routes } = anIssuer();

    for (const path of ['/.well-known/jwks.json', '/keys/1']) {
      const { keys } = (await (await routes.request(path)).json()) as JSONWebKeySet;
      expect(keys).toEqual([expect.objectContaining({ kid: expect.any(String), use: 'sig' })]);
      expect(keys[0]).not.toHaveProperty('d');
    }
  });

  it('has no keys for an issuer that is not configured', async () => {
    expect((await anIssuer().routes.request('/keys/2')).status).toBe(404);
  });
});

describe('POST /issuer/token', () => {
  it('mints a token that the first issuer vouches for', async () => {
    const { mint, keys } = anIssuer();
    const now = Math.floor(Date.now() / 1000);

    const { payload } = await jwtVerify(await mint(), await keys('/.well-known/jwks.json'), {
      algorithms: ['RS256'],
      issuer: URL,
    });

    expect(payload).toEqual({
      iss: URL,
      sub: 'alice',
      token_use: 'access',
      client_id: 'web',
      scope: 'orders/read',
      iat: expect.any(Number),
      exp: Number(payload.iat) + 3600,
      jti: expect.any(String),
    });
    expect(Math.abs(Number(payload.iat) - now)).toBeLessThan(60);
  });

  it('mints for another issuer with its key, its algorithm, its audience and its longest lifetime', async () => {
    const { mint, keys } = anIssuer();

    const { payload } = await jwtVerify(
      await mint({ claims: { iss: 'https://login.example.com/' } }),
      await keys('/keys/1'),
      { algorithms: ['ES256'], audience: 'orders' },
    );

    expect(payload).toMatchObject({
      iss: 'https://login.example.com/',
      scope: 'orders:read',
      exp: Number(payload.iat) + 600,
    });
    expect(payload).not.toHaveProperty('client_id');
  });

  it('answers as an OAuth token endpoint unless plain text is asked for', async () => {
    const response = await anIssuer().routes.request('/token', {
      method: 'POST',
      headers: JSON_TYPE,
      body: '{"expiresIn":60}',
    });

    await expect(response.json()).resolves.toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      token_type: 'Bearer',
      expires_in: 60,
    });
  });

  it('gives every token its own jti', async () => {
    const { mint } = anIssuer();

    expect(decodeJwt(await mint()).jti).not.toBe(decodeJwt(await mint()).jti);
  });

  it('replaces, adds and leaves out claims and header fields', async () => {
    const token = await anIssuer().mint({
      claims: { sub: 'bob', jti: null, device: ['a'] },
      header: { typ: 'at+jwt', kid: null },
    });

    expect(decodeJwt(token)).toMatchObject({ sub: 'bob', device: ['a'] });
    expect(decodeJwt(token)).not.toHaveProperty('jti');
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'RS256', typ: 'at+jwt' });
  });

  it('mints an expired token that was once good', async () => {
    const { iat = 0, exp = 0 } = decodeJwt(await anIssuer().mint({ expiresIn: -60 }));

    expect(exp).toBeLessThan(Date.now() / 1000);
    expect(iat).toBeLessThan(exp);
  });

  it('signs with another key under the good key id', async () => {
    const { mint, keys } = anIssuer();
    const token = await mint({ sign: 'bad' });

    expect(decodeProtectedHeader(token).kid).toBe(decodeProtectedHeader(await mint()).kid);
    await expect(jwtVerify(token, await keys('/.well-known/jwks.json'))).rejects.toMatchObject({
      code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    });
  });

  it('signs with a key that nobody publishes', async () => {
    const { mint, keys } = anIssuer();

    await expect(
      jwtVerify(await mint({ sign: 'unknown' }), await keys('/.well-known/jwks.json')),
    ).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  });

  it('does not sign at all when asked', async () => {
    const token = await anIssuer().mint({ sign: 'none' });

    expect(token).toMatch(/^[\w-]+\.[\w-]+\.$/);
    expect(decodeProtectedHeader(token).alg).toBe('none');
  });

  test.each([
    ['what is no JSON', '{', 'not JSON'],
    ['a text', '"alice"', 'The body is "alice"'],
    ['an unknown key', '{"claim":{}}', 'unknown key "claim"; allowed are claims, header, sign, expiresIn'],
    [
      'an unknown way to sign',
      '{"sign":"maybe"}',
      '"sign" is "maybe"; allowed is ("good" | "bad" | "unknown" | "none")',
    ],
    ['claims that are no object', '{"claims":["a"]}', '"claims"'],
    ['a lifetime that is no whole number', '{"expiresIn":1.5}', '"expiresIn" is 1.5'],
    ['a lifetime as a text', '{"expiresIn":"60"}', '"expiresIn" is "60"; allowed is number'],
  ])('refuses %s, and says what is allowed', async (_what, body, description) => {
    const response = await anIssuer().routes.request('/token', { method: 'POST', headers: JSON_TYPE, body });

    expect(response.status).toBe(400);
    await expect(response.json()).resolves.toEqual({
      error: 'invalid_request',
      error_description: expect.stringContaining(description),
    });
  });

  test.each([
    ['no content type', undefined],
    ['plain text', 'text/plain'],
    ['a form', 'application/x-www-form-urlencoded'],
    ['a form that names JSON', 'multipart/form-data; boundary=application/json'],
    ['plain text that names JSON', 'text/plain; application/json'],
    ['another type that begins as JSON', 'application/jsonp'],
  ])('refuses JSON as %s, which a web page can send without asking', async (_what, type) => {
    const response = await anIssuer().routes.request('/token', {
      method: 'POST',
      body: new TextEncoder().encode('{}'), // for a string, fetch writes a content type
      ...(type !== undefined && { headers: { 'content-type': type } }),
    });

    expect(response.status).toBe(415);
    await expect(response.json()).resolves.toEqual({
      error: 'invalid_request',
      error_description: expect.stringContaining('send Content-Type: application/json'),
    });
  });

  it('takes JSON with a charset, and no body without a content type', async () => {
    const { routes } = anIssuer();
    const headers = { 'content-type': 'Application/JSON; charset=utf-8' };
    expect((await routes.request('/token', { method: 'POST', headers, body: '{}' })).status).toBe(200);
    expect((await routes.request('/token', { method: 'POST' })).status).toBe(200);
  });
});
