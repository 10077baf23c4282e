// In an application of your own, '../../lambda/backend/index.ts' is 'revocable-authorizer/backend'.
import { requireAuthorizer } from '../../lambda/backend/index.ts';

export const handler = requireAuthorizer(async (_event, { sub, scope = '' }) => ({
  statusCode: 200,
  body: JSON.stringify({ orders: [], of: sub, mayWrite: scope.split(' ').includes('orders:write') }),
}));
