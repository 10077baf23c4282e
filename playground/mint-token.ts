import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import type { Algorithm, IssuerSettings } from '../lambda/environment.ts';
import { ISSUER_DEFAULTS } from '../lambda/environment.ts';
import { SigningKey } from './signing-key.ts';

const DEFAULT_LIFETIME_SECONDS = 3600;

const object = v.pipe(
  v.custom<object>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'an object',
  ),
  v.record(v.string(), v.unknown()),
);

/** What `POST /issuer/token` takes; everything may be left out. */
export const TokenRequest = v.strictObject({
  /** Claims beside or instead of the default ones; `null` leaves a claim out. */
  claims: v.optional(object, {}),
  /** Fields of the JOSE header beside or instead of the default ones; `null` leaves a field out. */
  header: v.optional(object, {}),
  /**
   * `bad`: signed by another key under the good key's id. `unknown`: by a key that nobody publishes.
   * `none`: not at all, and the algorithm says so.
   */
  sign: v.optional(v.picklist(['good', 'bad', 'unknown', 'none']), 'good'),
  /** Lifetime from now, in seconds; a negative one makes an expired token. */
  expiresIn: v.optional(v.pipe(v.number(), v.integer())),
});

export type TokenRequest = v.InferOutput<typeof TokenRequest>;

/** An issuer that the functions trust, with the key that the local mode has for it. */
export interface LocalIssuer {
  readonly settings: IssuerSettings;
  readonly key: SigningKey;
}

/** Keys that no JWKS has, by algorithm; made when first needed, because RSA keys take a while. */
const strangers = new Map<Algorithm, SigningKey>();

/**
 * Mints a token: one that the configured functions accept, changed by what the request says.
 *
 * @param issuers the claim `iss` of the request chooses one; else, and for a foreign `iss`, it is the first one
 * @param now NumericDate, seconds since the epoch
 * @returns the compact JWT, and its lifetime from now in seconds
 */
export function mintToken(
  request: TokenRequest,
  issuers: readonly [LocalIssuer, ...LocalIssuer[]],
  now: number,
): { readonly token: string; readonly expiresIn: number } {
  const { settings, key } =
    issuers.find((issuer) => issuer.settings.issuers.some((iss) => iss === request.claims['iss'])) ??
    issuers[0];
  const longest = settings.maxTokenLifetimeSeconds ?? ISSUER_DEFAULTS.maxTokenLifetimeSeconds;
  const lifetime = Math.min(DEFAULT_LIFETIME_SECONDS, longest);
  const expiresIn = request.expiresIn ?? lifetime;
  const exp = now + expiresIn;

  const payload = withoutNulls({
    ...Object.fromEntries((settings.requiredClaims ?? []).map((name) => [name, 'local'])),
    iss: settings.issuers[0],
    sub: 'alice',
    ...audienceOf(settings),
    scope: settings.kind === 'cognito' ? 'orders/read' : 'orders:read', // Cognito: <resource server>/<scope>
    iat: expiresIn > 0 ? now : exp - lifetime,
    exp,
    jti: randomUUID(),
    ...request.claims,
  });

  const typ = settings.accessTokenType === 'required' ? 'at+jwt' : 'JWT';
  if (request.sign === 'none') {
    const header = withoutNulls({ alg: 'none', typ, ...request.header });
    return { token: `${encode(header)}.${encode(payload)}.`, expiresIn };
  }
  const signer = request.sign === 'good' ? key : strangerFor(key.algorithm);
  const { kid } = request.sign === 'unknown' ? signer : key;
  const header = withoutNulls({ alg: key.algorithm, typ, kid, ...request.header });
  const signed = `${encode(header)}.${encode(payload)}`;
  return { token: `${signed}.${signer.sign(signed).toString('base64url')}`, expiresIn };
}

function strangerFor(algorithm: Algorithm): SigningKey {
  const stranger = strangers.get(algorithm) ?? new SigningKey(algorithm);
  strangers.set(algorithm, stranger);
  return stranger;
}

function audienceOf({ kind, audience, tokenUse }: IssuerSettings): Record<string, unknown> {
  const first = audience?.[0] ?? 'local';
  if (kind === 'oidc') return { aud: first };
  return tokenUse === 'id' ? { token_use: 'id', aud: first } : { token_use: 'access', client_id: first };
}

function withoutNulls(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
