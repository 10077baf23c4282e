import { CfnRestApi } from 'aws-cdk-lib/aws-apigateway';
import type { AttachedApi } from './api-route.ts';
import { identifyResource } from './identify-resource.ts';

/** Finds the resource of a REST API in the application; undefined: another one makes it, or it is of another kind. */
export function findRestApi({ kind, api, apiId }: AttachedApi): CfnRestApi | undefined {
  if (kind !== 'rest') return undefined;
  const id = identifyResource(api, apiId);
  return api.node.root.node
    .findAll()
    .filter(CfnRestApi.isCfnRestApi)
    .find((each) => identifyResource(each, each.ref) === id);
}
