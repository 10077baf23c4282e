import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { extractToken } from '../../../lambda/authorizer/extract-token.ts';

describe('extractToken', () => {
  test.each([
    ['Bearer abc.def.ghi', 'abc.def.ghi'],
    ['bearer abc.def.ghi', 'abc.def.ghi'], // RFC 9110 section 11.1: schemes are case-insensitive
    ['BEARER   abc.def.ghi', 'abc.def.ghi'], // RFC 9110 section 11.4: one or more spaces
    ['Bearer ab-._~+/==', 'ab-._~+/=='], // RFC 6750 section 2.1: b64token
    [`Bearer ${'a'.repeat(8185)}`, 'a'.repeat(8185)],
  ])('accepts %j', (authorization, token) => {
    expect(extractToken(authorization)).toEqual({ ok: true, value: token });
  });

  test.each([
    ['no header', undefined, 'token_missing'],
    ['an empty header', '', 'token_missing'],
    ['another scheme', 'Basic dXNlcjpwYXNz', 'token_missing'],
    ['a scheme that only begins like ours', 'Bearerish abc', 'token_missing'],
    ['a token without a scheme', 'abc.def.ghi', 'token_missing'],
    ['a scheme alone', 'Bearer', 'credentials_malformed'],
    ['a scheme and spaces', 'Bearer   ', 'credentials_malformed'],
    ['two tokens', 'Bearer a.b.c d.e.f', 'credentials_malformed'],
    ['two headers joined by a comma', 'Bearer a.b.c, Bearer d.e.f', 'credentials_malformed'],
    ['a tab', 'Bearer \ta.b.c', 'credentials_malformed'],
    ['a control character', 'Bearer a.b.c\n', 'credentials_malformed'],
    ['a padding in the middle', 'Bearer a=b', 'credentials_malformed'],
    ['an oversized token', `Bearer ${'a'.repeat(8186)}`, 'credentials_malformed'],
  ])('denies %s', (_what, authorization, reason) => {
    expect(extractToken(authorization)).toEqual({ ok: false, denial: { reason } });
  });

  it('takes nothing out of any text but the one b64token behind the scheme', () => {
    const pieces = fc.constantFrom(
      'Bearer',
      'bearer',
      ' ',
      ',',
      'a.b.c',
      '=',
      '\n',
      '\t',
      'é',
      '\u0000',
      'Basic',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (authorization) => {
        const result = extractToken(authorization);
        if (!result.ok) return;
        const [scheme, ...rest] = authorization.split(' ');
        expect(scheme?.toLowerCase()).toBe('bearer');
        expect(rest.filter((word) => word !== '')).toEqual([result.value]);
        expect([...result.value].every((char) => /[A-Za-z0-9\-._~+/=]/.test(char))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives back any b64token as it is', () => {
    const b64token = fc
      .tuple(fc.stringMatching(/^[A-Za-z0-9\-._~+/]{1,200}$/), fc.constantFrom('', '=', '=='))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(b64token, fc.integer({ min: 1, max: 4 }), (token, spaces) => {
        expect(extractToken(`Bearer${' '.repeat(spaces)}${token}`)).toEqual({ ok: true, value: token });
      }),
    );
  });
});
