import { describe, expect, it, test } from '@jest/globals';
import {
  combineEffects,
  evaluateResourcePolicy,
  parseResourcePolicy,
} from '../../playground/resource-policy.ts';

const API = 'arn:aws:execute-api:us-east-1:123456789012:abc';
const ARN = `${API}/prod/GET/orders`;

function aStatement(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    Effect: 'Allow',
    Principal: '*',
    Action: 'execute-api:Invoke',
    Resource: 'execute-api:/*',
    ...change,
  };
}

function evaluate(statement: unknown, sourceIp = '127.0.0.1', arn = ARN) {
  return evaluateResourcePolicy(parseResourcePolicy({ Statement: statement }, 'abc'), arn, sourceIp);
}

describe('evaluateResourcePolicy', () => {
  test.each([
    ['the whole API in short', aStatement(), 'allow'],
    ['a stage and a verb in short', aStatement({ Resource: 'execute-api:/prod/GET/*' }), 'allow'],
    ['another stage', aStatement({ Resource: 'execute-api:/test/*' }), 'implicit deny'],
    ['a whole ARN', aStatement({ Resource: [`${API}/*/GET/orders`] }), 'allow'],
    ['every resource', aStatement({ Resource: '*' }), 'allow'],
    ['another action', aStatement({ Action: 'execute-api:ManageConnections' }), 'implicit deny'],
    ['every AWS principal', aStatement({ Principal: { AWS: '*' } }), 'allow'],
    ['a Deny beside an Allow', [aStatement(), aStatement({ Effect: 'Deny' })], 'explicit deny'],
    ['no statement', [], 'implicit deny'],
  ])('evaluates %s', (_what, statement, effect) => {
    expect(evaluate(statement)).toBe(effect);
  });

  test.each([
    ['IpAddress', '192.0.2.0/24', '192.0.2.7', 'allow'],
    ['IpAddress', '192.0.2.0/24', '192.0.3.7', 'implicit deny'],
    ['IpAddress', '192.0.2.7', '192.0.2.7', 'allow'],
    ['IpAddress', ['198.51.100.0/24', '2001:db8::/32'], '2001:db8::1', 'allow'],
    ['NotIpAddress', '192.0.2.0/24', '192.0.2.7', 'implicit deny'],
    ['NotIpAddress', '192.0.2.0/24', '127.0.0.1', 'allow'],
  ])('evaluates %s %j for %s', (operator, ranges, sourceIp, effect) => {
    const Condition = { [operator]: { 'aws:SourceIp': ranges } };

    expect(evaluate(aStatement({ Condition }), sourceIp)).toBe(effect);
  });
});

describe('parseResourcePolicy', () => {
  test.each([
    ['another principal', { Principal: { AWS: 'arn:aws:iam::123456789012:root' } }],
    ['NotPrincipal', { Principal: undefined, NotPrincipal: '*' }],
    ['NotResource', { NotResource: '*' }],
    ['another operator', { Condition: { StringEquals: { 'aws:SourceIp': '127.0.0.1' } } }],
    ['another key', { Condition: { IpAddress: { 'aws:VpcSourceIp': '10.0.0.0/8' } } }],
    ['what is no address', { Condition: { IpAddress: { 'aws:SourceIp': '127.0.0.0/99' } } }],
    ['an unknown effect', { Effect: 'allow' }],
  ])('refuses %s', (_what, change) => {
    expect(() => evaluate(aStatement(change))).toThrow(/cannot evaluate .* of the resource policy/);
  });
});

describe('combineEffects', () => {
  it('combines authorizer and resource policy of one account by the table of AWS', () => {
    const [allow, silent, deny] = ['allow', 'implicit deny', 'explicit deny'] as const;

    expect([
      combineEffects(allow, allow),
      combineEffects(allow, silent),
      combineEffects(allow, deny),
      combineEffects(silent, allow),
      combineEffects(silent, silent),
      combineEffects(silent, deny),
      combineEffects(deny, allow),
      combineEffects(deny, silent),
      combineEffects(deny, deny),
    ]).toEqual([allow, allow, deny, allow, silent, deny, deny, deny, deny]);
  });
});
