import { describe, expect, it, test } from '@jest/globals';
import type { DenialReason } from '../../../lambda/denial.ts';
import { DENIALS } from '../../../lambda/denial.ts';
import { explainLine } from '../../../lambda/explain/explain-line.ts';
import { CHECK_OF_DENIAL, CHECKS, explanationOf, groundOf } from '../../../lambda/explain/explanation.ts';
import { FAULTS } from '../../../lambda/fault.ts';

describe('explanationOf', () => {
  test.each(Object.keys(DENIALS) as DenialReason[])('fails exactly one check for %s', (reason) => {
    const { checks, guide } = explanationOf({ decision: 'denial', reason });

    expect(checks.filter(({ outcome }) => outcome === 'failed').map(({ check }) => check)).toEqual([
      CHECK_OF_DENIAL[reason],
    ]);
    expect(Object.values(guide ?? {}).filter((text) => /^[A-Z`].*\.$/s.test(text))).toHaveLength(3);
  });

  it('reaches no check when the configuration was unusable', () => {
    const { checks } = explanationOf({ decision: 'fault', reason: 'config_invalid' });

    expect(new Set(checks.map(({ outcome }) => outcome))).toEqual(new Set(['not reached']));
  });
});

describe('groundOf', () => {
  it('knows every reason and every fault code, and nothing else', () => {
    for (const reason of Object.keys(DENIALS))
      expect(groundOf(reason)).toEqual({ decision: 'denial', reason });
    for (const reason of Object.keys(FAULTS)) expect(groundOf(reason)).toEqual({ decision: 'fault', reason });
    for (const code of ['', 'toString', '__proto__', 'Token_Expired']) expect(groundOf(code)).toBeUndefined();
  });
});

describe('explainLine', () => {
  const line = { level: 'INFO', decision: 'denial', reason: 'token_expired', requestId: 'r-1' };

  test.each([
    ['a line', JSON.stringify(line)],
    [
      'a line behind a time and a stream',
      `2026-01-01T00:00:00Z 2026/01/01/[$LATEST]ab ${JSON.stringify(line)}\n`,
    ],
  ])('explains %s', (_what, text) => {
    expect(explainLine(text)).toMatchObject({ line, explanation: { reason: 'token_expired' } });
  });

  it('explains an allowed request', () => {
    expect(explainLine('{"decision":"allow"}')?.explanation.decision).toBe('allow');
  });

  it('says of a key that its kid stands for several', () => {
    const ambiguous = { ...line, reason: 'signing_key_unknown', kid: 'k', ambiguousKid: true };
    const keyOf = (fields: object) =>
      explainLine(JSON.stringify(fields))?.explanation.checks.find(({ check }) => check === 'key');

    expect(keyOf(ambiguous)).toMatchObject({
      outcome: 'failed',
      found: 'several keys under one kid that fit the token',
    });
    expect(keyOf({ ...ambiguous, ambiguousKid: 'true' })).not.toHaveProperty('found');
  });

  const scopeOf = (fields: object) =>
    explainLine(JSON.stringify(fields))?.explanation.checks.find(({ check }) => check === 'scope');
  const refused = { reason: 'scope_insufficient', rule: 'GET /a', missing: ['scope a', 'amr mfa'] };

  test.each<[string, object, object]>([
    ['allowed by a rule', { decision: 'allow', rule: 'GET /a' }, { outcome: 'passed' }],
    ['allowed without a route table', { decision: 'allow' }, { outcome: 'not checked' }],
    [
      'allowed by a rule that is only tried out',
      { decision: 'allow', wouldDeny: true, ...refused },
      { outcome: 'only logged', expected: 'scope a, amr mfa, by the rule "GET /a"' },
    ],
    [
      'refused by a rule',
      { decision: 'denial', ...refused },
      { outcome: 'failed', expected: 'scope a, amr mfa, by the rule "GET /a"' },
    ],
    [
      'refused without a rule',
      { decision: 'denial', reason: 'route_forbidden', missing: ['a rule for the route'] },
      { outcome: 'failed', expected: 'a rule for the route' },
    ],
    [
      'refused, with fields of another form',
      { decision: 'denial', reason: 'route_forbidden', rule: 7, missing: 'x' },
      { outcome: 'failed', expected: CHECKS.scope },
    ],
  ])('tells of a request that was %s what the route table said', (_what, fields, scope) => {
    expect(scopeOf(fields)).toEqual({ check: 'scope', expected: expect.any(String), ...scope });
  });

  test.each([
    ['nothing', ''],
    ['no JSON', 'START RequestId: r-1'],
    ['a reason that does not fit', '{"decision":"fault","reason":"token_expired"}'],
    ['a reason that does not exist', '{"decision":"denial","reason":"toString"}'],
    ['another line', '{"level":"INFO","command":"revoke"}'],
  ])('gives nothing for %s', (_what, text) => {
    expect(explainLine(text)).toBeUndefined();
  });
});
