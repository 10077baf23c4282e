// What is asked of both gateways, and what AWS answers. One row is one request.

/**
 * The kinds of authorizers of the demo, and where they stand. HTTP comes first: with a cache, its token of an unknown key is a
 * fault if another kind looked for such a key in the last 10 seconds.
 */
export const KINDS = {
  'HTTP 2.0': { api: 'http', prefix: '' },
  'REST TOKEN': { api: 'rest', prefix: '' },
  'REST REQUEST': { api: 'rest', prefix: '/requests' },
} as const;
export type Kind = keyof typeof KINDS;

/** How the value of the Authorization header of a case comes about; see `credentials.ts`. */
export const CREDENTIALS = {
  'a live token': 'live',
  'a live token behind bearer in lower case': 'live',
  none: 'not offered',
  'an empty header': 'not offered',
  'the scheme alone': 'refused',
  'another scheme': 'refused',
  garbage: 'refused',
  'two tokens': 'refused',
  'an expired token': 'refused',
  'a token with a wrong signature': 'refused',
  'a token of an unknown key': 'refused',
  'a token without a signature': 'refused',
  'a token of a foreign issuer': 'refused',
  'a token for another client': 'refused',
  'a token without jti': 'refused',
  'a revoked token': 'refused',
  'a token of a revoked subject': 'refused',
} as const satisfies Record<string, 'live' | 'not offered' | 'refused'>;
export type Credentials = keyof typeof CREDENTIALS;

const ROUTES = ['GET /orders', 'GET /orders/1', 'POST /orders', 'GET /nowhere'] as const;
export type Route = (typeof ROUTES)[number];

export interface Case {
  readonly kind: Kind;
  readonly credentials: Credentials;
  readonly route: Route;
  /** Whether the API caches the authorizer's answers. The routes of one token follow each other, so the later ones hit. */
  readonly cache: 'off' | 'on';
}

/** What is compared of an answer. */
export interface Answer {
  readonly status: number;
  /** The sentence of a refusal, or `orders` for what the backend answers. */
  readonly says: string;
}

/** Every kind with every credential on every route, with and without cache. */
export function allCases(): Case[] {
  return (['off', 'on'] as const).flatMap((cache) =>
    (Object.keys(KINDS) as Kind[]).flatMap((kind) =>
      (Object.keys(CREDENTIALS) as Credentials[]).flatMap((credentials) =>
        ROUTES.map((route) => ({ kind, credentials, route, cache })),
      ),
    ),
  );
}

const SENTENCE = 'The security token included in the request is invalid.';

/** What AWS answers, from its documentation and ours; the local gateway has to agree in every case. */
export function expectedAnswer({ kind, credentials, route }: Case): Answer {
  const isHttp = KINDS[kind].api === 'http';
  if (route === 'GET /nowhere') {
    return isHttp
      ? { status: 404, says: 'Not Found' }
      : { status: 403, says: 'Missing Authentication Token' };
  }
  const standing = CREDENTIALS[credentials];
  if (standing === 'live') return { status: 200, says: 'orders' };
  if (!isHttp) return { status: 401, says: SENTENCE };
  return standing === 'not offered'
    ? { status: 401, says: 'Unauthorized' }
    : { status: 403, says: 'Forbidden' };
}
