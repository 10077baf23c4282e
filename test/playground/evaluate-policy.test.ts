import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import type { Statement } from '../../playground/evaluate-policy.ts';
import { evaluatePolicy, isGlobMatch } from '../../playground/evaluate-policy.ts';

const INVOKE = 'execute-api:Invoke';
const ARN = 'arn:aws:execute-api:us-east-1:123456789012:abc/prod/GET/orders/42';
const API = 'arn:aws:execute-api:us-east-1:123456789012:abc/prod';

function statement(effect: Statement['effect'], resource: string, action = INVOKE): Statement {
  return { effect, actions: [action], resources: [resource] };
}

describe('evaluatePolicy', () => {
  test.each([
    ['an Allow for the whole stage', [statement('Allow', `${API}/*`)], 'allow'],
    ['an Allow for the exact request', [statement('Allow', ARN)], 'allow'],
    ['an Allow for every action', [statement('Allow', ARN, 'execute-api:*')], 'allow'],
    ['an action in another letter case', [statement('Allow', ARN, 'EXECUTE-API:invoke')], 'allow'],
    [
      'a Deny after an Allow',
      [statement('Allow', `${API}/*`), statement('Deny', `${API}/GET/orders/*`)],
      'explicit deny',
    ],
    ['a Deny before an Allow', [statement('Deny', ARN), statement('Allow', ARN)], 'explicit deny'],
    ['a Deny elsewhere', [statement('Deny', `${API}/POST/*`), statement('Allow', ARN)], 'allow'],
    ['no statement', [], 'implicit deny'],
    ['an Allow for another path', [statement('Allow', `${API}/GET/orders`)], 'implicit deny'],
    [
      'an Allow for another action',
      [statement('Allow', ARN, 'execute-api:ManageConnections')],
      'implicit deny',
    ],
    ['a resource in another letter case', [statement('Allow', ARN.toUpperCase())], 'implicit deny'],
  ] as const)('evaluates %s', (_what, statements, effect) => {
    expect(evaluatePolicy(statements, INVOKE, ARN)).toBe(effect);
  });

  it('looks at every action and resource of a statement', () => {
    const several: Statement = {
      effect: 'Allow',
      actions: ['s3:*', INVOKE],
      resources: [`${API}/POST/*`, ARN],
    };

    expect(evaluatePolicy([several], INVOKE, ARN)).toBe('allow');
  });
});

describe('isGlobMatch', () => {
  test.each([
    ['a/*', 'a/b/c', true],
    ['*', '', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a?c', 'a/c', true],
    ['a?c', 'ac', false],
    ['a', 'ab', false],
    ['ab', 'a', false],
    ['', '', true],
    ['a.c', 'abc', false],
    [`a\${*}c`, 'a*c', true],
    [`a\${*}c`, 'abc', false],
    [`a\${?}c`, 'a?c', true],
    [`a\${?}c`, 'abc', false],
    [`a\${$}{x}`, `a\${x}`, true],
    [`\${*}*`, '*/b', true],
    [`a\${aws:username}*`, `a\${aws:username}b`, false],
    [`a\${`, `a\${`, true],
    ['a?c', 'a😀c', true],
  ])('matches %j against %j: %j', (pattern, text, matches) => {
    expect(isGlobMatch(pattern, text)).toBe(matches);
  });

  /** Every way to split the text at every star: slow, and obviously right. */
  function matchesByDefinition(pattern: string, text: string): boolean {
    if (pattern === '') return text === '';
    if (pattern[0] === '*') {
      const rests = Array.from({ length: text.length + 1 }, (_, i) => text.slice(i));
      return rests.some((rest) => matchesByDefinition(pattern.slice(1), rest));
    }
    return (
      text !== '' &&
      (pattern[0] === '?' || pattern[0] === text[0]) &&
      matchesByDefinition(pattern.slice(1), text.slice(1))
    );
  }

  it('agrees with the definition of the wildcards for any pattern and text', () => {
    const letters = (...units: string[]) => fc.string({ unit: fc.constantFrom(...units), maxLength: 8 });

    fc.assert(
      fc.property(letters('a', 'b', '/', '*', '?'), letters('a', 'b', '/', '*'), (pattern, text) => {
        expect(isGlobMatch(pattern, text)).toBe(matchesByDefinition(pattern, text));
      }),
      { numRuns: 2000 },
    );
  });
});
