// Random route tables, tokens and requests, an evaluator of IAM semantics that shares no code with the product, and the
// property that ties them together.
import type { CheckedClaims } from '../../lambda/authorizer/check-conditions.ts';
import type { GrantAccess } from '../../lambda/authorizer/grant-access.ts';
import { openRoutes } from '../../lambda/authorizer/grant-access.ts';
import type { RoutedApi } from '../../lambda/route-pattern.ts';
import type { RouteRule, RouteTable } from '../../lambda/route-table.ts';

const NOW = 1_800_000_000;
const SCOPES = ['a', 'b', 'c'];
const WORDS = ['orders', 'items', 'x', 'a', 'admin'];

export interface RouteReport {
  draws: number;
  requests: number;
  permitted: number;
  denied: number;
  unrouted: number;
  /** Requests that the rules permit and the policy of the whole stage cannot tell from denied ones. */
  refusedForSafety: number;
  violations: string[];
}

/** Draws tables, and for each a token and some requests; compares the policy with the reading of the rules. */
export function fuzzRoutes(draws: number, seed: number): RouteReport {
  const random = mulberry(seed);
  const report: RouteReport = {
    draws,
    requests: 0,
    permitted: 0,
    denied: 0,
    unrouted: 0,
    refusedForSafety: 0,
    violations: [],
  };
  for (let draw = 0; draw < draws && report.violations.length < 20; draw += 1) {
    const table = drawTable(random);
    const grant = openRoutes(table);
    const claims = drawClaims(random);
    const api: RoutedApi = random() < 0.5 ? 'rest' : 'http';
    for (let count = 0; count < 4; count += 1) compare(table, grant, claims, api, random, report);
  }
  return report;
}

function compare(
  table: RouteTable,
  grant: GrantAccess,
  claims: CheckedClaims,
  api: RoutedApi,
  random: () => number,
  report: RouteReport,
): void {
  const method = pick(random, ['GET', 'POST', 'DELETE', 'PUT', 'TRACE']);
  const path = drawPath(random, table);
  const rule = read(table.rules, api, method, path);
  const expected = rule !== undefined && (rule.logOnly === true || isMet(rule, claims, path));
  const { check, grants } = grant(claims, api, { method, path }, NOW);
  const resource = `${method}/${path}`;
  const tell = (what: string) =>
    report.violations.push(
      `${what}: ${api} ${resource} ${JSON.stringify({ table, claims: claims.all, grants, check, rule: rule?.route })}`,
    );

  report.requests += 1;
  if (rule === undefined) report.unrouted += 1;
  else if (expected) report.permitted += 1;
  else report.denied += 1;
  if ((check.denial === undefined || check.denial.isLogOnly) !== expected)
    tell('the reading of the rules differs');
  // The answer to the request itself. Text that could widen a resource gets into none, so such a path may be denied.
  const answered = isAllowedByIam(grants, resource);
  const isPlain = /^[A-Za-z0-9._~%/-]*$/.test(path);
  if (answered && !expected) tell('the answer allows what the rules deny');
  if (!answered && expected && isPlain) tell('the answer denies what the rules permit');
  if (rule === undefined) return;
  // The answer to another request of the same token, as a results cache would replay it.
  const other = drawRouted(random, table, api);
  if (other === undefined) return;
  const cached = grant(claims, api, other, NOW).grants;
  if (isAllowedByIam(cached, resource) && !expected)
    tell(`the answer to ${other.method}/${other.path} allows it`);
  const compiled = compiledOf(table, claims, api);
  if (!expected) {
    if (isAllowedByIam(compiled, resource)) tell('the compiled policy allows it');
  } else if (!isAllowedByIam(compiled, resource)) report.refusedForSafety += 1;
}

/** The policy of the whole stage: that for a request which nobody could mistake for one of a rule. */
function compiledOf(table: RouteTable, claims: CheckedClaims, api: RoutedApi) {
  return openRoutes(table)(claims, api, { method: 'TRACE', path: 'nobody' }, NOW).grants;
}

function drawRouted(random: () => number, table: RouteTable, api: RoutedApi) {
  for (let tries = 0; tries < 5; tries += 1) {
    const request = { method: pick(random, ['GET', 'POST', 'DELETE', 'PUT']), path: drawPath(random, table) };
    if (read(table.rules, api, request.method, request.path)) return request;
  }
  return undefined;
}

function drawTable(random: () => number): RouteTable {
  const rules = new Map<string, RouteRule>();
  const count = random() < 0.02 ? 25 : 1 + Math.floor(random() * 7);
  for (let index = 0; index < count; index += 1) {
    const [route, variables] = drawRoute(random);
    const shape = route.replace(/\{[^+}]+/g, '{');
    const roll = random();
    const conditions =
      roll < 0.15
        ? { anyone: true as const }
        : roll < 0.3 && variables.length > 0
          ? { pathClaims: { [pick(random, variables)]: 'sub' } }
          : { scopes: [pick(random, SCOPES)] };
    const tried = random() < 0.05 && !('anyone' in conditions) ? { logOnly: true as const } : {};
    if (!rules.has(shape)) rules.set(shape, { route, ...tried, ...conditions });
  }
  return { rules: [...rules.values()] };
}

