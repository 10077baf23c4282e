import { describe, expect, it, test } from '@jest/globals';
import * as library from 'aws-jwt-verify/error';
import { classify, LIBRARY_ERRORS, verifySignature } from '../../../lambda/authorizer/verify-signature.ts';
import { vetKeys } from '../../../lambda/authorizer/vet-keys.ts';
import { DENIALS } from '../../../lambda/denial.ts';
import { FAULTS, Fault } from '../../../lambda/fault.ts';
import { forge } from '../../corpus/forge.ts';
import { newKey } from '../../corpus/keys.ts';

const CLASSES = Object.entries(library).filter(([, value]) => typeof value === 'function');

describe('the classification of what aws-jwt-verify throws', () => {
  test.each(CLASSES)('has exactly one reason or code for %s', (_name, errorClass) => {
    const code = String(LIBRARY_ERRORS.get(errorClass));
    expect([Object.hasOwn(DENIALS, code), Object.hasOwn(FAULTS, code)].filter(Boolean)).toEqual([true]);
  });

  it('knows no class that the library does not export', () => {
    const exported = new Set<unknown>(CLASSES.map(([, errorClass]) => errorClass));
    expect([...LIBRARY_ERRORS.keys()].filter((key) => !exported.has(key))).toEqual([]);
    expect(LIBRARY_ERRORS.size).toBe(CLASSES.length);
  });

  it('takes the word of the library for a wrong signature', () => {
    expect(classify(new library.JwtInvalidSignatureError('x'))).toEqual({
      reason: 'signature_invalid',
      isAnomaly: false,
    });
  });

  test.each([
    ['a plain error', new Error('Malformed signature')],
    ['a RangeError', new RangeError('Invalid time value')],
    ['an error of OpenSSL', Object.assign(new Error('x'), { code: 'ERR_OSSL_X' })],
    ['a class that a later version may add', new (class extends library.JwtInvalidSignatureError {})('x')],
    ['something that is no error', 'text'],
    ['nothing', undefined],
  ])('counts %s as an invalid signature', (_what, thrown) => {
    expect(classify(thrown).reason).toBe('signature_invalid');
  });

  test.each([
    ['a plain error', new Error('Malformed signature'), true],
    ['an expired token, which was not asked about', new library.JwtExpiredError('x', 1), true],
  ])('marks %s as an anomaly', (_what, thrown, isAnomaly) => {
    expect(classify(thrown)).toMatchObject({ isAnomaly });
  });

  test.each([
    ['jwks_unavailable', new library.FetchError('https://x', 'y')],
    ['jwks_throttled', new library.WaitPeriodNotYetEndedJwkError('x')],
    ['unexpected', new library.ParameterValidationError('x')],
  ])('throws the fault %s for what no token can cause, without quoting it', (code, thrown) => {
    const run = () => classify(thrown);
    expect(run).toThrow(Fault);
    expect(run).toThrow(expect.objectContaining({ code, cause: thrown }));
    expect(run).not.toThrow(/https:|x$/);
  });
});

describe('verifySignature', () => {
  const rsa = newKey('RS256', { kid: 'k' });
  const [key] = vetKeys({ keys: [rsa.jwk] });
  if (!key) throw new Error('the key is not fit');
  const sign = (claims: object, signer = rsa) =>
    forge({ alg: 'RS256', kid: 'k' }, claims, signer.privateKey, 'RS256');
  const verify = (token: string, all: Record<string, unknown>, scope?: string) =>
    verifySignature(token, { all, scope }, key);
  const FORGED = { reason: 'signature_invalid', isAnomaly: false };

  it('accepts the signature of the key, and judges no claims', () => {
    for (const claims of [{}, { exp: 1 }, { nbf: 99_999_999_999 }, { iss: 'x', aud: 'y' }]) {
      expect(verify(sign(claims), claims)).toBeUndefined();
      const listed = { ...claims, scope: ['a', 'b'] };
      expect(verify(sign(listed), listed, 'a b')).toBeUndefined();
    }
  });

  it('refuses the signature of another key', () => {
    expect(verify(sign({}, newKey('RS256')), {})).toEqual(FORGED);
    const listed = { scope: ['a'] };
    expect(verify(sign(listed, newKey('RS256')), listed, 'a')).toEqual(FORGED);
  });

  it('refuses a list of scopes where their text was signed, and another list', () => {
    const listed = { scope: ['a', 'b'] };
    const [header, payload] = sign(listed).split('.');
    for (const scope of ['a b', ['a'], ['b', 'a'], []]) {
      const [, , signature] = sign({ scope }).split('.');
      expect(verify(`${header}.${payload}.${signature}`, listed, 'a b')).toEqual(FORGED);
    }
  });

  it('lets the library look at all else in a token with a list of scopes', () => {
    const listed = { scope: ['a'], aud: 7 };
    expect(verify(sign(listed), listed, 'a')).toEqual({ reason: 'token_malformed', isAnomaly: true });
  });

  it('refuses, and marks, a token that makes the library throw something else', () => {
    expect(verify('a.b.c', {})).toEqual({ reason: 'token_malformed', isAnomaly: true });
    expect(verify('a.b.c', { scope: [] }, '')).toEqual({ reason: 'token_malformed', isAnomaly: true });
  });
});
