import { describe, expect, it, test } from '@jest/globals';
import type { Lookup } from '../../playground/resolve-intrinsics.ts';
import { resolveIntrinsics } from '../../playground/resolve-intrinsics.ts';

const lookup: Lookup = {
  ref: (logicalId) => (logicalId === 'AWS::NoValue' ? undefined : `ref-${logicalId}`),
  getAtt: (logicalId, attribute) => `att-${logicalId}-${attribute}`,
};

describe('resolveIntrinsics', () => {
  test.each([
    ['Ref', { Ref: 'Table' }, 'ref-Table'],
    ['Fn::GetAtt as a list', { 'Fn::GetAtt': ['Pool', 'ProviderURL'] }, 'att-Pool-ProviderURL'],
    ['Fn::GetAtt as a text', { 'Fn::GetAtt': 'Pool.Endpoint.Address' }, 'att-Pool-Endpoint.Address'],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'B' }, 3]] }, 'a-ref-B-3'],
    ['Fn::Split', { 'Fn::Split': [':', 'a:b'] }, ['a', 'b']],
    ['Fn::Select', { 'Fn::Select': [1, ['a', 'b']] }, 'b'],
    [
      'Fn::Select over Fn::Split',
      { 'Fn::Select': ['1', { 'Fn::Split': ['-', { 'Fn::GetAtt': ['F', 'Arn'] }] }] },
      'F',
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of CloudFormation
    ['Fn::Sub', { 'Fn::Sub': '${A}/${B.Arn}/${!C}' }, 'ref-A/att-B-Arn/${C}'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of CloudFormation
    ['Fn::Sub with variables', { 'Fn::Sub': ['${X}-${Y}', { X: { Ref: 'A' } }] }, 'ref-A-ref-Y'],
    ['nesting', { a: [{ b: { Ref: 'C' } }] }, { a: [{ b: 'ref-C' }] }],
    ['AWS::NoValue', { a: { Ref: 'AWS::NoValue' }, b: [{ Ref: 'AWS::NoValue' }, 1] }, { b: [1] }],
    ['plain values', { a: 1, b: true, c: null }, { a: 1, b: true, c: null }],
  ])('resolves %s', (_what, value, resolved) => {
    expect(resolveIntrinsics(value, lookup)).toEqual(resolved);
  });

  it('refuses a function that it does not know, and names those that it does', () => {
    expect(() => resolveIntrinsics({ a: { 'Fn::ImportValue': 'x' } }, lookup)).toThrow(
      /Fn::ImportValue.*knows Ref, Fn::GetAtt, Fn::Join/,
    );
  });

  test.each([
    ['an index beyond the list', { 'Fn::Select': [2, ['a']] }, /element 2 of a list of 1/],
    ['a list where a text is needed', { 'Fn::Join': ['', [['a']]] }, /Fn::Join .* got \["a"\]/],
    ['a text where a list is needed', { 'Fn::Split': 'a' }, /Fn::Split .* got "a"/],
  ])('refuses %s', (_what, value, message) => {
    expect(() => resolveIntrinsics(value, lookup)).toThrow(message);
  });
});
