import { Token } from 'aws-cdk-lib';
import type { IResource } from 'aws-cdk-lib/aws-apigateway';
import { CfnResource } from 'aws-cdk-lib/aws-apigateway';
import type { Construct, IConstruct } from 'constructs';
import { identifyResource } from './identify-resource.ts';

/**
 * Finds the path of a resource of a REST API in the whole application.
 *
 * @param api  the API, as `identifyResource` gives it
 * @param id   of the resource, likewise
 * @returns `/orders/{id}`; undefined where some part of it is not in this application
 */
export function findResourcePath(root: Construct, api: string, id: string): string | undefined {
  const constructs = root.node.findAll();
  const known = constructs.find(
    (each) =>
      isResource(each) &&
      identifyResource(each, each.resourceId) === id &&
      identifyResource(each, each.api.restApiId) === api,
  );
  if (isResource(known)) return known.path;
  const made = constructs.find(
    (each): each is CfnResource =>
      CfnResource.isCfnResource(each) &&
      identifyResource(each, each.ref) === id &&
      identifyResource(each, each.restApiId) === api,
  );
  if (made === undefined || Token.isUnresolved(made.pathPart)) return undefined;
  const parent = findResourcePath(root, api, identifyResource(made, made.parentId));
  return parent === undefined ? undefined : `${parent === '/' ? '' : parent}/${made.pathPart}`;
}

/** By shape: an application may have a second copy of aws-cdk-lib. */
function isResource(
  construct: unknown,
): construct is IConstruct & Pick<IResource, 'path' | 'resourceId' | 'api'> {
  return (
    typeof construct === 'object' &&
    construct !== null &&
    'resourceId' in construct &&
    typeof construct.resourceId === 'string' &&
    'path' in construct &&
    typeof construct.path === 'string' &&
    'api' in construct &&
    typeof construct.api === 'object'
  );
}
