import { describe, expect, it, test } from '@jest/globals';
import { findAddresses } from '../../playground/find-addresses.ts';

const ORIGIN = 'http://127.0.0.1:4010';
const OPEN = { httpMethod: 'GET', resourcePath: '/health' };
const ONE = { httpMethod: 'GET', resourcePath: '/orders/{id}', authorizer: 'A' };
const POST = { httpMethod: 'POST', resourcePath: '/orders', authorizer: 'A' };
const GET = { httpMethod: 'GET', resourcePath: '/orders', authorizer: 'A' };
const FUNCTIONS = ['Demo-Backend', 'Authorizer-Function', 'Authorizer-Revocations'];

const rest = { routes: [OPEN, ONE, POST, GET] };
const http = {
  routes: [
    { routeKey: 'GET /health' },
    { routeKey: 'GET /orders/{id}', authorizer: 'A' },
    { routeKey: 'POST /orders', authorizer: 'A' },
    { routeKey: '$default', authorizer: 'A' },
    { routeKey: 'ANY /orders', authorizer: 'A' },
  ],
};
const webSocket = { routes: new Map([['$connect', { authorizer: 'A', hasResponse: false }]]) };
const revocations = 'Authorizer-Revocations';

describe('findAddresses', () => {
  it('finds what is protected and needs no parameter, and the admin function', () => {
    expect(findAddresses(ORIGIN, { rest, http, webSocket }, FUNCTIONS)).toEqual({
      origin: ORIGIN,
      restUrl: 'http://127.0.0.1:4010/rest/orders',
      httpUrl: 'http://127.0.0.1:4010/http/orders',
      webSocketUrl: 'ws://127.0.0.1:4010/ws',
      revocations,
    });
  });

  test.each([
    ['a REST API', { rest }, { restUrl: expect.any(String) }],
    ['an HTTP API', { http }, { httpUrl: expect.any(String) }],
    ['a WebSocket API', { webSocket }, { webSocketUrl: expect.any(String) }],
  ])('is content with %s', (_what, apis, expected) => {
    expect(findAddresses(ORIGIN, apis, FUNCTIONS)).toEqual({ origin: ORIGIN, revocations, ...expected });
  });

  test.each([
    ['no API', {}, FUNCTIONS],
    ['nothing callable', { rest: { routes: [OPEN, ONE, POST] }, http: { routes: [] } }, FUNCTIONS],
    ['an open WebSocket API', { webSocket: { routes: new Map() } }, FUNCTIONS],
    ['no admin function', { rest }, ['Demo-Backend', 'MyRevocationsBackup']],
  ])('finds nothing when there is %s', (_what, apis, names) => {
    expect(findAddresses(ORIGIN, apis, names)).toBeUndefined();
  });
});
