import { describe, expect, it, test } from '@jest/globals';
import { findJwksUrl } from '../../../lambda/authorizer/find-jwks-url.ts';

const ISSUER = 'https://idp.example.com/tenant/';

describe('findJwksUrl', () => {
  it('takes the configured address, and asks nobody', async () => {
    const url = await findJwksUrl({ jwksUri: 'https://keys.example.com/jwks', issuers: [ISSUER] }, () =>
      Promise.reject(new Error('asked')),
    );
    expect(url.href).toBe('https://keys.example.com/jwks');
  });

  test.each([
    [ISSUER, 'https://idp.example.com/tenant/.well-known/openid-configuration'],
    ['https://idp.example.com', 'https://idp.example.com/.well-known/openid-configuration'],
  ])('asks %s at its well-known address', async (issuer, expected) => {
    const asked: string[] = [];
    const url = await findJwksUrl({ issuers: [issuer, 'https://alias.example.com'] }, async (at) => {
      asked.push(at.href);
      return { issuer, jwks_uri: 'https://elsewhere.example.com/jwks' };
    });
    expect(asked).toEqual([expected]);
    expect(url.href).toBe('https://elsewhere.example.com/jwks');
  });

  test.each<[string, unknown, string]>([
    ['null', null, 'that of another issuer'],
    ['a text', 'x', 'that of another issuer'],
    [
      'another issuer',
      { issuer: 'https://idp.example.com/', jwks_uri: 'https://x/' },
      'that of another issuer',
    ],
    ['an alias', { issuer: 'https://alias.example.com', jwks_uri: 'https://x/' }, 'that of another issuer'],
    ['no jwks_uri', { issuer: ISSUER }, 'names no jwks_uri'],
    ['a number', { issuer: ISSUER, jwks_uri: 7 }, 'names no jwks_uri'],
    ['no URL', { issuer: ISSUER, jwks_uri: '/jwks' }, 'names no jwks_uri'],
    ['plain http', { issuer: ISSUER, jwks_uri: 'http://idp.example.com/jwks' }, 'has another protocol'],
    ['plain http on loopback', { issuer: ISSUER, jwks_uri: 'http://127.0.0.1/jwks' }, 'has another protocol'],
    ['a file', { issuer: ISSUER, jwks_uri: 'file:///etc/passwd' }, 'has another protocol'],
    ['data', { issuer: ISSUER, jwks_uri: 'data:application/json,{}' }, 'has another protocol'],
  ])('refuses a discovery document with %s', async (_what, document, message) => {
    const answer = findJwksUrl({ issuers: [ISSUER, 'https://alias.example.com'] }, async () => document);
    await expect(answer).rejects.toThrow(message);
  });
});
