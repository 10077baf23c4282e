import type { RouteRule, RouteTable } from '../lambda/route-table.ts';
import { worstCasePolicyBytes } from '../lambda/route-table.ts';
import type { ApiKind } from './api-route.ts';

/** All that an authorizer answers, and one resource in it. */
const MAX_ANSWER_BYTES = 8192;
/** For the principal and the context, which stand in the answer beside the policy. */
const CONTEXT_BYTES = 2048;
const MAX_RESOURCE_CHARS = 512;
/** `arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:a1b2c3d4e5/` and a stage of a common length. */
const STAGE_ARN_CHARS = 96;
/** For finding the largest in a table of many: beyond that, it takes too long. */
const MAX_FAMILIES = 60;

/**
 * Checks that no token can get a policy that API Gateway would not take.
 *
 * @param what   whose table it is, as the reader wrote it: `RevocableAuthorizer "Authorizer"`
 * @param kinds  of the APIs that are answered by a policy
 * @returns a sentence for each problem
 */
export function checkPolicySize(what: string, table: RouteTable, kinds: readonly ApiKind[]): string[] {
  const tooLong = table.rules
    .filter(({ route }) => STAGE_ARN_CHARS + route.length > MAX_RESOURCE_CHARS)
    .map(
      ({ route }) =>
        `${what}: option "routes" has the route "${route}", which takes ${route.length} characters; API Gateway allows ${MAX_RESOURCE_CHARS} for it with the ARN of the stage, so write a broader one, such as "ANY /admin/{proxy+}".`,
    );
  if (kinds.length === 0 || table.exact) return tooLong;
  const bytes = worstCasePolicyBytes(table, kinds, STAGE_ARN_CHARS);
  if (bytes <= MAX_ANSWER_BYTES - CONTEXT_BYTES) return tooLong;
  return [
    ...tooLong,
    `${what}: option "routes" gives some tokens a policy of up to ${bytes} bytes, and API Gateway takes an answer of ${MAX_ANSWER_BYTES}, of which ${CONTEXT_BYTES} are kept for the context. The most of it is of ${largest(table, kinds, bytes).join('; ')}. Put routes with equal conditions under one prefix, such as "ANY /orders/{proxy+}", or give exactRoutes: true, which goes without "resultsCacheTtl".`,
  ];
}

/** Rules with equal conditions grow together. */
function largest(table: RouteTable, kinds: readonly ApiKind[], bytes: number): string[] {
  const families = new Map<string, RouteRule[]>();
  for (const rule of table.rules) {
    const { route: _, ...conditions } = rule;
    const key = JSON.stringify(conditions);
    families.set(key, [...(families.get(key) ?? []), rule]);
  }
  return [...families.values()]
    .sort((a, b) => b.length - a.length)
    .slice(0, MAX_FAMILIES)
    .map((family) => {
      const rules = table.rules.filter((rule) => !family.includes(rule));
      const without =
        rules.length === 0 ? 0 : worstCasePolicyBytes({ ...table, rules }, kinds, STAGE_ARN_CHARS);
      return { family, saved: bytes - without };
    })
    .sort((a, b) => b.saved - a.saved)
    .slice(0, 3)
    .map(({ family, saved }) => {
      const others = family.length > 1 ? ` and ${family.length - 1} with the same conditions` : '';
      return `"${family[0]?.route}"${others} (${saved} bytes)`;
    });
}
