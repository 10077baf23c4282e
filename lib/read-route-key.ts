import { showValue } from './show-value.ts';

/** What a rule is about: a verb and a path, or a route that has neither. */
export type RouteKey =
  | { readonly kind: 'path'; readonly method: string; readonly segments: readonly string[] }
  | { readonly kind: 'special'; readonly name: '$connect' | '$default' };

export const VERBS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;

const FORM = `a verb (${VERBS.join(', ')}) or ANY, one space, and a path, such as "GET /orders/{id}" or "ANY /admin/{proxy+}"; or "$connect", or "$default"`;
const LITERAL = /^[A-Za-z0-9._~:@!+,;=-]+$/;
const VARIABLE = /^\{([A-Za-z0-9._-]+)(\+?)\}$/;

/**
 * Reads the key of a rule of a route table, as API Gateway writes routes.
 *
 * @param option  whose key it is, as the reader wrote it: `RevocableAuthorizer "Authorizer": option "routes"`
 * @throws {Error} it is no route key; the message says what is wrong with it
 */
export function readRouteKey(option: string, key: string): RouteKey {
  if (key === '$connect' || key === '$default') return { kind: 'special', name: key };
  const refuse = (problem: string): never => {
    throw new Error(`${option} has the route ${showValue(key)}, ${problem}; give ${FORM}.`);
  };
  const [, method = '', path = ''] = /^(\S+) (\S+)$/.exec(key) ?? refuse('which is no route key');
  if (method !== 'ANY' && !VERBS.some((verb) => verb === method))
    refuse(`whose verb is ${showValue(method)}`);
  if (!path.startsWith('/')) refuse('whose path does not begin with "/"');
  if (path !== '/' && path.endsWith('/')) refuse('whose path ends with "/"');
  const segments = path === '/' ? [] : path.slice(1).split('/');
  for (const [index, segment] of segments.entries()) {
    if (segment === '') refuse('whose path has an empty part');
    const variable = VARIABLE.exec(segment);
    if (variable === null && !LITERAL.test(segment)) {
      refuse(
        `whose part ${showValue(segment)} is neither a {variable} nor made of letters, digits and . _ ~ : @ ! + , ; = -`,
      );
    }
    if (variable?.[2] === '+' && index < segments.length - 1) {
      refuse(`whose ${segment} is not at the end, where alone it can stand for several parts`);
    }
  }
  const names = variablesOf(segments);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) refuse(`which has the variable {${twice}} twice`);
  return { kind: 'path', method, segments };
}

/** The names of the variables of a path, `proxy` for `{proxy+}`. */
export function variablesOf(segments: readonly string[]): string[] {
  return segments.flatMap((segment) => VARIABLE.exec(segment)?.[1] ?? []);
}
