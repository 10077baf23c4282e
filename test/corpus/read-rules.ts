// What a route table means, and what IAM makes of a policy: both by the words of the documentation, with regular
// expressions and without any code of the product.
import type { ClaimCondition, RouteRule, RouteTable } from '../../lambda/route-table.ts';

/** API Gateway knows no others: of them no rule is about anything. */
export const VERBS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

export interface Reading {
  readonly rule: RouteRule | undefined;
  readonly isPermitted: boolean;
}

/** Reads the rules for one request. */
export function readRules(
  { rules }: RouteTable,
  api: 'rest' | 'http',
  claims: Readonly<Record<string, unknown>>,
  method: string,
  sentPath: string,
  now: number,
): Reading {
  const path = api === 'rest' ? sentPath.replace(/(?<=[^/])\/$/s, '') : sentPath;
  const rule = mostSpecific(rules, api, method, path);
  return { rule, isPermitted: rule !== undefined && (rule.logOnly || isMet(rule, claims, path, now)) };
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
    const expression = parts.map((part) =>
      isGreedy(part) ? '.+' : isVariable(part) ? '[^/]+' : literally(part),
    );
    if (!new RegExp(`^${expression.join('/')}$`, 's').test(path)) continue;
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

/** IAM: no Deny matches and an Allow does; `*` is any characters, `?` one. */
export function isAllowedByIam(
  { allow, deny }: { readonly allow: readonly string[]; readonly deny: readonly string[] },
  resource: string,
): boolean {
  const isMatch = (pattern: string) => {
    const expression = literally(pattern).replaceAll('\\*', '.*').replaceAll('\\?', '.');
    return new RegExp(`^${expression}$`, 's').test(resource);
  };
  return !deny.some(isMatch) && allow.some(isMatch);
}
