import type { RoutePattern } from '../lambda/route-table.ts';
import { isGreedy, isVariable, nameOf, parseRoute, VERBS } from '../lambda/route-table.ts';
import { showValue } from './show-value.ts';

const FORM = `a verb (${VERBS.join(', ')}) or ANY, one space, and a path, such as "GET /orders/{id}" or "ANY /admin/{proxy+}"; or "$connect", or "$default"`;

/**
 * Reads the key of a rule of a route table, as API Gateway writes routes.
 *
 * @param option  whose key it is, as the reader wrote it: `RevocableAuthorizer "Authorizer": option "routes"`
 * @throws {Error} it is no route key; the message says what is wrong with it
 */
export function readRouteKey(option: string, key: string): RoutePattern {
  const pattern = parseRoute(key);
  const names = pattern === undefined ? [] : variablesOf(pattern);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (pattern !== undefined && twice === undefined) return pattern;
  const problem = twice === undefined ? problemOf(key) : `which has the variable {${twice}} twice`;
  throw new Error(`${option} has the route ${showValue(key)}, ${problem}; give ${FORM}.`);
}

/** The names of the variables of a path, `proxy` for `{proxy+}`. */
export function variablesOf({ segments, isDefault }: RoutePattern): string[] {
  return isDefault ? [] : segments.filter(isVariable).map(nameOf);
}

/** Says why a text is no route. That it is none was found by `parseRoute`. */
function problemOf(key: string): string {
  const [, method = '', path = ''] = /^(\S+) (\S+)$/.exec(key) ?? [];
  if (path === '') return 'which is no route key';
  if (parseRoute(`${method} /`) === undefined) return `whose verb is ${showValue(method)}`;
  if (!path.startsWith('/')) return 'whose path does not begin with "/"';
  if (path.endsWith('/')) return 'whose path ends with "/"';
  const segments = path.slice(1).split('/');
  if (segments.includes('')) return 'whose path has an empty part';
  const wrong = segments.find((segment) => parseRoute(`GET /${segment}`) === undefined);
  if (wrong !== undefined && /^(\.|\.\.|)(;|$)/.test(wrong)) {
    return `whose part ${showValue(wrong)} matches no request, because a server may read it as another path`;
  }
  if (wrong !== undefined) {
    return `whose part ${showValue(wrong)} is neither a {variable} nor made of letters, digits and . _ ~ : @ ! + , ; = -`;
  }
  return `whose ${segments.find(isGreedy)} is not at the end, where alone it can stand for several parts`;
}
