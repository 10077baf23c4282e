// Random route tables, tokens and requests, so close to each other that they meet.
import type { RouteConditions, RouteRule, RouteTable } from '../../lambda/route-table.ts';

export const NOW = 1_800_000_000;
const WORDS = ['orders', 'items', 'x', 'a', 'admin'];
const CONDITIONS: readonly RouteConditions[] = [
  { scopes: ['a'] },
  { scopes: ['b'] },
  { scopes: ['c'] },
  { scopes: ['a', 'b'] },
  { anyScope: ['a', 'c'] },
  { groups: ['staff'] },
  { anyGroup: ['staff', 'boss'], scopes: ['a'] },
  { claims: { tier: { equals: 'gold' } } },
  { claims: { level: { oneOf: [1, 2] } } },
  { acr: ['2', '3'] },
  { amr: ['mfa'] },
  { maxAuthAgeSeconds: 300 },
  { notBefore: NOW, notAfter: NOW },
  { notAfter: NOW - 1 },
  { subjects: ['alice', 'orders'], scopes: ['b'] },
  { issuers: ['one'] },
  { issuers: ['one', 'two'], scopes: ['a'] },
];

/** A number from 0 up to 1. */
export type Random = () => number;

export function pick<T>(random: Random, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)] as T;
}

export function drawTable(random: Random): RouteTable {
  const rules = new Map<string, RouteRule>();
  const startsWithText = random() < 0.4;
  const count = random() < 0.05 ? 35 : 1 + Math.floor(random() * 7);
  const conditions = random() < 0.5 ? CONDITIONS.slice(0, 3) : CONDITIONS;
  for (let index = 0; index < count; index += 1) {
    const [route, variables] = drawRoute(random, startsWithText);
    const isBound = variables.length > 0 && random() < 0.15;
    const isForNobody = random() < 0.05;
    const asked = random() < 0.8 ? pick(random, conditions) : {};
    const rule = { ...asked, ...(isBound && { pathClaims: drawPathClaims(random, variables) }) };
    const isForAnyone = Object.keys(rule).length === 0;
    const isTried = !isForAnyone && random() < 0.05;
    if (isForNobody) {
      rules.set(route.replace(/\{[^+}]+/g, '{'), { route, nobody: true });
      continue;
    }
    rules.set(route.replace(/\{[^+}]+/g, '{'), {
      route,
      ...rule,
      ...(isForAnyone && { anyone: true }),
      ...(isTried && { logOnly: true }),
    });
  }
  return { groupsClaim: 'groups', ...(random() < 0.2 && { issuers: ['one'] }), rules: [...rules.values()] };
}

function drawPathClaims(random: Random, variables: readonly string[]): Record<string, string> {
  const second = random() < 0.3 ? { [pick(random, variables)]: 'tenant' } : {};
  return { ...second, [pick(random, variables)]: 'sub' };
}

function drawRoute(random: Random, startsWithText: boolean): [string, string[]] {
  if (!startsWithText && random() < 0.06) return ['$default', []];
  const method = pick(random, ['GET', 'POST', 'ANY', 'GET']);
  const depth = Math.floor(random() * 5);
  const variables: string[] = [];
  const segments = Array.from({ length: depth }, (_, at) => {
    const roll = startsWithText && at === 0 ? 1 : random();
    if (at === depth - 1 && roll < 0.2) return '{proxy+}';
    if (roll > 0.55) return pick(random, WORDS);
    variables.push(`v${at}`);
    return `{v${at}}`;
  });
  return [`${method} /${segments.join('/')}`, variables];
}

export function drawClaims(random: Random): Readonly<Record<string, unknown>> {
  const scopes = ['a', 'b', 'c'].filter(() => random() < 0.5);
  const groups = ['staff', 'boss'].filter(() => random() < 0.5);
  const maybe = (claims: Record<string, unknown>) => (random() < 0.6 ? claims : {});
  const sub = [
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
  ];
  return {
    iss: pick(random, ['one', 'one', 'two']),
    sub: pick(random, sub),
    ...pick(random, [{ scope: scopes.join(' ') }, { scope: scopes }, { scp: scopes }]),
    ...maybe({ tenant: pick(random, ['alice', 'x', 'y']) }),
    ...maybe({ groups: random() < 0.5 ? groups : groups.join(', ') }),
    ...maybe({ tier: pick(random, ['gold', 'silver']) }),
    ...maybe({ level: pick(random, [1, '1', 2, 3]) }),
    ...maybe({ acr: pick(random, ['1', '2', '3']) }),
    ...maybe({ amr: pick(random, [['pwd'], ['pwd', 'mfa']]) }),
    ...maybe({ auth_time: NOW - pick(random, [0, 300, 301]) }),
  };
}

export interface DrawnRequest {
  readonly method: string;
  /** Without the leading slash. */
  readonly path: string;
}

/** Mostly one that a rule of the table is about, or nearly. */
export function drawRequest(random: Random, table: RouteTable): DrawnRequest {
  const [verb = '', template] = pick(random, table.rules).route.split(' /');
  const isNamed = verb !== 'ANY' && template !== undefined && random() < 0.7;
  return {
    method: isNamed ? verb : pick(random, ['GET', 'POST', 'DELETE', 'PUT', 'TRACE', 'VERSION_CONTROL', 'M*']),
    path: drawPath(random, template),
  };
}

function drawPath(random: Random, template: string | undefined): string {
  const hostile = [
    ...[
      '*',
      '?',
      '?*',
      '%2A',
      '{v0}',
      '[a]',
      '$x',
      '$',
      `${'${*}'}`,
      `${'${aws:x}'}`,
      'a:b',
      'a b',
      'é',
      'ü.pdf',
      '"',
    ],
    ...['a%2Fb', 'orders%2Fx', '%6frders', '%2569tems', 'a%5Cb', 'a\\b', 'a;b', '%zz', '%FC'],
    ...['', '.', '..', '%2e', '.%2E', '%252e%2e', '..;a', ';a', '..%2Fadmin', 'x\\..\\admin'],
    ...['alice', 'bob'],
    ...['admin?x', 'orders%3Fx', 'x%23', '%FF%2Fadmin', '.%09.'],
  ];
  const segment = () => (random() < 0.6 ? pick(random, WORDS) : pick(random, hostile));
  if (template === undefined || random() < 0.15) {
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

/** A generator that gives the same numbers for the same seed. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