function drawRoute(random: () => number): [string, string[]] {
  if (random() < 0.06) return ['$default', []];
  const method = pick(random, ['GET', 'POST', 'ANY', 'GET']);
  const depth = Math.floor(random() * 5);
  const variables: string[] = [];
  const segments = Array.from({ length: depth }, (_, at) => {
    const roll = random();
    if (at === depth - 1 && roll < 0.2) return '{proxy+}';
    if (roll > 0.55) return pick(random, WORDS);
    variables.push(`v${at}`);
    return `{v${at}}`;
  });
  return [`${method} /${segments.join('/')}`, variables];
}

function drawClaims(random: () => number): CheckedClaims {
  const scope = SCOPES.filter(() => random() < 0.5).join(' ');
  const sub = pick(random, [
    'alice',
    'alice',
    'orders',
    'items',
    '*',
    'a/b',
    'x?',
    `$${'{aws:x}'}`,
    'a:b',
    '\u0007',
    'é',
    '..',
  ]);
  return { subject: sub, all: { sub, scope }, issuer: { graceSeconds: 0 } };
}

function drawPath(random: () => number, table: RouteTable): string {
  const hostile = ['*', '?', 'a%2Fb', 'alice', 'bob', 'é', '', '%2A', '..', '{v0}', '$x', 'a:b', '?*', '.'];
  const segment = () => (random() < 0.6 ? pick(random, WORDS) : pick(random, hostile));
  const template = /\/(.*)$/.exec(pick(random, table.rules).route)?.[1];
  if (template === undefined || random() < 0.3) {
    return Array.from({ length: Math.floor(random() * 6) }, segment).join('/');
  }
  const filled = template.replace(
    /\{proxy\+\}/,
    () => `${pick(random, WORDS)}${random() < 0.5 ? `/${segment()}` : ''}`,
  );
  const path = filled.replace(/\{[^}]+\}/g, () => (random() < 0.4 ? 'alice' : segment()));
  const roll = random();
  if (roll < 0.1) return `${path}/`;
  return roll < 0.2 ? `${path}/${segment()}` : path;
}

/** The most specific rule, by the words of API Gateway's guide rather than by a sort of the product. */
function read(
  rules: readonly RouteRule[],
  api: RoutedApi,
  method: string,
  sentPath: string,
): RouteRule | undefined {
  const path = api === 'rest' ? sentPath.replace(/\/$/, '') : sentPath;
  if (!['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'].includes(method))
    return restRule(rules, api, method);
  const sent = path.split('/');
  let best: { rule: RouteRule; rank: string } | undefined;
  for (const rule of rules) {
    const [verb = '', template] = rule.route.split(' /');
    if (template === undefined || (verb !== 'ANY' && verb !== method)) continue;
    const expression = template
      .split('/')
      .map((part) => (part === '{proxy+}' ? '.+' : part.startsWith('{') ? '[^/]+' : part))
      .join('/');
    if (!new RegExp(`^${expression}$`, 's').test(sent.join('/'))) continue;
    const ranks = template
      .split('/')
      .map((part) => (part === '{proxy+}' ? 'c' : part.startsWith('{') ? 'b' : 'a'));
    const greedy = api === 'http' && ranks.includes('c') ? '1' : '0';
    const rank = `${greedy}${ranks.join('')}~${verb === 'ANY' ? '1' : '0'}`;
    if (best === undefined || rank < best.rank) best = { rule, rank };
  }
  return best?.rule ?? restRule(rules, api, 'GET');
}

function restRule(rules: readonly RouteRule[], api: RoutedApi, method: string): RouteRule | undefined {
  return api === 'http' && method === 'GET' ? rules.find(({ route }) => route === '$default') : undefined;
}

function isMet(rule: RouteRule, { all }: CheckedClaims, path: string): boolean {
  const scopes = String(all['scope']).split(' ');
  if (!(rule.scopes ?? []).every((scope) => scopes.includes(scope))) return false;
  const template = rule.route.split(' /')[1]?.split('/') ?? [];
  return Object.keys(rule.pathClaims ?? {}).every((variable) => {
    const sent: string = path.split('/')[template.indexOf(`{${variable}}`)] ?? '';
    return sent === all['sub'] && ['alice', 'orders', 'items'].includes(sent);
  });
}

/** IAM: no Deny matches and an Allow does; `*` is any characters, `?` one; by a regular expression, unlike the product. */
export function isAllowedByIam(
  { allow, deny }: { readonly allow: readonly string[]; readonly deny: readonly string[] },
  resource: string,
): boolean {
  const isMatch = (pattern: string) =>
    new RegExp(
      `^${pattern
        .replace(/[.+^${}()|[\]\\/-]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
      's',
    ).test(resource);
  return !deny.some(isMatch) && allow.some(isMatch);
}

function pick<T>(random: () => number, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)] as T;
}

function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
