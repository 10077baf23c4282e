import type { CfnResource } from 'aws-cdk-lib';

/** CDK keeps the overrides to itself. */
interface Overridden {
  readonly rawOverrides?: { readonly Properties?: Readonly<Record<string, unknown>> };
}

/**
 * Reads a property of a resource as the template will have it: what `addPropertyOverride` wrote comes before what the
 * construct has. Leaves tokens as they are.
 *
 * @param name  as CloudFormation writes it: `AuthorizationType`
 */
export function propertyOf(resource: CfnResource, name: string): unknown {
  const overrides = (resource as unknown as Overridden).rawOverrides?.Properties;
  if (overrides && name in overrides) return overrides[name];
  const attribute = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  return (resource as unknown as Readonly<Record<string, unknown>>)[attribute];
}
