import { describe, expect, it, test } from '@jest/globals';
import { parseSelectionExpression } from '../../playground/select-route-key.ts';

const MESSAGE = JSON.stringify({ service: 'chat', action: 'join', data: { room: 'r1', tags: [1, 2] } });

/** The variable in its wrapped form. */
const variable = (name: string) => `\${request.body.${name}}`;

describe('parseSelectionExpression', () => {
  test.each([
    ['$request.body.action', 'join'],
    [variable('action'), 'join'],
    [`${variable('service')}/${variable('action')}`, 'chat/join'],
    [`${variable('action')}-${variable('missing')}`, 'join-'],
    ['$request.body.data.room', 'r1'],
    ['$request.body.data.tags', '[1,2]'],
    ['$request.body.constructor', ''],
  ])('evaluates %s to %j', (expression, key) => {
    expect(parseSelectionExpression(expression)(MESSAGE)).toBe(key);
  });

  it('finds nothing in a message that is no JSON', () => {
    expect(parseSelectionExpression('$request.body.action')('hello')).toBe('');
  });

  it('refuses an expression without a variable that it knows', () => {
    expect(() => parseSelectionExpression('$request.header.action')).toThrow('"$request.header.action"');
  });
});
