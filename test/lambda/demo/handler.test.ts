import { describe, expect, it } from '@jest/globals';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { handler } from '../../../lambda/demo/handler.ts';

/** The part of a proxy event that the backend reads. */
function anEvent(id?: string, authorizer?: Record<string, string>): APIGatewayProxyEvent {
  const pathParameters = id === undefined ? null : { id };
  return { pathParameters, requestContext: { authorizer } } as unknown as APIGatewayProxyEvent;
}

describe('the backend of the demo', () => {
  it('answers the orders and who called, for a page of any origin', async () => {
    const authorizer = { principalId: 'p', sub: 'alice', clientId: 'web', scope: 'orders:read', jti: 'j-1' };
    const { statusCode, headers, body } = await handler(anEvent(undefined, authorizer));
    expect(statusCode).toBe(200);
    expect(headers).toEqual({ 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' });
    expect(JSON.parse(body)).toEqual({
      orders: [expect.objectContaining({ id: '1' }), expect.objectContaining({ id: '2' })],
      caller: { sub: 'alice', clientId: 'web', scope: 'orders:read' },
    });
  });

  it('answers the one order that the path names', async () => {
    const { body } = await handler(anEvent('2'));
    expect(JSON.parse(body).orders).toEqual([expect.objectContaining({ id: '2' })]);
  });
});
