import type { RouteRule, RouteTable } from '../lambda/route-table.ts';
import { issuersOf } from '../lambda/route-table.ts';

/** Says in words who may call what a rule is about; equal rules give equal words. */
export function describeAccess(rule: RouteRule, table: RouteTable): string {
  const { mode, groupsClaim } = table;
  const issuers = issuersOf(rule, table);
  if (rule.nobody) return describeNobody(mode);
  const words = rule.anyone
    ? 'every live token'
    : conditionsOf({ ...rule, ...(issuers && { issuers }) }, groupsClaim).join('; ');
  if (rule.anyone || (mode !== 'log-only' && !rule.logOnly)) return words;
  return `every live token, and the log says who is not: ${words}`;
}

/** Says who may call what no rule is about, or a rule for nobody. */
export function describeNobody(mode: RouteTable['mode']): string {
  return mode === 'log-only' ? 'every live token, and the log says so' : 'nobody';
}

function conditionsOf(rule: RouteRule, groupsClaim: string | undefined): string[] {
  const groups = groupsClaim === undefined ? '' : ` in ${groupsClaim}`;
  const parts = [
    oneOf('issuer', rule.issuers),
    allOf('scope', rule.scopes),
    oneOf('scope', rule.anyScope),
    allOf('group', rule.groups, groups),
    oneOf('group', rule.anyGroup, groups),
    ...sorted(rule.claims).flatMap(([name, condition]) => [
      condition.present && `claim ${name} present`,
      condition.equals !== undefined && `claim ${name} = ${JSON.stringify(condition.equals)}`,
      condition.oneOf &&
        `claim ${name} one of ${condition.oneOf.map((value) => JSON.stringify(value)).join(', ')}`,
      condition.contains !== undefined && `claim ${name} contains ${JSON.stringify(condition.contains)}`,
    ]),
    ...sorted(rule.pathClaims).map(([variable, claim]) => `{${variable}} = claim ${claim}`),
    oneOf('subject', rule.subjects),
    oneOf('acr', rule.acr),
    allOf('amr', rule.amr),
    rule.maxAuthAgeSeconds !== undefined && `signed in at most ${rule.maxAuthAgeSeconds} seconds ago`,
    rule.notBefore !== undefined && `from ${timeOf(rule.notBefore)}`,
    rule.notAfter !== undefined && `until ${timeOf(rule.notAfter)}`,
  ];
  return parts.filter((part) => typeof part === 'string');
}

function allOf(what: string, values: readonly string[] | undefined, where = ''): string | undefined {
  return values && `${what} ${[...values].sort().join(' and ')}${where}`;
}

function oneOf(what: string, values: readonly string[] | undefined, where = ''): string | undefined {
  return values && `${what} ${[...values].sort().join(' or ')}${where}`;
}

function sorted<T>(values: Readonly<Record<string, T>> = {}): [string, T][] {
  return Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
