import { Token } from 'aws-cdk-lib';
import type { IResource } from 'aws-cdk-lib/aws-apigateway';
import { CfnResource } from 'aws-cdk-lib/aws-apigateway';
import type { Construct, IConstruct } from 'constructs';
import { identifyResource } from './identify-resource.ts';

/**
 * Reads the paths of the resources of a REST API in the whole application.
 *
 * @param api  the API, as `identifyResource` gives it
 * @returns the path of a resource, by its id, likewise: `/orders/{id}`; undefined where some part of it is not in this
 *   application
 */
export function readResourcePaths(root: Construct, api: string): (id: string) => string | undefined {
  const paths = new Map<string, string>();
  const parts = new Map<string, { readonly parent: string; readonly pathPart: string }>();
  for (const each of root.node.findAll()) {
    if (isResource(each) && identifyResource(each, each.api.restApiId) === api)
      paths.set(identifyResource(each, each.resourceId), each.path);
    if (CfnResource.isCfnResource(each) && identifyResource(each, each.restApiId) === api) {
      const { pathPart, parentId, ref } = each;
      if (!Token.isUnresolved(pathPart))
        parts.set(identifyResource(each, ref), { parent: identifyResource(each, parentId), pathPart });
    }
  }
  const pathOf = (id: string): string | undefined => {
    const made = parts.get(id);
    const known = paths.get(id);
    if (known !== undefined || made === undefined) return known;
    const parent = pathOf(made.parent);
    return parent === undefined ? undefined : `${parent === '/' ? '' : parent}/${made.pathPart}`;
  };
  return pathOf;
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
