import { isIPv6 } from 'node:net';
import type { Duration } from 'aws-cdk-lib';
import type { AccessTokenType, Algorithm, IssuerSettings, TokenUse } from '../lambda/environment.ts';
import {
  ACCESS_TOKEN_TYPES,
  ISSUER_DEFAULTS,
  MAX_REVOCABLE_CLAIMS,
  MAX_TOKEN_LIFETIME_SECONDS,
  TOKEN_USES,
} from '../lambda/environment.ts';
import { checkAlgorithms } from './check-algorithms.ts';
import { checkClaimName } from './check-claim-name.ts';
import { checkHttpsUrl } from './check-https-url.ts';
import type { JsonWebKeySet } from './public-keys.ts';
import { publicKeys } from './public-keys.ts';
import { readOneOf } from './read-one-of.ts';
import { showValue } from './show-value.ts';
import { wholeSeconds } from './whole-seconds.ts';

/** What can be said about every issuer. */
export interface IssuerOptions {
  /**
   * The stable name of the issuer in revocation records. Changing it brings revoked tokens back. It must not be the id, the
   * `iss` or an alias of another issuer.
   *
   * @default - the issuer's `iss`
   */
  readonly id?: string;
  /**
   * Further `iss` strings of the same issuer, for one that changes its name or has several. A revocation counts for all
   * of them, and the keys come from the one place.
   *
   * @default - none
   */
  readonly aliases?: readonly string[];
  /**
   * The signature algorithms that are accepted. Symmetric ones cannot be.
   *
   * @default - RS256
   */
  readonly algorithms?: readonly Algorithm[];
  /**
   * The longest accepted lifetime of a token (`exp - iat`), at most 400 days. Subject revocations are kept for as long as this.
   * Lowering it leaves the records that are there as they are. After raising it, revoke again what was revoked before:
   * those records end when the tokens did that were accepted then.
   *
   * @default - 24 hours
   */
  readonly maxTokenLifetime?: Duration;
  /**
   * The accepted difference between the issuer's clock and ours: a token is accepted so long before its `iat` and `nbf`, and
   * so long after its `exp`. A revocation up to now reaches as far past now, so that it covers tokens of an issuer whose
   * clock is ahead.
   *
   * @default - 2 seconds
   */
  readonly grace?: Duration;
  /**
   * What the `typ` header has to be. `optional`: absent, `JWT` or `at+jwt`. `required`: `at+jwt`, as RFC 9068 wants it,
   * so that no other JWT of the issuer passes for an access token; give it if the issuer writes it.
   *
   * @default - 'optional'
   */
  readonly accessTokenType?: AccessTokenType;
  /**
   * Which tokens are accepted. Id tokens are meant for the app, not for an API: they carry personal data, and no scopes.
   *
   * The tokens of a Cognito user pool say by `token_use` what they are. Those of other issuers are refused if they say that
   * they are something else: by `token_use`, by Keycloak's claim `typ`, by `nonce` with `at_hash` or `c_hash` of an id token;
   * by `events` of a logout token, always. An id token that says nothing, like some of Google's, passes with the right audience.
   *
   * @default - 'access'
   */
  readonly tokenUse?: TokenUse;
  /**
   * Claims that a token must have beside `iss`, `sub`, `jti`, `iat` and `exp`. An empty string counts as missing.
   *
   * @default - none
   */
  readonly requiredClaims?: readonly string[];
  /**
   * The longest accepted token, in characters, up to 8,192.
   *
   * @default - 8192
   */
  readonly maxTokenChars?: number;
  /**
   * The issuer's key set (JWKS) as of now, so that a cold start needs no fetch. It is fetched again like any other, from
   * 4 minutes after the start on. A key that the issuer withdraws stays good for the first 5 minutes of each new sandbox
   * until the next deployment. An RSA key takes about a tenth of the functions' environment.
   *
   * @default - none, a cold start fetches the keys
   */
  readonly jwks?: JsonWebKeySet;
  /**
   * Hosts of discovery and signing keys whose addresses may be private, for an issuer inside a VPC or behind a VPC
   * endpoint. All others are refused there.
   *
   * @default - none
   */
  readonly allowPrivateNetwork?: readonly string[];
  /**
   * Claims that tokens can be revoked by, up to three: a tenant, a device. Each must be a string or a whole number in
   * every token; one without it would escape the revocation and is refused. Taking a claim out again brings the tokens
   * back that were revoked by it.
   *
   * @default - none; token, session, subject, client, signing key and issuer can be revoked in any case
   */
  readonly revocableClaims?: readonly string[];
  /**
   * Whether a token must name its session, by `sid` or Cognito's `origin_jti`. A token that does not is not hit when its
   * session is revoked; the answer to such a revocation says so, and `revoke subject` hits it.
   *
   * @default - false
   */
  readonly requireSession?: boolean;
  /**
   * The longest life of a session, that is of its refresh token. The record of a revoked session is kept for as long as
   * this and `maxTokenLifetime` together; a session that lives on would come back.
   *
   * @default - 30 days
   */
  readonly maxSessionLifetime?: Duration;
}

/** Every common option, as the keys; for `refuseUnknownOptions`. */
export const ISSUER_OPTIONS = {
  id: true,
  aliases: true,
  algorithms: true,
  maxTokenLifetime: true,
  grace: true,
  accessTokenType: true,
  tokenUse: true,
  requiredClaims: true,
  maxTokenChars: true,
  jwks: true,
  allowPrivateNetwork: true,
  revocableClaims: true,
  requireSession: true,
  maxSessionLifetime: true,
} as const satisfies Record<keyof IssuerOptions, true>;

