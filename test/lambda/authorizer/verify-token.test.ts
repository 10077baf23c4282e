import { describe, expect, it, test } from '@jest/globals';
import type { SigningKeys } from '../../../lambda/authorizer/signing-keys.ts';
import { verifyToken } from '../../../lambda/authorizer/verify-token.ts';
import { vetKeys } from '../../../lambda/authorizer/vet-keys.ts';
import { Fault } from '../../../lambda/fault.ts';
import { forge } from '../../corpus/forge.ts';
import { newKey, renamed } from '../../corpus/keys.ts';
import { aTrustedIssuer } from '../../support/a-trusted-issuer.ts';

/** What a ring of the authorizer does beside finding keys. */
const NOTHING_NEWER = { now: () => 0, findNewer: async () => undefined };

const NOW = 1_700_000_000;
const key = newKey('RS256', { kid: 'k' });
const stranger = newKey('RS256', { kid: 'k' });
const issuer = aTrustedIssuer({ maxTokenChars: 1200 });

interface Changes {
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
  readonly signer?: typeof key;
}

function aToken({ header, claims, signer = key }: Changes = {}): string {
  const valid = {
    iss: issuer.issuers[0],
    sub: 'alice',
    aud: 'orders',
    jti: 'j',
    iat: NOW - 10,
    exp: NOW + 10,
  };
  return forge({ alg: 'RS256', kid: 'k', ...header }, { ...valid, ...claims }, signer.privateKey, 'RS256');
}

/** The keys of the one issuer; `asked` notes every kid that was looked for. */
function aKeyRing(jwks: readonly object[] = [key.jwk], asked: string[] = []) {
  const ring = {
    find: async (kid: string) => {
      asked.push(kid);
      return vetKeys({ keys: jwks }).filter((found) => found.kid === kid);
    },
  };
  return new Map([[issuer, { ...NOTHING_NEWER, ...ring } as unknown as SigningKeys]]);
}

