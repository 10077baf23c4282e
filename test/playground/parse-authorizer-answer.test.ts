import { describe, expect, it, test } from '@jest/globals';
import {
  parseAuthorizerAnswer,
  parseDeepAnswer,
  parseSimpleAnswer,
} from '../../playground/parse-authorizer-answer.ts';

const RESOURCE = 'arn:aws:execute-api:us-east-1:123456789012:abc/prod/*';

function anAnswer(change: Record<string, unknown> = {}): string {
  return JSON.stringify({
    principalId: 'alice',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: RESOURCE }],
    },
    ...change,
  });
}

function aStatement(change: Record<string, unknown>): string {
  const Statement = [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: RESOURCE, ...change }];
  return anAnswer({ policyDocument: { Statement } });
}

const STATEMENT = { effect: 'Allow', actions: ['execute-api:Invoke'], resources: [RESOURCE] };

describe('parseAuthorizerAnswer', () => {
  it('accepts a policy, and turns every context value into a text', () => {
    expect(parseAuthorizerAnswer(anAnswer({ context: { sub: 'alice', level: 7, admin: true } }))).toEqual({
      principalId: 'alice',
      statements: [STATEMENT],
      context: { sub: 'alice', level: '7', admin: 'true' },
    });
  });

  test.each([
    ['lists', aStatement({ Action: ['execute-api:Invoke'], Resource: [RESOURCE] })],
    [
      'one statement without a list',
      anAnswer({ policyDocument: { Statement: JSON.parse(aStatement({})).policyDocument.Statement[0] } }),
    ],
    ['an unknown key beside the policy', anAnswer({ extra: 1 })],
  ])('accepts %s', (_what, payload) => {
    expect(parseAuthorizerAnswer(payload)).toMatchObject({ statements: [STATEMENT] });
  });

  it('accepts an empty list of statements, which denies', () => {
    expect(parseAuthorizerAnswer(anAnswer({ policyDocument: { Statement: [] } }))).toMatchObject({
      statements: [],
    });
  });

  test.each([
    ['null', 'null', 'the answer is not'],
    ['a text', '"yes"', 'the answer is not'],
    ['an HTTP answer', '{"statusCode":401}', 'principalId'],
    ['an empty principal', anAnswer({ principalId: '' }), 'principalId'],
    ['a number as principal', anAnswer({ principalId: 7 }), 'principalId'],
    ['no policy', anAnswer({ policyDocument: undefined }), 'policyDocument'],
    ['an object in the context', anAnswer({ context: { groups: { a: 1 } } }), 'context.groups'],
    ['a list in the context', anAnswer({ context: { groups: ['a'] } }), 'context.groups'],
    ['a list as context', anAnswer({ context: ['a'] }), 'context'],
    ['an unknown effect', aStatement({ Effect: 'allow' }), 'policyDocument.Statement'],
    ['a resource of 513 characters', aStatement({ Resource: 'a'.repeat(513) }), 'policyDocument.Statement'],
    ['a condition', aStatement({ Condition: { Bool: {} } }), 'policyDocument.Statement'],
    ['NotResource', aStatement({ NotResource: 'a' }), 'policyDocument.Statement'],
    ['no resource', aStatement({ Resource: [] }), 'policyDocument.Statement'],
    ['more than 8 KB', anAnswer({ context: { a: 'x'.repeat(8192) } }), 'larger than 8 KB'],
  ])('refuses %s, and names the place', (_what, payload, place) => {
    expect(parseAuthorizerAnswer(payload)).toEqual({ malformed: expect.stringContaining(place) });
  });

  it('accepts a resource of 512 characters', () => {
    expect(parseAuthorizerAnswer(aStatement({ Resource: 'a'.repeat(512) }))).toHaveProperty('statements');
  });
});

describe('parseDeepAnswer', () => {
  it('keeps lists and objects in the context', () => {
    const context = { groups: ['a'], tenant: { id: 1 }, admin: true };

    expect(parseDeepAnswer(anAnswer({ context }))).toMatchObject({ context });
  });

  it('wants a policy all the same', () => {
    expect(parseDeepAnswer('{"isAuthorized":true}')).toEqual({
      malformed: expect.stringContaining('principalId'),
    });
  });
});

describe('parseSimpleAnswer', () => {
  test.each([
    [
      { isAuthorized: true, context: { groups: ['a'] } },
      { isAuthorized: true, context: { groups: ['a'] } },
    ],
    [{ isAuthorized: false }, { isAuthorized: false, context: null }],
  ])('accepts %j', (answer, expected) => {
    expect(parseSimpleAnswer(JSON.stringify(answer))).toEqual(expected);
  });

  test.each([
    ['a text', { isAuthorized: 'true' }],
    ['a number', { isAuthorized: 1 }],
    ['nothing', {}],
    ['a policy', JSON.parse(anAnswer({}))],
    ['a list as context', { isAuthorized: true, context: ['a'] }],
  ])('refuses %s', (_what, answer) => {
    expect(parseSimpleAnswer(JSON.stringify(answer))).toHaveProperty('malformed');
  });
});
