import { Stack } from 'aws-cdk-lib';
import type { CfnRestApi } from 'aws-cdk-lib/aws-apigateway';
import { ApiKeySourceType } from 'aws-cdk-lib/aws-apigateway';
import type { AttachedApi } from './api-route.ts';
import { findRestApi } from './find-rest-api.ts';
import { propertyOf } from './property-of.ts';

/**
 * Refuses a REST API that takes the API keys of usage plans from a header, if the authorizer is to give them.
 *
 * Does NOT see the key source of an API that another application makes, nor one in a definition that is in a bucket.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-key-source.html
 */
export function refuseHeaderKeySource(what: string, api: AttachedApi): string[] {
  const resource = findRestApi(api);
  if (!resource || keySourceOf(resource) !== ApiKeySourceType.HEADER) return [];
  return [
    `${what}: option "usageIdentifierKeyClaim" does nothing at the REST API "${api.name}", which takes API keys from the header x-api-key; give that API apiKeySourceType: ApiKeySourceType.AUTHORIZER, or leave the option out.`,
  ];
}

function keySourceOf(api: CfnRestApi): unknown {
  const stack = Stack.of(api);
  const { apiKeySourceType, body, bodyS3Location }: { readonly [name: string]: unknown } = stack.resolve({
    apiKeySourceType: propertyOf(api, 'ApiKeySourceType'),
    body: propertyOf(api, 'Body'),
    bodyS3Location: api.bodyS3Location,
  });
  if (apiKeySourceType !== undefined) return apiKeySourceType;
  if (typeof body !== 'object' || body === null)
    return bodyS3Location === undefined ? ApiKeySourceType.HEADER : undefined;
  if ('x-amazon-apigateway-api-key-source' in body) return body['x-amazon-apigateway-api-key-source'];
  // A template of its own (Fn::Transform) holds what is not known here.
  return Object.keys(body).some((name) => name.startsWith('Fn::')) ? undefined : ApiKeySourceType.HEADER;
}