/**
 * Checks the options that every issuer has.
 *
 * @param what         whose options these are, as the reader wrote it: `Issuer.oidc("https://idp.example.com/")`
 * @param accepted     the accepted `iss` strings without the aliases, the canonical one first
 * @param defaultId    the id when there is none among the options
 * @returns their settings; those that were left out are left to the functions
 */
export function readIssuerOptions(
  what: string,
  options: IssuerOptions,
  accepted: readonly string[],
  defaultId: string,
): Omit<IssuerSettings, 'kind' | 'audience'> {
  const { id, aliases, algorithms, requiredClaims, maxTokenChars, jwks } = options;
  const { allowPrivateNetwork, revocableClaims, requireSession } = options;
  const check = (option: string, value: unknown, isAllowed: boolean, advice: string) => {
    if (!isAllowed) throw new Error(`${what}: option "${option}" is ${showValue(value)}; ${advice}`);
  };
  if (id !== undefined) check('id', id, isText(id), 'give a name that will never change, or leave it out.');
  if (aliases !== undefined) {
    const isFurther =
      isTextList(aliases) && new Set([...accepted, ...aliases]).size === accepted.length + aliases.length;
    check('aliases', aliases, isFurther, 'give at least one further "iss", each once, or leave it out.');
    for (const alias of aliases) checkHttpsUrl(`${what}: an alias`, alias, { allowsQuery: false });
  }
  if (algorithms !== undefined) checkAlgorithms(what, algorithms);
  const lifetimeOption = `${what}: option "maxTokenLifetime"`;
  const maxTokenLifetimeSeconds = wholeSeconds(lifetimeOption, options.maxTokenLifetime, {
    from: 1,
    to: MAX_TOKEN_LIFETIME_SECONDS,
  });
  const graceSeconds = wholeSeconds(`${what}: option "grace"`, options.grace, { from: 0 });
  const accessTokenType = readOneOf(what, 'accessTokenType', options.accessTokenType, ACCESS_TOKEN_TYPES);
  const tokenUse = readOneOf(what, 'tokenUse', options.tokenUse, TOKEN_USES);
  if (tokenUse === 'id' && accessTokenType === 'required') {
    throw new Error(
      `${what}: option "tokenUse" is "id" with "accessTokenType": "required", but no id token has the typ of an access token; leave one of the two out.`,
    );
  }
  if (requiredClaims !== undefined) {
    const advice = 'give the name of at least one claim, such as ["tenant"], or leave it out.';
    check('requiredClaims', requiredClaims, isTextList(requiredClaims), advice);
    for (const claim of requiredClaims) checkClaimName(`${what}: a claim of "requiredClaims"`, claim);
  }
  if (maxTokenChars !== undefined) {
    const isAllowed =
      Number.isInteger(maxTokenChars) && maxTokenChars >= 1 && maxTokenChars <= ISSUER_DEFAULTS.maxTokenChars;
    check('maxTokenChars', maxTokenChars, isAllowed, 'give a whole number from 1 to 8192.');
  }
  if (allowPrivateNetwork !== undefined) {
    const isAllowed = isTextList(allowPrivateNetwork) && allowPrivateNetwork.every(isHost);
    const advice =
      'give at least one host name in lower case, without scheme and port, such as ["keys.internal.example.com"].';
    check('allowPrivateNetwork', allowPrivateNetwork, isAllowed, advice);
  }
  if (revocableClaims !== undefined) {
    const isAllowed =
      isTextList(revocableClaims) &&
      revocableClaims.length <= MAX_REVOCABLE_CLAIMS &&
      new Set(revocableClaims).size === revocableClaims.length;
    const advice = `give 1 to ${MAX_REVOCABLE_CLAIMS} different names of claims, such as ["tenant"], or leave it out.`;
    check('revocableClaims', revocableClaims, isAllowed, advice);
    for (const claim of revocableClaims) {
      checkClaimName(`${what}: a claim of "revocableClaims"`, claim, ['object', 'list', 'time', 'boolean']);
    }
  }
  if (requireSession !== undefined) {
    check('requireSession', requireSession, typeof requireSession === 'boolean', 'give true or false.');
  }
  const sessionOption = `${what}: option "maxSessionLifetime"`;
  const maxSessionLifetimeSeconds = wholeSeconds(sessionOption, options.maxSessionLifetime, { from: 1 });
  return {
    id: id ?? defaultId,
    issuers: [...accepted, ...(aliases ?? [])],
    ...(algorithms !== undefined && { algorithms }),
    ...(maxTokenLifetimeSeconds !== undefined && { maxTokenLifetimeSeconds }),
    ...(graceSeconds !== undefined && { graceSeconds }),
    ...(accessTokenType !== ISSUER_DEFAULTS.accessTokenType && { accessTokenType }),
    ...(tokenUse !== ISSUER_DEFAULTS.tokenUse && { tokenUse }),
    ...(requiredClaims !== undefined && { requiredClaims }),
    ...(maxTokenChars !== undefined && maxTokenChars !== ISSUER_DEFAULTS.maxTokenChars && { maxTokenChars }),
    ...(jwks !== undefined && { jwks: publicKeys(`${what}: option "jwks"`, jwks) }),
    ...(allowPrivateNetwork !== undefined && { allowPrivateNetwork }),
    ...(revocableClaims !== undefined && { revocableClaims }),
    ...(requireSession && { requireSession }),
    ...(maxSessionLifetimeSeconds !== undefined && { maxSessionLifetimeSeconds }),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

export function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && Array.from(value as unknown[]).every(isText);
}

/** As the functions see it in a URL; another spelling would never match. */
function isHost(host: string): boolean {
  return isIPv6(host) || URL.parse(`https://${host}/`)?.hostname === host;
}
