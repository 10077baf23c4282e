import { statedUses } from '../authorizer/check-claims.ts';
import { checkRevocation } from '../authorizer/check-revocation.ts';
import { decodeToken } from '../authorizer/decode-token.ts';
import { describeCaller } from '../authorizer/describe-caller.ts';
import { parseCredentials } from '../authorizer/parse-credentials.ts';
import type { LookUpRevocations } from '../authorizer/remember-revocations.ts';
import type { SigningKeys } from '../authorizer/signing-keys.ts';
import { verifyToken } from '../authorizer/verify-token.ts';
import type { ContextClaim, TrustedIssuer } from '../config.ts';
import { findIssuer } from '../config.ts';
import { Fault } from '../fault.ts';
import type { CheckName, DecisionGround, Explanation, Particulars } from './explanation.ts';
import { explanationOf } from './explanation.ts';
import { showClaim, showTime } from './show-claim.ts';

/** What the authorizer's own steps need. */
export interface Authorities {
  readonly keysOf: ReadonlyMap<TrustedIssuer, SigningKeys>;
  /** Absent: revocations are not checked. */
  readonly lookUpRevocations?: LookUpRevocations;
  /** The claims that go on to the backend; absent: none is known. */
  readonly context?: Readonly<Record<string, ContextClaim>>;
}

/**
 * Explains what the authorizer would decide about a token, by asking its own steps: there is no second verifier that
 * could be of another opinion.
 *
 * The explanation shows header fields and claims of the token that help, with control characters escaped, but never the
 * token. Show it to nobody but its holder and the operator.
 *
 * @param token  the token alone, without the scheme; any text
 * @param now    NumericDate, whole seconds since the epoch
 * @throws whatever a step throws that is no fault: a defect
 */
export async function explainToken(
  token: string,
  authorities: Authorities,
  now: number,
): Promise<Explanation> {
  const notChecked = new Set<CheckName>(['scope']);
  if (authorities.lookUpRevocations === undefined) notChecked.add('revocations');
  const ground = await decide(token, authorities, now);
  return explanationOf(ground, { ...particularsOf(token, authorities, now), notChecked });
}

/** The steps of `authorize`, without an event around them. */
async function decide(
  token: string,
  { keysOf, lookUpRevocations, context = {} }: Authorities,
  now: number,
): Promise<DecisionGround> {
  try {
    const extracted = parseCredentials(`Bearer ${token}`, 'required');
    if (!extracted.ok) return { decision: 'denial', reason: extracted.denial.reason };
    const claims = await verifyToken(extracted.value, keysOf, () => now, 'insist');
    if (!claims.ok) {
      const { reason, evidence } = claims.denial;
      return { decision: 'denial', reason, isAmbiguousKid: evidence?.isAmbiguousKid };
    }
    if (lookUpRevocations === undefined) return { decision: 'allow' };
    const live = await checkRevocation(claims.value, lookUpRevocations, () => now);
    if (!live.ok) return { decision: 'denial', reason: live.denial.reason };
    const caller = describeCaller(claims.value, 'http', {
      context,
      usageIdentifierKeyClaim: undefined,
      issuers: [],
    });
    return caller.ok ? { decision: 'allow' } : { decision: 'denial', reason: caller.denial.reason };
  } catch (error) {
    if (error instanceof Fault) return { decision: 'fault', reason: error.code };
    throw error;
  }
}

function particularsOf(token: string, { keysOf, context = {} }: Authorities, now: number): Particulars {
  const accepted = [...keysOf.keys()].flatMap(({ issuers }) => issuers);
  const general = { issuer: `one of ${accepted.map(showClaim).join(', ')}, letter by letter` };
  const decoded = decodeToken(token);
  if (!decoded.ok) return { expected: general };
  const { unverifiedHeader: header, unverifiedClaims: claims } = decoded.value;
  const issuer = findIssuer(keysOf.keys(), claims['iss']);
  if (issuer === undefined) return { expected: general, found: { issuer: showClaim(claims['iss']) } };

  const isCognito = issuer.kind === 'cognito';
  const forBackend = Object.values(context).flatMap(({ claim, required }) => (required ? [claim] : []));
  const required = [
    ...new Set([
      ...['sub', 'jti', 'iat', 'exp'],
      ...issuer.requiredClaims,
      ...issuer.revocableClaims,
      ...forBackend,
    ]),
  ];
  const grace = issuer.graceSeconds === 0 ? '' : `, give or take ${issuer.graceSeconds} s of grace`;
  return {
    expected: {
      ...general,
      algorithm: `${issuer.algorithms.join(' or ')}, and a key that is made for it`,
      'required claims': `${required.join(', ')}: each present, of its type and range`,
      key: `the one usable key that ${showClaim(issuer.issuers[0])} publishes under the kid of the token`,
      expiry: `exp after ${showTime(now)}, which is now${grace}`,
      'not-before': `nbf and iat not after ${showTime(now)}, which is now${grace}`,
      'token use': isCognito
        ? `token_use ${issuer.tokenUse}`
        : `an ${issuer.tokenUse === 'any' ? 'access or id' : issuer.tokenUse} token; a token that does not say what it is passes`,
      audience: isCognito ? cognitoAudience(issuer) : oneOf(issuer.audience),
      type: `typ at+jwt${issuer.accessTokenType === 'optional' ? ', JWT, or none' : ''}; no cnf`,
      lifetime: `at most ${issuer.maxTokenLifetimeSeconds} s from iat to exp`,
    },
    found: {
      issuer: showClaim(claims['iss']),
      algorithm: showClaim(header['alg']),
      // Types alone: the values of identifiers help nobody here.
      'required claims': required.map((name) => `${name} ${typeOf(claims[name])}`).join(', '),
      key: `kid ${showClaim(header['kid'])}`,
      expiry: `exp ${showTime(claims['exp'])}`,
      'not-before': `nbf ${showTime(claims['nbf'])}, iat ${showTime(claims['iat'])}`,
      'token use': isCognito
        ? `token_use ${showClaim(claims['token_use'])}`
        : showUses(claims, header['typ']),
      audience: `aud ${showClaim(claims['aud'])}${isCognito ? `, client_id ${showClaim(claims['client_id'])}` : ''}`,
      type: `typ ${showClaim(header['typ'])}, ${Object.hasOwn(claims, 'cnf') ? 'with a cnf' : 'no cnf'}`,
      lifetime: `${Number(claims['exp']) - Number(claims['iat'])} s`,
    },
  };
}

function oneOf(names: readonly string[] | null): string {
  return names?.map(showClaim).join(' or ') ?? 'anything: the check is turned off (null)';
}

function cognitoAudience({ audience, tokenUse, resource }: TrustedIssuer): string {
  const bound = resource.length === 0 ? 'none: there is no option "resource"' : oneOf(resource);
  return `client ${oneOf(audience)}${tokenUse === 'id' ? '' : `; aud, if an access token has one, ${bound}`}`;
}

function showUses(claims: Readonly<Record<string, unknown>>, type: unknown): string {
  return (
    statedUses(claims, type)
      .map(({ by, use }) => `${use} (${by})`)
      .join(', ') || 'nothing'
  );
}

function typeOf(value: unknown): string {
  if (value === undefined || value === '') return 'missing';
  if (value === null) return 'null';
  if (!Array.isArray(value)) return typeof value;
  return value.length === 0 ? 'empty list' : 'list';
}
