import * as v from 'valibot';
import type { Lookup } from './resolve-intrinsics.ts';
import type { Template } from './template.ts';

/**
 * Lists the resources of a type, parsed, with every intrinsic function replaced by its local value.
 *
 * @param owner properties that a resource must have to be listed, such as the id of its API
 * @throws {Error} one sentence when a resource does not fit the schema
 */
export function templateParts<S extends v.GenericSchema>(
  { template, lookup }: { readonly template: Template; readonly lookup: Lookup },
  type: string,
  schema: S,
  owner: Readonly<Record<string, string>> = {},
): readonly (v.InferOutput<S> & { readonly logicalId: string })[] {
  return template.resources(type).flatMap((resource) => {
    const { logicalId } = resource;
    const properties = template.properties(resource, lookup);
    if (Object.entries(owner).some(([name, value]) => properties[name] !== value)) return [];
    const parsed = v.safeParse(schema, properties);
    if (parsed.success) return [{ ...(parsed.output as object), logicalId } as never];
    const [issue] = parsed.issues;
    const place = v.getDotPath(issue as v.BaseIssue<unknown> & { path: undefined });
    throw new Error(
      `${type} ${logicalId}: ${place ?? 'its properties'} is ${issue.received}; the local gateway knows ${issue.expected}.`,
    );
  });
}
