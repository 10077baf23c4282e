import { describe, expect, test } from '@jest/globals';
import { isRouteListed } from '../../../lambda/authorizer/is-route-listed.ts';
import { parseMethodArn } from '../../../lambda/authorizer/parse-method-arn.ts';

const arnOf = (methodAndPath: string) =>
  parseMethodArn(`arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/${methodAndPath}`, 'rest');

const ROUTES = ['GET /', 'GET /orders', 'GET /orders/{id}', 'ANY /files/{proxy+}'];

describe('isRouteListed', () => {
  test.each(['GET/', 'GET/orders', 'GET/orders/42', 'PUT/files/a', 'GET/files/a/b/c'])(
    'finds %s',
    (request) => {
      expect(isRouteListed(arnOf(request), ROUTES)).toBe(true);
    },
  );

  test.each([
    ['another method', 'POST/orders'],
    ['another path', 'GET/invoices'],
    ['a deeper path', 'GET/orders/42/items'],
    ['a trailing slash', 'GET/orders/'],
    ['nothing where the rest of the path belongs', 'GET/files/'],
    ['the parent of a greedy route', 'GET/files'],
    ['a path that API Gateway may decode', 'GET/orders/4%32'],
    ['an encoded slash', 'GET/files/a%2Fb'],
    ['a wildcard', 'GET/*'],
  ])('does not find %s', (_what, request) => {
    expect(isRouteListed(arnOf(request), ROUTES)).toBe(false);
  });

  test('finds the handshake of a WebSocket API', () => {
    const arn = parseMethodArn(
      'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/$connect',
      'websocket',
    );

    expect([isRouteListed(arn, ['$connect']), isRouteListed(arn, ROUTES)]).toEqual([true, false]);
  });
});
