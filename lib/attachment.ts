import type { Duration } from 'aws-cdk-lib';
import { Arn, ArnFormat, Stack } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { DenialDetail, HttpApiAnswer } from '../lambda/environment.ts';
import type { AttachedApis } from './attached-apis.ts';
import type { IdentitySource } from './identity-source.ts';
import type { ResultsCacheRegistry } from './results-cache-registry.ts';

/** What an API has to know of the authorizer to be attached to it. */
export interface Attachment {
  readonly handler: IFunction;
  readonly identitySources: readonly IdentitySource[];
  readonly resultsCacheTtl: Duration;
  /** What the function answers an HTTP API with payload 2.0. */
  readonly httpApiAnswer: HttpApiAnswer;
  /** What the function tells of a refusal. */
  readonly denialDetail: DenialDetail;
  /** Another one deploys the REST APIs anew. */
  readonly redeployKey?: string | undefined;
  /** Where to note the APIs whose caches have to be flushed. */
  readonly registry?: ResultsCacheRegistry | undefined;
  /** Where to note the APIs whose routes are compared with the route table. */
  readonly apis: AttachedApis;
}

/** Writes how API Gateway calls a function. */
export function invocationUri(functionArn: string): string {
  const { partition, region } = Arn.split(functionArn, ArnFormat.COLON_RESOURCE_NAME);
  return `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
}

/** Lets API Gateway invoke the function for one authorizer of one API, and for nothing else. */
export function permitInvocation(
  scope: Construct,
  { handler }: Attachment,
  apiId: string,
  authorizerId: string,
): void {
  new CfnPermission(scope, 'Permission', {
    action: 'lambda:InvokeFunction',
    functionName: handler.functionArn,
    principal: 'apigateway.amazonaws.com',
    sourceArn: Stack.of(scope).formatArn({
      service: 'execute-api',
      resource: apiId,
      resourceName: `authorizers/${authorizerId}`,
    }),
  });
}
