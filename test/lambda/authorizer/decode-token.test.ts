import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeToken } from '../../../lambda/authorizer/decode-token.ts';
import { encode } from '../../corpus/forge.ts';

const HEADER = { alg: 'RS256', kid: 'k' };
const CLAIMS = { iss: 'https://idp.example.com/', sub: 'ä☃😀' };
const tokenOf = (
  header: string | Buffer | object,
  claims: string | Buffer | object,
  signature = Buffer.alloc(256),
) => [header, claims, signature].map((part) => encode(part)).join('.');

describe('decodeToken', () => {
  it('takes a token apart, and counts the bytes of its signature', () => {
    expect(decodeToken(tokenOf(HEADER, CLAIMS))).toEqual({
      ok: true,
      value: { unverifiedHeader: HEADER, unverifiedClaims: CLAIMS, signatureBytes: 256 },
    });
  });

  test.each([
    ['nothing', ''],
    ['two parts', 'e30.e30'],
    ['four parts', 'e30.e30.AA.AA'],
    ['no signature', 'e30.e30.'],
    ['padding', 'e30=.e30.AA'],
    ['spare bits', 'e31.e30.AA'],
    ['the other alphabet', `${tokenOf(HEADER, CLAIMS)}+/`],
    ['a byte order mark', tokenOf(HEADER, '\ufeff{}')],
    ['bytes that are no UTF-8', tokenOf(HEADER, Buffer.from([0x7b, 0xff, 0x7d]))],
    ['a list as header', tokenOf('[]', CLAIMS)],
    ['null as claims', tokenOf(HEADER, 'null')],
    ['a text as claims', tokenOf(HEADER, '"{}"')],
    ['a name twice', tokenOf('{"alg":"RS256","alg":"none"}', CLAIMS)],
    ['deep nesting', tokenOf(HEADER, `{"a":${'['.repeat(3000)}${']'.repeat(3000)}}`)],
  ])('denies %s as malformed', (_what, token) => {
    expect(decodeToken(token)).toEqual({ ok: false, denial: { reason: 'token_malformed' } });
  });

  test.each([
    ['crit', { crit: ['exp'] }],
    ['an empty crit', { crit: [] }],
    ['a crit of null', { crit: null }],
    ['b64', { b64: true }],
    ['zip', { zip: 'DEF' }],
  ])('denies a header with %s, which we do not know', (_what, header) => {
    expect(decodeToken(tokenOf({ ...HEADER, ...header }, CLAIMS))).toEqual({
      ok: false,
      denial: { reason: 'critical_header_unknown' },
    });
  });

  it('gives each token one spelling: what it accepts is what encoding its parts again gives', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.base64String(), { minLength: 3, maxLength: 3 }).map((parts) => parts.join('.')),
      fc.tuple(fc.nat(400), fc.nat(127)).map(([at, code]) => {
        const token = tokenOf(HEADER, CLAIMS);
        return token.slice(0, at) + String.fromCharCode(code) + token.slice(at + 1);
      }),
    );
    fc.assert(
      fc.property(text, (token) => {
        if (!decodeToken(token).ok) return;
        const again = token.split('.').map((part) => Buffer.from(part, 'base64url').toString('base64url'));
        expect(again.join('.')).toBe(token);
      }),
      { numRuns: 2000 },
    );
  });
});
