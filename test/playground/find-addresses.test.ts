import { describe, expect, it, test } from '@jest/globals';
import { findAddresses } from '../../playground/find-addresses.ts';

const ORIGIN = 'http://127.0.0.1:4010';
const OPEN = { httpMethod: 'GET', resourcePath: '/health' };
const ONE = { httpMethod: 'GET', resourcePath: '/orders/{id}', authorizer: 'A' };
const POST = { httpMethod: 'POST', resourcePath: '/orders', authorizer: 'A' };
const GET = { httpMethod: 'GET', resourcePath: '/orders', authorizer: 'A' };
const FUNCTIONS = ['Demo-Backend', 'Authorizer-Function', 'Authorizer-Revocations'];

describe('findAddresses', () => {
  it('finds a protected GET method without parameters, and the admin function', () => {
    expect(findAddresses(ORIGIN, { routes: [OPEN, ONE, POST, GET] }, FUNCTIONS)).toEqual({
      origin: ORIGIN,
      callUrl: 'http://127.0.0.1:4010/rest/orders',
      revocations: 'Authorizer-Revocations',
    });
  });

  test.each([
    ['no such method', [OPEN, ONE, POST], FUNCTIONS],
    ['no admin function', [GET], ['Demo-Backend', 'MyRevocationsBackup']],
  ])('finds nothing when there is %s', (_what, routes, names) => {
    expect(findAddresses(ORIGIN, { routes }, names)).toBeUndefined();
  });
});
