import { Stack } from 'aws-cdk-lib';
import type { CfnRestApi } from 'aws-cdk-lib/aws-apigateway';
import type { AttachedApi } from './api-route.ts';
import { findRestApi } from './find-rest-api.ts';
import { propertyOf } from './property-of.ts';

/**
 * Refuses a REST API that has a resource policy, a route table and a results cache: where a cached response is about
 * another route, API Gateway takes its silence for consent, if the resource policy allows the caller.
 *
 * Does NOT see the policy of an API that another application makes, nor one in a definition that is in a bucket.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
 */
export function refuseResourcePolicy(what: string, api: AttachedApi): string[] {
  const resource = findRestApi(api);
  if (!resource || !hasResourcePolicy(resource)) return [];
  return [
    `${what}: there are "routes" and "resultsCacheTtl", and the REST API "${api.name}" has a resource policy, which can allow what a cached response does not name; leave "resultsCacheTtl" out, or remove the resource policy.`,
  ];
}

function hasResourcePolicy(api: CfnRestApi): boolean {
  const stack = Stack.of(api);
  const body: unknown = stack.resolve(propertyOf(api, 'Body'));
  const isInBody = typeof body === 'object' && body !== null && 'x-amazon-apigateway-policy' in body;
  return isInBody || stack.resolve(propertyOf(api, 'Policy')) !== undefined;
}
