// In an application of your own, '../../lambda/backend/index.ts' is 'revocable-authorizer/backend'.
import { requireAuthorizer } from '../../lambda/backend/index.ts';

interface Request {
  readonly pathParameters: { readonly id?: string } | null;
}

export const handler = requireAuthorizer(async ({ pathParameters }: Request, { sub }) => ({
  statusCode: 200,
  headers: { 'Access-Control-Allow-Origin': 'https://app.example.com' },
  body: JSON.stringify({ order: pathParameters?.id ?? 'all', of: sub }),
}));
