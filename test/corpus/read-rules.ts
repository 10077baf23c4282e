// What a route table means, and what IAM makes of a policy: both by the words of the documentation, with regular
// expressions and without any code of the product.
import type { ClaimCondition, RouteRule, RouteTable } from '../../lambda/route-table.ts';

/** API Gateway knows no others: of them no rule is about anything. */
export const VERBS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

export interface Reading {
  readonly rule: RouteRule | undefined;
  readonly isPermitted: boolean;
}

/**
 * Reads the rules for one request: every way to read its path has to be permitted, of those that fit the route that API
 * Gateway chose; and if the rule is about paths that the chosen route has not, and the other way round, the most
 * specific of the other rules has to permit the request, too.
 */
export function readRules(
  table: RouteTable,
  api: 'rest' | 'http',
  claims: Readonly<Record<string, unknown>>,
  method: string,
  sentPath: string,
  now: number,
  chosen?: string,
): Reading {
  if (isTreacherous(sentPath)) return { rule: undefined, isPermitted: false };
  const decoded =
    api === 'http'
      ? decodeOnce(sentPath, /(%[0-9a-f]{2})+/gi)
      : decodeOnce(sentPath, /%(2d|2e|5f|7e|3[0-9]|[46][1-9a-f]|[57][0-9a])/gi);
  const cut = api === 'http' && chosen !== undefined ? [decoded.replace(/[?#].*$/s, '')] : [];
  const readings = [...new Set([sentPath, decoded, ...cut])]
    .map((path) => (api === 'rest' ? path.replace(/(?<=[^/])\/$/s, '') : path))
    .filter((path) => chosen === undefined || chosen === '$default' || isCovered(chosen, path))
    .flatMap((path) => {
      const reading = (rules: readonly RouteRule[]) => {
        const rule = mostSpecific(rules, api, method, path);
        const isPermitted = rule !== undefined && (rule.logOnly || isMet(rule, table, claims, path, now));
        return { rule, isPermitted };
      };
      const isNear = ({ route }: RouteRule) =>
        chosen === undefined || covers(route, chosen) || covers(chosen, route);
      const first = reading(table.rules);
      return first.rule && !isNear(first.rule) ? [first, reading(table.rules.filter(isNear))] : [first];
    });
  return {
    rule: readings[0]?.rule,
    isPermitted: readings.length > 0 && readings.every(({ isPermitted }) => isPermitted),
  };
}

/** A server could leave the place that the path names. */
function isTreacherous(sent: string): boolean {
  let path = sent;
  for (let before = ''; before !== path; ) {
    before = path;
    path = decodeOnce(path, /%[0-7][0-9a-f]/gi);
  }
  const places = path.replaceAll('\\', '/').split('/');
  return places.some((place, at) => {
    const [name = ''] = place.split(';');
    const [shown = ''] = name.replaceAll(/[\0-\x20\x7f]/g, '').split(/[?#]/);
    return ['.', '..'].includes(shown) || (name === '' && (at < places.length - 1 || place !== ''));
  });
}

function decodeOnce(path: string, codes: RegExp): string {
  return path.replace(codes, (code) => {
    try {
      return decodeURIComponent(code);
    } catch {
      return code.replace(/%[0-7]./g, decodeURIComponent);
    }
  });
}

function isCovered(route: string, path: string): boolean {
  const parts = (route.split(' /')[1] ?? '').split('/');
  const expression = parts.map((part) =>
    isGreedy(part) ? '.+' : isVariable(part) ? '[^/]+' : literally(part),
  );
  return new RegExp(`^${expression.join('/')}$`, 's').test(path);
}

/** Whether one route has the paths of another, tried with names that no route has. */
function covers(route: string, other: string): boolean {
  if (route === '$default' || other === '$default') return route === '$default';
  const template = other.split(' /')[1] ?? '';
  return ['§', '§/§'].every((rest) =>
    isCovered(route, template.replace(/\{[^}]+\+\}/, rest).replace(/\{[^}]+\}/g, '§')),
  );
}

/** The most specific rule, as the guide of API Gateway tells it. */
function mostSpecific(
  rules: readonly RouteRule[],
  api: 'rest' | 'http',
  method: string,
  path: string,
): RouteRule | undefined {
  let best: { rule: RouteRule; rank: string } | undefined;
  if (!VERBS.includes(method)) return undefined;
  for (const rule of rules) {
    const [verb = '', template] = rule.route.split(' /');
    if (template === undefined || (verb !== 'ANY' && verb !== method)) continue;
    const parts = template.split('/');
    if (!isCovered(rule.route, path)) continue;
    const ranks = parts.map((part) => (isGreedy(part) ? 'c' : isVariable(part) ? 'b' : 'a')).join('');
    const rank = `${api === 'http' && ranks.endsWith('c') ? 1 : 0}${ranks}~${verb === 'ANY' ? 1 : 0}`;
    if (best === undefined || rank < best.rank) best = { rule, rank };
  }
  return best?.rule ?? (api === 'http' ? rules.find(({ route }) => route === '$default') : undefined);
}

const isVariable = (part: string) => part.startsWith('{');
const isGreedy = (part: string) => part.endsWith('+}');
const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

function isMet(
  rule: RouteRule,
  table: RouteTable,
  claims: Readonly<Record<string, unknown>>,
  path: string,
  now: number,
): boolean {
  const words = (value: unknown, between = ' ') =>
    typeof value === 'string' ? value.split(between) : ((value ?? []) as unknown[]);
  const scopes = words(claims['scope'] ?? claims['scp']);
  const groups = words(claims['groups'], ', ');
  const methods = (claims['amr'] ?? []) as unknown[];
  const sent = path.split('/');
  const template = rule.route.split(' /')[1]?.split('/') ?? [];
  return [
    rule.nobody !== true,
    (rule.issuers ?? (rule.anyone ? undefined : table.issuers))?.some((each) => each === claims['iss']),
    rule.scopes?.every((scope) => scopes.includes(scope)),
    rule.anyScope?.some((scope) => scopes.includes(scope)),
    rule.groups?.every((group) => groups.includes(group)),
    rule.anyGroup?.some((group) => groups.includes(group)),
    rule.claims && Object.entries(rule.claims).every(([name, condition]) => holds(condition, claims[name])),
    rule.acr?.some((each) => each === claims['acr']),
    rule.amr?.every((each) => methods.includes(each)),
    rule.maxAuthAgeSeconds === undefined || now - Number(claims['auth_time']) <= rule.maxAuthAgeSeconds,
    rule.notBefore === undefined || now >= rule.notBefore,
    rule.notAfter === undefined || now <= rule.notAfter,
    rule.subjects?.some((each) => each === claims['sub']),
    Object.entries(rule.pathClaims ?? {}).every(([variable, claim]) => {
      const value = sent[template.indexOf(`{${variable}}`)];
      return /^[a-z]+$/.test(String(claims[claim])) && value === claims[claim];
    }),
  ].every((each) => each !== false);
}

function holds({ equals, oneOf }: ClaimCondition, value: unknown): boolean {
  if (value === undefined) return false;
  return (equals === undefined || equals === value) && (oneOf?.some((each) => each === value) ?? true);
}

/** IAM: no Deny matches and an Allow does; `*` is any characters, `?` one; `${*}`, `${?}` and `${$}` are these themselves. */
export function isAllowedByIam(
  { allow, deny }: { readonly allow: readonly string[]; readonly deny: readonly string[] },
  resource: string,
): boolean {
  const isMatch = (pattern: string) => {
    const expression = pattern.replace(/\$\{([*?$])\}|[\s\S]/g, (part, escaped?: string) => {
      if (escaped !== undefined) return literally(escaped);
      return { '*': '.*', '?': '.' }[part] ?? literally(part);
    });
    return new RegExp(`^${expression}$`, 's').test(resource);
  };
  return !deny.some(isMatch) && allow.some(isMatch);
}
