import { decodeToken } from '../authorizer/decode-token.ts';
import { readClaims } from '../authorizer/read-claims.ts';
import type { TrustedIssuer } from '../config.ts';
import { findIssuer } from '../config.ts';
import type { RevocationTarget } from '../revocation.ts';
import { CommandInvalid } from './command-invalid.ts';
import type { CommandTarget } from './parse-command.ts';

/** What a command is about, in the terms of the table. */
export interface ResolvedTarget {
  readonly target: RevocationTarget;
  readonly issuer: TrustedIssuer;
  /** Known of a token only. */
  readonly expiresAt?: number;
  /** Known of a token that was given whole: when it was issued, and to whom. */
  readonly bearer?: { readonly issuedAt: number; readonly subject: RevocationTarget };
}

/**
 * Finds out which record a command means.
 *
 * Of a token it reads the claims; it does NOT verify the signature. Whoever may call the admin function may revoke any
 * `jti` anyway; but do not hand it a token that a stranger gave you and you did not verify: it would revoke the token
 * that the stranger names.
 *
 * @throws {CommandInvalid}  the issuer is not configured, or the token is none that the authorizer would take
 */
export function resolveTarget(target: CommandTarget, issuers: readonly TrustedIssuer[]): ResolvedTarget {
  if (target.dimension === 'subject') {
    const issuer = resolveIssuer(target.issuer, issuers);
    return { issuer, target: { dimension: 'subject', issuerId: issuer.id, value: target.subject } };
  }
  if (target.token !== undefined) return resolveToken(target.token, issuers);
  const issuer = resolveIssuer(target.issuer, issuers);
  return {
    issuer,
    target: { dimension: 'token', issuerId: issuer.id, value: target.jti ?? '' },
    ...(target.exp !== undefined && { expiresAt: target.exp }),
  };
}

function resolveIssuer(named: string | undefined, issuers: readonly TrustedIssuer[]): TrustedIssuer {
  const [only, ...others] = issuers;
  if (named === undefined && only && others.length === 0) return only;
  const issuer = issuers.find(({ id }) => id === named) ?? findIssuer(issuers, named);
  if (issuer === undefined) {
    throw new CommandInvalid(
      'target.issuer',
      named,
      issuers.map(({ id }) => JSON.stringify(id)).join(' or '),
    );
  }
  return issuer;
}

function resolveToken(token: string, issuers: readonly TrustedIssuer[]): ResolvedTarget {
  const decoded = decodeToken(token);
  if (!decoded.ok) throw refused(decoded.denial.reason);
  const { unverifiedClaims } = decoded.value;
  const issuer = findIssuer(issuers, unverifiedClaims['iss']);
  if (issuer === undefined) throw refused('issuer_not_trusted');
  const claims = readClaims(unverifiedClaims, issuer);
  if (!claims.ok) throw refused(claims.denial.reason);
  const { jwtId, subject, issuedAt, expiresAt } = claims.value;
  return {
    issuer,
    target: { dimension: 'token', issuerId: issuer.id, value: jwtId },
    expiresAt,
    bearer: { issuedAt, subject: { dimension: 'subject', issuerId: issuer.id, value: subject } },
  };
}

function refused(reason: string): CommandInvalid {
  return new CommandInvalid(
    'target.token',
    `a token with the defect ${reason}`,
    'one that the authorizer accepts',
  );
}
