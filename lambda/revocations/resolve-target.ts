import { decodeToken } from '../authorizer/decode-token.ts';
import { readClaims } from '../authorizer/read-claims.ts';
import { revocationTargets } from '../authorizer/revocation-targets.ts';
import type { TrustedIssuer } from '../config.ts';
import { findIssuer } from '../config.ts';
import { namesOf } from '../environment.ts';
import type { RevocationTarget } from '../revocation.ts';
import { keyItself } from '../revocation.ts';
import { CommandInvalid } from './command-invalid.ts';
import type { CommandTarget } from './parse-command.ts';

/** What a command is about, in the terms of the table. */
export interface ResolvedTarget {
  readonly target: RevocationTarget;
  readonly issuer: TrustedIssuer;
  /** The `kid` of the signing key: of a key that was named by it, and of a token that was given whole. */
  readonly kid?: string;
  /** Known of a token only. */
  readonly expiresAt?: number;
  /** Known of a token that was given whole. */
  readonly whole?: WholeToken;
}

interface WholeToken {
  /** The header `alg`, which its key must fit. */
  readonly algorithm: unknown;
  readonly issuedAt: number;
  /** Everything that it can be revoked by but the thumbprint. */
  readonly targets: readonly RevocationTarget[];
}

/**
 * Finds out which record a command means.
 *
 * Of a token it reads the claims; it does NOT verify the signature, see `notesOn`. A caller of the admin function may
 * revoke any `jti` anyway; but do not hand it a token that a stranger gave you and you did not verify: it would revoke the token
 * that the stranger names.
 *
 * @throws {CommandInvalid}  the issuer is not configured, or the token is none that the authorizer would take
 */
export function resolveTarget(target: CommandTarget, issuers: readonly TrustedIssuer[]): ResolvedTarget {
  if (target.dimension === 'token' && target.token !== undefined) return resolveToken(target.token, issuers);
  const issuer = resolveIssuer('target.issuer', target.issuer, issuers);
  const issuerId = issuer.id;
  switch (target.dimension) {
    case 'token': {
      const { jti: value = '', exp: expiresAt } = target;
      const named = { issuer, target: { dimension: 'token', issuerId, value } } as const;
      return expiresAt === undefined ? named : { ...named, expiresAt };
    }
    case 'session':
      return { issuer, target: { dimension: 'session', issuerId, value: target.session } };
    case 'subject':
      return { issuer, target: { dimension: 'subject', issuerId, value: target.subject } };
    case 'client':
      return { issuer, target: { dimension: 'client', issuerId, value: target.client } };
    case 'key': {
      const { kid = '', thumbprint } = target;
      if (thumbprint !== undefined) return { issuer, target: keyItself(issuerId, thumbprint) };
      return { issuer, target: { dimension: 'key', issuerId, value: kid }, kid };
    }
    case 'issuer':
      return { issuer, target: { dimension: 'issuer', issuerId, value: issuerId } };
    case 'claim': {
      const { claim, value } = target;
      requireRevocable('target.claim', claim, issuer);
      return { issuer, target: { dimension: 'claim', issuerId, claim, value: String(value) } };
    }
  }
}

/** The authorizer looks at no other claim: a revocation by it would never hold. */
function requireRevocable(field: string, claim: string, { revocableClaims }: TrustedIssuer): void {
  if (revocableClaims.includes(claim)) return;
  const names = revocableClaims.map((name) => JSON.stringify(name)).join(' or ');
  throw new CommandInvalid(field, claim, names || 'none, the issuer has no revocableClaims');
}

/**
 * Finds the issuer that a command names.
 *
 * @param field  where the command names it
 * @param named  an `iss` or the id; may be left out where there is one issuer only
 * @throws {CommandInvalid}  none has that name, or several could be meant
 */
export function resolveIssuer(
  field: string,
  named: string | undefined,
  issuers: readonly TrustedIssuer[],
): TrustedIssuer {
  const meant = named === undefined ? issuers : issuers.filter((issuer) => namesOf(issuer).includes(named));
  const [only, ...others] = meant;
  if (only && others.length === 0) return only;
  const isAmbiguous = named !== undefined && meant.length > 1;
  const allowed = isAmbiguous
    ? 'a name of one issuer, and this is one of several'
    : issuers.map(({ id }) => JSON.stringify(id)).join(' or ');
  throw new CommandInvalid(field, named, allowed);
}

function resolveToken(token: string, issuers: readonly TrustedIssuer[]): ResolvedTarget {
  const decoded = decodeToken(token);
  if (!decoded.ok) throw refused(decoded.denial.reason);
  const { unverifiedClaims, unverifiedHeader } = decoded.value;
  const issuer = findIssuer(issuers, unverifiedClaims['iss']);
  if (issuer === undefined) throw refused('issuer_not_trusted');
  const read = readClaims(unverifiedClaims, issuer);
  if (!read.ok) throw refused(read.denial.reason);
  const { kid, alg: algorithm } = unverifiedHeader;
  if (typeof kid !== 'string') throw refused('signing_key_unknown');
  const claims = { ...read.value, kid };
  return {
    issuer,
    target: { dimension: 'token', issuerId: issuer.id, value: claims.jwtId },
    kid,
    expiresAt: claims.expiresAt,
    whole: { algorithm, issuedAt: claims.issuedAt, targets: revocationTargets(claims) },
  };
}

function refused(reason: string): CommandInvalid {
  return new CommandInvalid(
    'target.token',
    `a token with the defect ${reason}`,
    'one that the authorizer accepts',
  );
}
