import * as v from 'valibot';
import type { TrustedIssuer } from '../config.ts';
import type { Result } from '../denial.ts';
import { denied, ok } from '../denial.ts';
import { isAbsent } from './is-absent.ts';

/** The claims that tokens can be revoked by and that not every token has. */
export interface RevocableClaims {
  /** Every name of the session, without repetition: `sid` (OpenID Connect Front-Channel Logout 1.0), Cognito's `origin_jti`. */
  readonly sessionIds: readonly string[];
  /**
   * Every name of the client, without repetition: `aud` of Cognito's id tokens, `client_id` (RFC 9068, Cognito's access
   * tokens), `azp` (OpenID Connect), `cid` (Okta), `appid` (Entra ID). The first one is the client as the backend knows it.
   */
  readonly clientIds: readonly string[];
  /** Those that the issuer's settings name, as text: the number 42 and "42" are one value. */
  readonly revocable: Readonly<Record<string, string>>;
}

const Identifier = v.pipe(v.string(), v.minLength(1), v.maxBytes(1024));

const Sessions = v.object({ sid: v.optional(Identifier), origin_jti: v.optional(Identifier) });

/** The last two belong to no standard: in another form they are claims of the issuer's own, and name no client, unless required. */
const Clients = v.object({
  client_id: v.optional(Identifier),
  azp: v.optional(Identifier),
  cid: v.fallback(v.optional(Identifier), undefined),
  appid: v.fallback(v.optional(Identifier), undefined),
});

const AppClient = v.optional(v.union([Identifier, v.strictTuple([Identifier])]));

/** Where tokens name their session and their client, the client beside what {@link readAppClient} reads. */
export const SESSION_CLAIMS = Object.keys(Sessions.entries);
export const CLIENT_CLAIMS = Object.keys(Clients.entries);

/** A number that JSON cannot hold exactly would be looked for under the name of another. */
const Revocable = v.union([
  Identifier,
  v.pipe(
    v.number(),
    v.safeInteger(),
    v.transform((number) => String(number)),
  ),
]);

/**
 * Reads what else a token can be revoked by. A token without it would escape that revocation, so each claim that the
 * issuer's settings name must be there, and the session where they require one. Where a token has several names of its
 * session or client, each of them counts.
 *
 * @returns the claims, or a denial: `claim_missing`, `claim_invalid`
 */
export function readRevocableClaims(
  unverifiedClaims: Readonly<Record<string, unknown>>,
  issuer: TrustedIssuer,
): Result<RevocableClaims> {
  const sessions = v.safeParse(Sessions, unverifiedClaims, { abortEarly: true });
  if (!sessions.success) return denied(sessions.issues[0].input === '' ? 'claim_missing' : 'claim_invalid');
  const sessionIds = distinct(Object.values(sessions.output));
  if (issuer.requireSession && sessionIds.length === 0) return denied('claim_missing');

  const clients = v.safeParse(Clients, unverifiedClaims, { abortEarly: true });
  if (!clients.success) return denied('claim_invalid');
  const named: Readonly<Record<string, string | undefined>> = clients.output;
  const isUnread = (claim: string) => named[claim] === undefined && !isAbsent(unverifiedClaims[claim]);
  if (CLIENT_CLAIMS.some((claim) => issuer.requiredClaims.includes(claim) && isUnread(claim)))
    return denied('claim_invalid');
  const appClient = readAppClient(unverifiedClaims, issuer);
  if (!appClient.ok) return appClient;

  const revocable: [string, string][] = [];
  for (const name of issuer.revocableClaims) {
    const claim = Object.hasOwn(unverifiedClaims, name) ? unverifiedClaims[name] : undefined;
    const value = v.safeParse(Revocable, claim);
    if (!value.success) return denied(isAbsent(claim) ? 'claim_missing' : 'claim_invalid');
    revocable.push([name, value.output]);
  }
  return ok({
    sessionIds,
    clientIds: distinct([appClient.value, ...Object.values(clients.output)]),
    revocable: Object.fromEntries(revocable),
  });
}

/** Cognito's id tokens name the one app client that they were issued to as their audience. */
function readAppClient(
  { aud, token_use: tokenUse }: Readonly<Record<string, unknown>>,
  { kind }: TrustedIssuer,
): Result<string | undefined> {
  if (kind !== 'cognito' || tokenUse !== 'id') return ok(undefined);
  const names = v.safeParse(AppClient, aud);
  return names.success ? ok([names.output].flat()[0]) : denied('claim_invalid');
}

function distinct(names: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(names.filter((name) => name !== undefined))];
}
