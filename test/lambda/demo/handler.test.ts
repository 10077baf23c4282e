import { describe, expect, it, test } from '@jest/globals';
import { handler } from '../../../lambda/demo/handler.ts';
import { aProxyEvent } from '../../support/a-proxy-event.ts';
import { KINDS } from '../../support/an-authorizer-event.ts';

const CONTEXT = {
  sub: 'alice',
  iss: 'https://idp.example/',
  jti: 'j-1',
  clientId: 'web',
  scope: 'orders:read',
};

type Event = Parameters<typeof handler>[0];
const answerTo = (event: unknown) =>
  handler(event as Event) as Promise<{ statusCode: number; headers?: object; body?: string }>;

describe('the backend of the demo', () => {
  test.each(['rest-token', 'rest-request', 'http-1.0', 'http-2.0'] as const)(
    'answers the orders and who called, for a page of any origin, behind a %s authorizer',
    async (kind) => {
      const { statusCode, headers, body = '' } = await answerTo(aProxyEvent(kind, CONTEXT));

      expect(statusCode).toBe(200);
      expect(headers).toEqual({ 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' });
      expect(JSON.parse(body)).toEqual({
        orders: [expect.objectContaining({ id: '1' }), expect.objectContaining({ id: '2' })],
        caller: { sub: 'alice', clientId: 'web', scope: 'orders:read' },
      });
    },
  );

  it('answers the one order that the path names', async () => {
    const event = aProxyEvent('http-2.0', CONTEXT, { pathParameters: { id: '2' } });
    const { body = '' } = await answerTo(event);

    expect(JSON.parse(body).orders).toEqual([expect.objectContaining({ id: '2' })]);
  });

  test.each(KINDS)('answers 403 to what came without a %s authorizer', async (kind) => {
    await expect(answerTo(aProxyEvent(kind))).resolves.toMatchObject({ statusCode: 403 });
  });

  test.each([
    [
      'agrees on the protocol that a browser offered',
      { 'sec-websocket-protocol': 'bearer, a.b.c' },
      'bearer',
    ],
    ['agrees on no other', { 'Sec-WebSocket-Protocol': 'graphql-ws' }, undefined],
    ['agrees on none that was not offered', null, undefined],
  ])('connects, and %s', async (_what, headers, protocol) => {
    const { statusCode, headers: answered } = await answerTo(aProxyEvent('websocket', CONTEXT, { headers }));

    expect(statusCode).toBe(200);
    expect(answered).toEqual(protocol === undefined ? {} : { 'Sec-WebSocket-Protocol': protocol });
  });

  test.each([
    ['MESSAGE', 'hello', { statusCode: 200, body: 'hello' }],
    ['MESSAGE', undefined, { statusCode: 200, body: '' }],
    ['DISCONNECT', undefined, { statusCode: 200 }],
  ])('answers %s %j of a WebSocket', async (eventType, body, answer) => {
    const requestContext = { eventType, authorizer: CONTEXT };

    await expect(answerTo({ requestContext, body })).resolves.toEqual(answer);
  });
});
