import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import type { CallerSettings } from '../../../lambda/authorizer/describe-caller.ts';
import { describeCaller } from '../../../lambda/authorizer/describe-caller.ts';
import { digest } from '../../../lambda/authorizer/digest.ts';
import type { Claims } from '../../../lambda/authorizer/read-claims.ts';
import type { RoutedApi } from '../../../lambda/routes/parse-route.ts';

const SETTINGS: CallerSettings = { context: {}, usageIdentifierKeyClaim: undefined, issuers: [{}] };
const USUAL = { sub: 'alice', iss: 'https://idp.example/', jti: 'j-1' };

function claims(all: Record<string, unknown> = {}, others: Partial<Claims> = {}): Claims {
  const usual = { subject: 'alice', iss: 'https://idp.example/', jwtId: 'j-1', clientIds: [] };
  return { ...usual, all, ...others } as unknown as Claims;
}

function describeTo(
  all: Record<string, unknown>,
  settings: Partial<CallerSettings> = {},
  api: RoutedApi = 'rest',
) {
  return describeCaller(claims(all), api, { ...SETTINGS, ...settings });
}

const allowed = (context: object, leftOut?: readonly string[]) => ({
  ok: true,
  value: { caller: { principalId: 'alice', context: { ...USUAL, ...context } }, ...(leftOut && { leftOut }) },
});
/** The settings of a value that a token may lack, and of one that it may not. */
const optional = (claim: string) => ({ claim, required: false });
const required = (claim: string) => ({ claim, required: true });
const denied = (reason: string) => ({ ok: false, denial: expect.objectContaining({ reason }) });

