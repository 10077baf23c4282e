// In an application of your own, '../../lambda/backend/index.ts' is 'revocable-authorizer/backend'.
import { requireAuthorizer } from '../../lambda/backend/index.ts';

interface Frame {
  readonly requestContext: { readonly eventType: 'CONNECT' | 'MESSAGE' };
  readonly body?: string;
}

export const handler = requireAuthorizer(async ({ requestContext, body }: Frame, { sub }) => {
  // A browser closes the connection unless one of the protocols that it offered is agreed on.
  if (requestContext.eventType === 'CONNECT')
    return { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'bearer' } };
  return { statusCode: 200, body: JSON.stringify({ heard: body, from: sub }) };
});
