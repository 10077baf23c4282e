import type { MethodArn } from './parse-method-arn.ts';

/** API Gateway accepts a longer resource in no policy. */
const MAX_RESOURCE_CHARS = 512;

/**
 * Writes the requested method and path as the resource of a policy, so that the policy is about this request alone:
 * characters that IAM reads as more than text become its own escapes `${*}`, `${?}` and `${$}`.
 *
 * @returns what follows the ARN of the stage; undefined if the whole ARN is too long for a resource
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function nameResource(arn: MethodArn): string | undefined {
  const { resource } = arn;
  // AWS wrote these two; a `$` without a brace is text.
  const isFixed = resource === '$connect' || resource === '$default';
  const escaped = isFixed ? resource : resource.replace(/[*?$]/g, (character) => `\${${character}}`);
  return stageArnOf(arn).length + escaped.length > MAX_RESOURCE_CHARS ? undefined : escaped;
}

/** Writes what stands before method and path, of the parts that AWS fixes. */
export function stageArnOf({ partition, region, accountId, apiId, stage }: MethodArn): string {
  return `arn:${partition}:execute-api:${region}:${accountId}:${apiId}/${stage}/`;
}