describe('verifyToken', () => {
  it('gives the claims of a good token, with the key that signed it', async () => {
    await expect(verifyToken(aToken(), aKeyRing(), () => NOW)).resolves.toMatchObject({
      ok: true,
      value: { issuer, subject: 'alice', jwtId: 'j', kid: 'k', issuedAt: NOW - 10, expiresAt: NOW + 10 },
    });
  });

  it('denies a token that expires while its issuer is slow to give its keys', async () => {
    let now = NOW;
    const [[, keys] = []] = aKeyRing();
    const find = (kid: string) => {
      now = NOW + 12;
      return keys?.find(kid, 'deny');
    };
    const slow = { ...NOTHING_NEWER, find } as unknown as SigningKeys;

    await expect(verifyToken(aToken(), new Map([[issuer, slow]]), () => now)).resolves.toMatchObject({
      denial: { reason: 'token_expired' },
    });
  });

  const verified = { issuer, kid: 'k', jwtId: 'j', subject: 'alice' };
  test.each<[string, Changes, object | undefined]>([
    ['token_malformed', { claims: { filler: 'x'.repeat(1000) } }, { issuer }],
    ['critical_header_unknown', { header: { crit: [] } }, undefined],
    ['issuer_not_trusted', { claims: { iss: 'https://evil.example' } }, undefined],
    ['issuer_not_trusted', { claims: { iss: undefined } }, undefined],
    ['algorithm_not_allowed', { header: { alg: 'none' } }, { issuer }],
    ['claim_missing', { claims: { jti: '' } }, { issuer }],
    ['claim_invalid', { claims: { iat: 1.5 } }, { issuer }],
    ['signing_key_unknown', { header: { kid: 'x' } }, { issuer }],
    ['signing_key_unknown', { header: { kid: undefined } }, { issuer }],
    ['signature_invalid', { signer: stranger }, { issuer, kid: 'k', isAnomaly: false }],
    ['token_expired', { claims: { exp: NOW - 2 } }, verified],
    ['token_not_yet_valid', { claims: { nbf: NOW + 3 } }, verified],
    ['audience_mismatch', { claims: { aud: 'billing' } }, verified],
    ['token_type_mismatch', { header: { typ: 'dpop+jwt' } }, verified],
    ['sender_constraint_unmet', { claims: { cnf: {} } }, verified],
    ['lifetime_too_long', { claims: { exp: NOW + 100_000 } }, verified],
  ])('denies with %s, and tells the log no more than was established', async (reason, changes, evidence) => {
    const result = await verifyToken(aToken(changes), aKeyRing(), () => NOW);
    expect(result).toMatchObject({ ok: false, denial: { reason, ...(evidence && { evidence }) } });
    const found = result.ok ? {} : (result.denial.evidence ?? {});
    const named = ['issuer', 'kid', 'jwtId', 'subject'].filter((name) => name in found);
    expect(named).toEqual(Object.keys(evidence ?? {}).filter((name) => name !== 'isAnomaly'));
  });

  test.each([
    ['a key for another algorithm', [{ ...key.jwk, alg: 'RS512' }], 'algorithm_not_allowed'],
    ['a key of another type', [newKey('ES256', { kid: 'k' }).jwk], 'algorithm_not_allowed'],
    [
      'a weak key beside a fit one',
      [newKey('RS256', { kid: 'k' }, 1024).jwk, newKey('EdDSA', { kid: 'e' }).jwk],
      'signing_key_unknown',
    ],
  ])('denies a token whose kid names %s', async (_what, jwks, reason) => {
    await expect(verifyToken(aToken(), aKeyRing(jwks), () => NOW)).resolves.toMatchObject({
      denial: { reason },
    });
  });

  it('finds the key that fits among several of one kid', async () => {
    const ring = aKeyRing([newKey('ES256', { kid: 'k' }).jwk, key.jwk]);
    await expect(verifyToken(aToken(), ring, () => NOW)).resolves.toMatchObject({ ok: true });
  });

  it.each([
    ['without an alg', [key.jwk, stranger.jwk]],
    ['in the other order', [stranger.jwk, key.jwk]],
    ['with the same alg', [renamed(key, { alg: 'RS256' }).jwk, renamed(stranger, { alg: 'RS256' }).jwk]],
    ['of which only one has an alg', [renamed(key, { alg: 'RS256' }).jwk, stranger.jwk]],
    ['beside one of another type', [newKey('ES256', { kid: 'k' }).jwk, key.jwk, stranger.jwk]],
  ])('uses none of two keys under one kid that both fit, %s', async (_what, jwks) => {
    for (const signer of [key, stranger]) {
      await expect(verifyToken(aToken({ signer }), aKeyRing(jwks), () => NOW)).resolves.toEqual({
        ok: false,
        denial: { reason: 'signing_key_unknown', evidence: { issuer, kid: 'k', isAmbiguousKid: true } },
      });
    }
  });

  it.each([
    ['the same key twice', [key.jwk, key.jwk]],
    ['the same key with and without an alg', [renamed(key, { alg: 'RS256' }).jwk, key.jwk]],
    ['another for another algorithm', [renamed(stranger, { alg: 'RS384' }).jwk, key.jwk]],
    ['another for encryption', [renamed(stranger, { use: 'enc' }).jwk, key.jwk]],
    ['another that is too short', [newKey('RS256', { kid: 'k' }, 1024).jwk, key.jwk]],
  ])('uses the one key that fits where its kid stands for %s', async (_what, jwks) => {
    await expect(verifyToken(aToken(), aKeyRing(jwks), () => NOW)).resolves.toMatchObject({ ok: true });
  });

  it('looks for no key before the format, the issuer, the algorithm and the claims are in order', async () => {
    const asked: string[] = [];
    const ring = aKeyRing([key.jwk], asked);
    const changes: readonly Changes[] = [
      { header: { b64: false } },
      { header: { alg: 'HS256' } },
      { header: { kid: '' } },
      { header: { kid: 7 } },
      { claims: { iss: 'x' } },
      { claims: { sub: 7 } },
    ];
    for (const change of changes) await verifyToken(aToken(change), ring, () => NOW);
    expect(asked).toEqual([]);
  });

  it('judges by the time that it is given, not by the clock', async () => {
    const old = aToken({ claims: { iat: 1000, exp: 2000 } });
    await expect(verifyToken(old, aKeyRing(), () => 1500)).resolves.toMatchObject({ ok: true });
    await expect(verifyToken(old, aKeyRing(), () => 2002)).resolves.toMatchObject({
      denial: { reason: 'token_expired' },
    });
  });

  it('throws, and does not deny, when the keys cannot be had', async () => {
    const fault = new Fault('jwks_unavailable', 'x');
    const ring = { ...NOTHING_NEWER, find: () => Promise.reject(fault) } as unknown as SigningKeys;
    await expect(verifyToken(aToken(), new Map([[issuer, ring]]), () => NOW)).rejects.toBe(fault);
  });
});
