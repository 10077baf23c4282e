import type { Grants, GroupGrants } from './compile-policy.ts';
import { ANY_RUN, render } from './glob.ts';
import { VERBS } from './parse-route.ts';

/** Up to so many bytes a policy says what is allowed. */
export const LARGE_POLICY_BYTES = 3000;

/** Every path with every verb that rules know. */
export const ALL_PATHS: readonly string[] = VERBS.map((verb) => render([verb, ANY_RUN])).sort();

/** What a resource takes in a policy besides itself: the ARN of the stage, two quotes and a comma. */
export function resourceBytes(resources: readonly string[], stageArnChars: number): number {
  return resources.reduce((sum, resource) => sum + stageArnChars + resource.length + 3, 0);
}

/**
 * Joins what a token may call of each group of routes. A large policy is turned round if that makes it shorter: everything is
 * allowed, but what the token may not call.
 *
 * @param stageArnChars  how long the ARN of the stage is
 * @returns resources in the order of their letters, so that equal permissions are equal bytes
 */
export function joinGrants(parts: readonly GroupGrants[], stageArnChars: number): Grants {
  const sorted = (resources: readonly string[]) => [...new Set(resources)].sort();
  const bytes = ({ allow, deny }: Grants) => resourceBytes([...allow, ...deny], stageArnChars);
  const narrow = {
    allow: sorted(parts.flatMap(({ allow }) => allow)),
    deny: sorted(parts.flatMap(({ deny }) => deny)),
  };
  if (bytes(narrow) <= LARGE_POLICY_BYTES || parts.some(({ complement }) => !complement)) return narrow;
  const turned = { allow: ALL_PATHS, deny: sorted(parts.flatMap(({ complement }) => complement ?? [])) };
  return bytes(turned) < bytes(narrow) ? turned : narrow;
}
