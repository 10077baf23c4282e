import { LOCAL } from './local-values.ts';

/**
 * Returns the ARN by which API Gateway names a request to its authorizers and in policies.
 *
 * @param rest what follows the stage: `GET/orders/42`, or the key of a WebSocket route
 */
export function executeApiArn(apiId: string, stage: string, rest: string): string {
  return `arn:${LOCAL.partition}:execute-api:${LOCAL.region}:${LOCAL.accountId}:${apiId}/${stage}/${rest}`;
}
