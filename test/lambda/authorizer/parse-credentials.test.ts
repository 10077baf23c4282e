import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { parseCredentials } from '../../../lambda/authorizer/parse-credentials.ts';

describe('parseCredentials', () => {
  test.each([
    ['Bearer abc.def.ghi', 'abc.def.ghi'],
    ['bearer abc.def.ghi', 'abc.def.ghi'], // RFC 9110 section 11.1: schemes are case-insensitive
    ['BEARER   abc.def.ghi', 'abc.def.ghi'], // RFC 9110 section 11.4: one or more spaces
    ['Bearer ab-._~+/==', 'ab-._~+/=='], // RFC 6750 section 2.1: b64token
    [`Bearer ${'a'.repeat(8185)}`, 'a'.repeat(8185)],
  ])('accepts %j', (credentials, token) => {
    expect(parseCredentials(credentials, 'required')).toEqual({ ok: true, value: token });
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
    ['a header of another scheme joined to it', 'Basic dXNlcjpwYXNz, Bearer d.e.f', 'credentials_malformed'],
    ['a tab', 'Bearer \ta.b.c', 'credentials_malformed'],
    ['a control character', 'Bearer a.b.c\n', 'credentials_malformed'],
    ['a padding in the middle', 'Bearer a=b', 'credentials_malformed'],
    ['an oversized token', `Bearer ${'a'.repeat(8186)}`, 'credentials_malformed'],
  ])('denies %s', (_what, credentials, reason) => {
    expect(parseCredentials(credentials, 'required')).toEqual({ ok: false, denial: { reason } });
  });

  test.each([
    ['optional', 'a.b.c', { ok: true, value: 'a.b.c' }],
    ['optional', 'Bearer a.b.c', { ok: true, value: 'a.b.c' }],
    ['optional', 'Basic a.b.c', { ok: false, denial: { reason: 'credentials_malformed' } }],
    ['none', 'a.b.c', { ok: true, value: 'a.b.c' }],
    ['none', 'Bearer a.b.c', { ok: false, denial: { reason: 'credentials_malformed' } }],
    ['none', '"a.b.c"', { ok: false, denial: { reason: 'credentials_malformed' } }],
    ['none', 'a.b.c,d.e.f', { ok: false, denial: { reason: 'credentials_malformed' } }],
    ['none', 'a.b.c\n', { ok: false, denial: { reason: 'credentials_malformed' } }],
    ['none', '', { ok: false, denial: { reason: 'token_missing' } }],
  ] as const)('with the scheme %s, answers %j by the book', (scheme, credentials, expected) => {
    expect(parseCredentials(credentials, scheme)).toEqual(expected);
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
      fc.property(text, (credentials) => {
        const result = parseCredentials(credentials, 'required');
        if (!result.ok) return;
        const [scheme, ...rest] = credentials.split(' ');
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
        expect(parseCredentials(`Bearer${' '.repeat(spaces)}${token}`, 'required')).toEqual({
          ok: true,
          value: token,
        });
        expect(parseCredentials(token, 'none')).toEqual({ ok: true, value: token });
      }),
    );
  });
});
