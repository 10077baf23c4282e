import type { RoutedApi, RouteRule, RouteTable } from '../lambda/route-table.ts';
import { MAX_BOUND_CHARS, parseRoute, worstCasePolicyBytes } from '../lambda/route-table.ts';

/** All that an authorizer answers, and one resource in it. */
const MAX_ANSWER_BYTES = 8192;
/** For the principal and the context, which stand in the answer beside the policy. */
const CONTEXT_BYTES = 2048;
const MAX_RESOURCE_CHARS = 512;

/**
 * Checks that no token can get a policy that API Gateway would not take.
 *
 * @param what   whose table it is, as the reader wrote it: `RevocableAuthorizer "Authorizer"`
 * @param kinds  of the APIs that are answered by a policy; none: nothing is checked
 * @param stageArnChars  how long the ARN of a stage is, at most; see `stageArnChars`
 * @returns a sentence for each problem
 */
export function checkPolicySize(
  what: string,
  table: RouteTable,
  kinds: readonly RoutedApi[],
  stageArnChars: number,
): string[] {
  if (kinds.length === 0) return [];
  const tooLong = table.rules
    .filter((rule) => stageArnChars + charsOf(rule) > MAX_RESOURCE_CHARS)
    .map((rule) => {
      const bound = rule.pathClaims ? `, ${MAX_BOUND_CHARS} of them for its "pathClaims"` : '';
      return `${what}: option "routes" has the route "${rule.route}", which takes ${charsOf(rule)} characters${bound}; API Gateway allows ${MAX_RESOURCE_CHARS} for it with the ARN of the stage, so write a broader one, such as "ANY /admin/{proxy+}".`;
    });
  if (table.exact) return tooLong;
  const bytes = worstCasePolicyBytes(table, kinds, stageArnChars);
  if (bytes <= MAX_ANSWER_BYTES - CONTEXT_BYTES) return tooLong;
  return [
    ...tooLong,
    `${what}: option "routes" gives some tokens a policy of up to ${bytes} bytes, and API Gateway takes an answer of ${MAX_ANSWER_BYTES}, of which ${CONTEXT_BYTES} are kept for the context. The most of it is of ${largest(table, stageArnChars).join('; ')}. Put routes with equal conditions under one prefix, such as "ANY /orders/{proxy+}", or give exactRoutes: true, by which answers are about one route each.`,
  ];
}

/** Of one resource, in place of whose bound variables the claims of the token stand. */
function charsOf({ route, pathClaims = {} }: RouteRule): number {
  const variables = Object.keys(pathClaims).map((variable) => `{${variable}}`);
  if (variables.length === 0) return route.length;
  return route.length - variables.join('').length + MAX_BOUND_CHARS;
}

/** Rules with equal conditions grow together: what they would take if each verb of each needed a resource. */
function largest(table: RouteTable, stageArnChars: number): string[] {
  const families = new Map<string, { first: RouteRule; count: number; chars: number }>();
  for (const rule of table.rules) {
    const { route, ...conditions } = rule;
    const key = JSON.stringify(conditions);
    const { first, count, chars } = families.get(key) ?? { first: rule, count: 0, chars: 0 };
    const verbs = parseRoute(route)?.methods.length ?? 1;
    families.set(key, { first, count: count + 1, chars: chars + verbs * (stageArnChars + route.length) });
  }
  return [...families.values()]
    .sort((a, b) => b.chars - a.chars)
    .slice(0, 3)
    .map(({ first, count }) => {
      const others = count > 1 ? ` and ${count - 1} with the same conditions` : '';
      return `"${first.route}"${others}`;
    });
}
