// The backend of the demo: a REST proxy that shows what a backend learns about its caller.
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';

const HEADERS = { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' };

const ORDERS = [
  { id: '1', item: 'teapot', quantity: 1 },
  { id: '2', item: 'cup', quantity: 6 },
];

/** Answers the orders, one of them when the path names it, and the caller as the authorizer passed it on. */
export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  const id = event.pathParameters?.['id'];
  const orders = id === undefined ? ORDERS : ORDERS.filter((order) => order.id === id);
  const { sub, clientId, scope } = event.requestContext.authorizer ?? {};
  return {
    statusCode: 200,
    headers: HEADERS,
    body: JSON.stringify({ orders, caller: { sub, clientId, scope } }),
  };
}
