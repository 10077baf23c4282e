import { describe, expect, it, test } from '@jest/globals';
import { parseIdentitySources, readIdentity } from '../../playground/identity-sources.ts';

const VARIABLES = {
  context: { httpMethod: 'GET', identity: { sourceIp: '127.0.0.1', user: null } },
  stageVariables: { color: 'blue' },
  header: { authorization: 'Bearer a' },
  querystring: { Token: 'b' },
  path: {},
};

describe('parseIdentitySources', () => {
  test.each([
    ['rest', 'method.request.header.Authorization', 'Bearer a'],
    ['rest', 'method.request.querystring.Token', 'b'],
    ['rest', 'stageVariables.color', 'blue'],
    ['rest', 'context.identity.sourceIp', '127.0.0.1'],
    ['http', '$request.header.AUTHORIZATION', 'Bearer a'],
    ['http', '$request.querystring.Token', 'b'],
    ['http', '$request.querystring.token', ''],
    ['http', '$stageVariables.color', 'blue'],
    ['http', '$context.httpMethod', 'GET'],
    ['webSocket', 'route.request.header.Authorization', 'Bearer a'],
    ['webSocket', 'route.request.querystring.Token', 'b'],
    ['webSocket', 'context.identity.user', ''],
    ['webSocket', 'stageVariables.missing', ''],
  ] as const)('lets an API of kind %s read %s', (kind, expression, value) => {
    expect(readIdentity(parseIdentitySources([expression], kind), VARIABLES)).toEqual([value]);
  });

  test.each([
    ['rest', '$request.header.Authorization'],
    ['rest', 'method.request.path.id'],
    ['http', 'method.request.header.Authorization'],
    ['http', '$request.header.'],
    ['webSocket', 'route.request.body.token'],
  ] as const)('refuses for %s: %s', (kind, expression) => {
    expect(() => parseIdentitySources([expression], kind)).toThrow(`"${expression}" is none of`);
  });

  it('never takes what every object has for a value', () => {
    const sources = parseIdentitySources(
      ['$request.header.constructor', '$context.identity.toString'],
      'http',
    );

    expect(readIdentity(sources, VARIABLES)).toEqual(['', '']);
  });
});
