import { describe, expect, it, test } from '@jest/globals';
import { readUsageIdentifierKeyClaim, renderContext } from '../../lib/render-context.ts';

const render = (context: unknown) => renderContext('RevocableAuthorizer "A"', context);

describe('renderContext', () => {
  it('tells the function each name and its claim', () => {
    expect(
      render({
        tenant: 'https://example.com/tenant',
        plan: { claim: 'plan', required: true },
        groups: { claim: 'groups', required: false },
        scope: { claim: 'scp', override: true, required: false },
      }),
    ).toBe(
      '{"tenant":"https://example.com/tenant","plan":"plan","groups":{"claim":"groups","required":false},"scope":{"claim":"scp","required":false}}',
    );
  });

  it('tells the function nothing of nothing', () => {
    expect(render(undefined)).toBeUndefined();
    expect(render({})).toBeUndefined();
  });

  test.each<[string, unknown, string]>([
    ['a list', ['tenant'], 'option "context" is ["tenant"]; give names and claims'],
    ['a name with a dash', { 'tenant-id': 'tid' }, 'has the name "tenant-id"; give up to 64 letters'],
    ['a long name', { ['x'.repeat(65)]: 'tid' }, 'give up to 64 letters, digits and "_"'],
    ['a name of API Gateway', { principalId: 'sub' }, '"principalId", which API Gateway or a refusal uses'],
    ['the reserved name of payload 1.0', { claims: 'sub' }, '"claims", which API Gateway'],
    ['the name of a refusal', { reason: 'sub' }, '"reason", which API Gateway or a refusal uses'],
    ['the name of a challenge', { acr_values: 'acr' }, '"acr_values", which API Gateway or a refusal uses'],
    ['the other name of a challenge', { max_age: 'age' }, '"max_age", which API Gateway or a refusal uses'],
    ['the name of the subject', { sub: 'oid' }, '"sub", which always says by which token the caller came'],
    ['the name of the subject, on purpose', { sub: { claim: 'oid', override: true } }, 'give it another one'],
    [
      'a usual name by accident',
      { scope: 'scp' },
      'replace it on purpose by { claim: "scp", override: true }',
    ],
    ['no claim', { tenant: '' }, '"tenant" is ""; give the name of a claim'],
    ['a claim that is no text', { tenant: 7 }, '"tenant" is 7; give the name of a claim'],
    ['a long claim', { tenant: 'x'.repeat(129) }, 'give the name of a claim'],
    [
      'a text for a boolean',
      { tenant: { claim: 'tid', required: 'no' } },
      '"required" is "no"; give true or false',
    ],
    ['an unknown option', { scope: { claim: 'scp', overide: true } }, 'there is no option "overide"'],
    [
      'more than 20 names',
      Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`n${index}`, 'c'])),
      'has 21 names; give at most 20.',
    ],
  ])('refuses %s', (_what, context, message) => {
    expect(() => render(context)).toThrow(message);
  });
});

describe('readUsageIdentifierKeyClaim', () => {
  it('takes the name of a claim, or nothing', () => {
    expect(readUsageIdentifierKeyClaim('A', 'client_id')).toBe('client_id');
    expect(readUsageIdentifierKeyClaim('A', undefined)).toBeUndefined();
  });

  test.each([[''], [7], [null]])('refuses %j', (claim) => {
    expect(() => readUsageIdentifierKeyClaim('A', claim)).toThrow('A: option "usageIdentifierKeyClaim" is');
  });
});
