// In an application of your own, '../../lambda/backend/index.ts' is 'revocable-authorizer/backend'.
import { requireAuthorizer } from '../../lambda/backend/index.ts';

/** The guard matters most on HTTP APIs: requests with a slash at the end are said to have got around authorizers. */
export const handler = requireAuthorizer(async (_event, { sub, tenant, groups = '' }) => ({
  statusCode: 200,
  body: JSON.stringify({ orders: [], of: sub, tenant, isBuyer: groups.split(' ').includes('buyers') }),
}));
