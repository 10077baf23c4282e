// What is asked of both gateways about the route table, and which token may call what: written by hand, not computed
// from the rules.
import type { Answer } from './cases.ts';
import type { ComparedRequest } from './known-differences.ts';

/** Below this path the routes stand once more, behind the second type of authorizer of the API. */
export const SECOND = '/second';

const KINDS = {
  'REST TOKEN': { api: 'rest', prefix: '' },
  'REST REQUEST': { api: 'rest', prefix: SECOND },
  'HTTP 2.0': { api: 'http', prefix: '' },
  'HTTP 1.0': { api: 'http', prefix: SECOND },
} as const;
type Kind = keyof typeof KINDS;

/** Who asks, with the claims; the subject is alice unless said otherwise. */
const TOKENS = {
  nobody: () => ({ scope: 'profile' }),
  reader: () => ({ scope: 'orders:read' }),
  'an exporter named *': () => ({ scope: 'orders:read orders:export', sub: '*' }),
  writer: () => ({ scope: null, scp: ['orders:write'], acr: 'gold', auth_time: secondsAgo(0) }),
  'a writer of an hour ago': () => ({ scope: 'orders:write', acr: 'gold', auth_time: secondsAgo(3600) }),
  admin: () => ({ scope: 'orders:admin', 'cognito:groups': ['admins'] }),
  auditor: () => ({ scope: null, 'cognito:groups': ['admins', 'auditors'] }),
} as const satisfies Record<string, () => object>;
type Token = keyof typeof TOKENS;

function secondsAgo(seconds: number): number {
  return Math.floor(Date.now() / 1000) - seconds;
}

interface Expectation {
  /** Who gets an answer of the backend; everybody else is refused. */
  readonly calls: readonly Token[] | 'no route';
  /** The same on HTTP APIs, where a slash at the end makes another path. */
  readonly onHttp?: 'no route';
}

const EVERYBODY = Object.keys(TOKENS) as Token[];
const READERS: readonly Token[] = ['reader', 'an exporter named *'];

const REQUESTS: Readonly<Record<string, Expectation>> = {
  'GET /': { calls: READERS },
  'GET /catalog': { calls: EVERYBODY },
  'GET /orders': { calls: [...READERS, 'admin'] },
  'GET /orders/': { calls: [...READERS, 'admin'], onHttp: 'no route' },
  'GET /orders/1': { calls: READERS },
  'GET /orders/1/': { calls: READERS, onHttp: 'no route' },
  'GET /orders/1/2': { calls: 'no route' },
  'GET /orders/1%2F2': { calls: READERS },
  'GET /orders/export': { calls: ['an exporter named *'] },
  'GET /orders/%65xport': { calls: ['an exporter named *'] },
  'POST /orders': { calls: ['writer'] },
  'DELETE /orders/1': { calls: [] },
  'GET /users/alice/orders': { calls: ['reader'] },
  'GET /users/%61lice/orders': { calls: [] },
  'GET /users/bob/orders': { calls: [] },
  'GET /users/*/orders': { calls: [] },
  'GET /admin': { calls: 'no route' },
  'DELETE /admin/users/7': { calls: ['admin', 'auditor'] },
  'GET /admin/audit': { calls: ['auditor'] },
  'POST /admin/audit': { calls: ['admin', 'auditor'] },
  'GET /admin/%2e%2e/orders': { calls: [] },
  'GET /admin/../orders': { calls: [] },
};

/**
 * What was asked with the same token before, so that its answer is in the cache: something that every token may call, and
 * something that none may.
 */
const WARM_UPS = ['GET /catalog', 'DELETE /orders/1'] as const;

/** The stacks of `routes-app.ts`, and what is asked of each. */
export const STACKS = {
  Routes: { cache: 'off', kinds: Object.keys(KINDS) as Kind[], warmUps: [undefined] },
  RoutesByPolicy: { cache: 'off', kinds: ['HTTP 2.0'], warmUps: [undefined] },
  RoutesCached: { cache: 'on', kinds: ['REST REQUEST', 'HTTP 2.0', 'HTTP 1.0'], warmUps: WARM_UPS },
  RoutesBesidePolicy: { cache: 'off', kinds: ['REST TOKEN', 'REST REQUEST'], warmUps: [undefined] },
} as const satisfies Record<string, unknown>;
export type StackName = keyof typeof STACKS;

/** The requests of one token, one after the other. */
export interface RouteCase {
  readonly name: string;
  readonly claims: object;
  readonly warmUp?: RouteRequest;
  readonly requests: readonly RouteRequest[];
}

export interface RouteRequest extends ComparedRequest {
  readonly method: string;
  readonly path: string;
}

/** Every kind with every token on every request, and again for each thing that the cache may hold. */
export function routeCases(stack: StackName): RouteCase[] {
  const { cache, kinds, warmUps } = STACKS[stack];
  return kinds.flatMap((kind) =>
    EVERYBODY.flatMap((token) =>
      warmUps.flatMap((warmUp) => {
        const of = (request: string) => toRequest(kind, token, request, cache);
        return {
          name: `${kind}, cache ${cache}${warmUp ? ` after ${warmUp}` : ''}, ${token}`,
          claims: TOKENS[token](),
          ...(warmUp && { warmUp: of(warmUp) }),
          requests: Object.keys(REQUESTS)
            .filter((request) => request !== 'GET /' || KINDS[kind].prefix === '')
            .map(of),
        };
      }),
    ),
  );
}

function toRequest(kind: Kind, token: Token, request: string, cache: 'off' | 'on'): RouteRequest {
  const [method = '', path = ''] = request.split(' ');
  const { api, prefix } = KINDS[kind];
  const decoded = decodeURIComponent(request);
  return {
    api,
    cache,
    method,
    path: `${prefix}${path}`,
    // HTTP APIs decode a path before they route it.
    expected: expectedAnswer(kind, token, api === 'http' ? decoded : request),
    isCachedByRoute: cache === 'on',
    ...(decoded !== request && { ifDecoded: expectedAnswer(kind, token, decoded) }),
  };
}

function expectedAnswer(kind: Kind, token: Token, request: string): Answer {
  const isHttp = KINDS[kind].api === 'http';
  const { calls, onHttp } = expectationOf(request);
  const callers = (isHttp && onHttp) || calls;
  if (callers === 'no route') {
    return isHttp
      ? { status: 404, says: 'Not Found' }
      : { status: 403, says: 'Missing Authentication Token' };
  }
  if (callers.includes(token)) return { status: 200, says: 'orders' };
  return {
    status: 403,
    says: isHttp ? 'Forbidden' : 'User is not authorized to access this resource with an explicit deny',
  };
}

function expectationOf(request: string): Expectation {
  const found = REQUESTS[request];
  if (found === undefined) throw new Error(`Nobody has written down who may call "${request}".`);
  return found;
}
