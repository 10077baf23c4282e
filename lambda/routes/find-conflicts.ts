import type { RoutePattern } from './parse-route.ts';
import { isGreedy, isVariable, parseRoute } from './parse-route.ts';

/** Finds routes that are none, rules for one and the same route, and rules that can never decide. */
export function findConflicts(rules: readonly { readonly route: string }[]): string[] {
  const parsed = rules.map(({ route }) => ({ route, pattern: parseRoute(route) }));
  const found: string[] = [];
  for (const [index, { route, pattern }] of parsed.entries()) {
    if (pattern === undefined) {
      found.push(
        `"${route}" is no route; give a verb or ANY, one space and a path, such as "GET /orders/{id}", or "$connect", or "$default".`,
      );
      continue;
    }
    const twin = parsed.slice(0, index).find((other) => other.pattern && isSame(other.pattern, pattern));
    if (twin !== undefined) {
      found.push(
        `"${twin.route}" and "${route}" are the same route for API Gateway, so one of them can never decide; remove one.`,
      );
      continue;
    }
    if (pattern.isAny && !pattern.isRest && isUsedUp(pattern, parsed)) {
      found.push(`"${route}" can never decide, because every verb of its path has a rule; remove it.`);
    }
  }
  return found;
}

type Parsed = readonly { readonly pattern: RoutePattern | undefined }[];

function isSame(a: RoutePattern, b: RoutePattern): boolean {
  return a.isRest === b.isRest && a.isAny === b.isAny && a.methods[0] === b.methods[0] && isSamePath(a, b);
}

function isSamePath(a: RoutePattern, b: RoutePattern): boolean {
  return shapeOf(a) === shapeOf(b);
}

/** Names of variables do not tell routes apart. */
function shapeOf({ segments }: RoutePattern): string {
  return segments
    .map((segment) => (isGreedy(segment) ? '{+}' : isVariable(segment) ? '{}' : segment))
    .join('/');
}

function isUsedUp(any: RoutePattern, parsed: Parsed): boolean {
  return any.methods.every((method) =>
    parsed.some(
      ({ pattern }) => pattern?.methods[0] === method && !pattern.isAny && isSamePath(pattern, any),
    ),
  );
}
