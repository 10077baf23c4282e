import type { RoutePattern } from './parse-route.ts';
import { parseRoute, shapeOf } from './parse-route.ts';

/** Finds routes that are none, rules for one and the same route, and rules that can never decide. */
export function findConflicts(rules: readonly { readonly route: string }[]): string[] {
  const found: string[] = [];
  const routes = new Map<string, { readonly route: string; readonly pattern: RoutePattern }>();
  for (const { route } of rules) {
    const pattern = parseRoute(route);
    if (pattern === undefined) {
      found.push(
        `"${route}" is not a route; give a verb or ANY, one space and a path, such as "GET /orders/{id}", or "$connect", or "$default".`,
      );
      continue;
    }
    const key = keyOf(pattern.isAny ? 'ANY' : pattern.methods[0], pattern);
    const twin = routes.get(key);
    if (twin === undefined) routes.set(key, { route, pattern });
    else
      found.push(
        `"${twin.route}" and "${route}" are the same route for API Gateway, so one of them can never decide; remove one.`,
      );
  }
  for (const { route, pattern } of routes.values()) {
    if (!pattern.isAny || pattern.isDefault) continue;
    if (pattern.methods.every((method) => routes.has(keyOf(method, pattern))))
      found.push(`"${route}" can never decide, because every verb of its path has a rule; remove it.`);
  }
  return found;
}

function keyOf(method: string | undefined, pattern: RoutePattern): string {
  return `${method} ${shapeOf(pattern)}`;
}