describe('describeCaller', () => {
  it('always tells subject, issuer and token, and scope and client of a token that has them', () => {
    expect(describeTo({})).toEqual(allowed({}));
    expect(describeCaller(claims({}, { scope: '' }), 'http', SETTINGS)).toEqual(allowed({}));
    expect(
      describeCaller(claims({}, { scope: 'orders:read', clientIds: ['web', 'party'] }), 'http', SETTINGS),
    ).toEqual(allowed({ scope: 'orders:read', clientId: 'web' }));
  });

  test.each([
    ['a text', 'acme', 'acme'],
    ['a text with a bracket in it', '[acme] {x', '[acme] {x'],
    ['a number', 7.5, 7.5],
    ['the largest exact integer', Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ['a boolean', false, false],
    ['a list of words', ['a', 'b'], 'a b'],
  ])('passes on %s', (_what, claim, value) => {
    expect(describeTo({ tenant_id: claim }, { context: { tenant: required('tenant_id') } })).toEqual(
      allowed({ tenant: value }),
    );
  });

  test.each([
    ['missing', undefined],
    ['null', null],
    ['an empty text', ''],
    ['an empty list', []],
  ])('denies a token whose claim is %s, unless it may be', (_what, claim) => {
    expect(describeTo({ tenant_id: claim }, { context: { tenant: required('tenant_id') } })).toEqual(
      denied('claim_missing'),
    );
    expect(describeTo({ tenant_id: claim }, { context: { tenant: optional('tenant_id') } })).toEqual(
      allowed({}),
    );
  });

  test.each([
    ['an object', { a: 1 }],
    ['a list of lists', [['a']]],
    ['a list of numbers', [1, 2]],
    ['a list with a word in which a space would make two', ['a b', 'c']],
    ['a list with an empty word', ['a', '']],
    ['an object in a text', '{"a":1}'],
    ['a list in a text', ' ["a"]'],
    ['a text with a line break in it', 'a\nb'],
    ['a text with NUL in it', 'a\u0000b'],
    ['a text with an escape sequence in it', '\u009b31m'],
    ['a text with a line separator in it', 'a\u2028b'],
    ['a list of words with NUL in one', ['a', 'b\u0000']],
    ['a number that is none', Number.POSITIVE_INFINITY],
    ['an integer that lost its last digit', JSON.parse('9007199254740993')],
    ['a negative integer that lost its last digit', JSON.parse('-9007199254740993')],
  ])('leaves out %s, names it for the log, and allows the token', (_what, claim) => {
    for (const settings of [required('tenant_id'), optional('tenant_id')]) {
      const context = { other: required('other'), tenant: settings };
      expect(describeTo({ tenant_id: claim, other: 1 }, { context })).toEqual(
        allowed({ other: 1 }, ['tenant']),
      );
    }
  });

  it('takes nothing from the prototype of the claims', () => {
    const context = { x: optional('toString'), y: optional('__proto__') };
    expect(describeTo({}, { context })).toEqual(allowed({}));
  });

  it('takes scope and client from another claim, or leaves them out, when told to', () => {
    const settings = { ...SETTINGS, context: { scope: required('scp'), clientId: optional('appid') } };
    const token = claims({ scp: ['a', 'b'] }, { scope: 'x', clientIds: ['y'] });

    expect(describeCaller(token, 'rest', settings)).toEqual(allowed({ scope: 'a b' }));
    const odd = claims({ scp: ['a b'] }, { scope: 'x', clientIds: ['y'] });
    expect(describeCaller(odd, 'rest', settings)).toEqual(allowed({}, ['scope']));
  });

  it('throws the fault response_too_large when the claims do not fit into an answer', () => {
    const context = { one: required('one'), two: optional('two') };

    expect(describeTo({ one: 'x'.repeat(3000), two: 'x'.repeat(3000) }, { context }).ok).toBe(true);
    expect(() => describeTo({ one: 'x'.repeat(4000), two: 'x'.repeat(4000) }, { context })).toThrow(
      expect.objectContaining({ code: 'response_too_large' }),
    );
    // One character, two bytes in JSON.
    expect(() => describeTo({ one: '"'.repeat(3600) }, { context })).toThrow(
      expect.objectContaining({ code: 'response_too_large' }),
    );
  });

  it('keeps to the types that API Gateway takes, whatever the claims hold', () => {
    fc.assert(
      fc.property(fc.anything(), (claim) => {
        const result = describeTo({ c: claim }, { context: { c: optional('c') } });
        if (!result.ok) throw new Error(result.denial.reason);
        for (const value of Object.values(result.value.caller.context)) {
          expect(['string', 'number', 'boolean']).toContain(typeof value);
          expect(String(value)).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        }
      }),
    );
  });

  it('names the issuer in the principal where several are trusted, so that no two callers are one', () => {
    const of = (id: string, subject: string) => {
      const caller = describeCaller(claims({}, { issuer: { id }, subject } as Partial<Claims>), 'rest', {
        ...SETTINGS,
        issuers: [{}, {}],
      });
      return caller.ok && caller.value.caller.principalId;
    };

    expect(of('https://idp.example/', 'alice')).toBe('https://idp.example/|alice');
    expect(of('a|b', 'c')).not.toBe(of('a', 'b|c'));
  });

  it('names subject and token by digests if they have control characters, and leaves out scope and client', () => {
    const odd = claims({}, { subject: 'a\nb', jwtId: '\u0000', scope: 'x\ty', clientIds: ['\u001b'] });
    const [sub, jti] = ['a\nb', '\u0000'].map(digest);

    expect(describeCaller(odd, 'rest', SETTINGS)).toEqual({
      ok: true,
      value: { caller: { principalId: sub, context: { sub, iss: USUAL.iss, jti } } },
    });
    expect(sub).toMatch(/^[\w-]{16}$/);
  });

  describe('with a usage plan', () => {
    const settings = { usageIdentifierKeyClaim: 'client_id' };

    test.each([
      ['a text', 'web-0000000000000000', 'web-0000000000000000'],
      ['a number', 42, '42'],
    ])('names the API key by %s', (_what, client_id, usageIdentifierKey) => {
      expect(describeTo({ client_id }, settings)).toEqual({
        ok: true,
        value: { caller: { principalId: 'alice', context: USUAL, usageIdentifierKey } },
      });
    });

    test.each([
      ['no such claim', undefined, 'claim_missing'],
      ['an empty one', '', 'claim_missing'],
      ['a list', ['a'], 'claim_invalid'],
      ['a fraction', 1.5, 'claim_invalid'],
      ['more than an API key can hold', 'x'.repeat(129), 'claim_invalid'],
      ['a line break', `${'x'.repeat(20)}\n`, 'claim_invalid'],
    ])('denies a token with %s', (_what, client_id, reason) => {
      expect(describeTo({ client_id }, settings)).toEqual(denied(reason));
    });

    test.each(['http', 'websocket'] as const)('leaves a request to a %s API alone', (api) => {
      expect(describeTo({}, settings, api)).toEqual(allowed({}));
    });
  });
});
