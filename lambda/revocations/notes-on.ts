// What a person must know about a revocation: whether its name can be right, and which tokens stay valid.
import { CLIENT_CLAIMS, SESSION_CLAIMS } from '../authorizer/read-revocable-claims.ts';
import type { TrustedIssuer } from '../config.ts';
import type { Dimension } from '../environment.ts';
import type { CommandContext } from './apply-command.ts';
import type { RevokeCommand } from './parse-command.ts';
import type { ResolvedTarget } from './resolve-target.ts';

/** A UUID as Cognito writes it; values are compared exactly, so one in capitals is none. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** By which claims a token names what is revoked, if nothing here knows the names that exist. */
const NAMING_CLAIMS: Readonly<Partial<Record<Dimension, string>>> = {
  token: 'jti',
  session: SESSION_CLAIMS.join(' or '),
  subject: 'sub',
  client: CLIENT_CLAIMS.join(' or '),
};

/**
 * Writes the notes on a revocation, in sentences: a revocation that hits nothing, or that some tokens escape, must not look
 * like one that holds.
 *
 * Does NOT write a value into a note, so that a run of many revocations prints each note once. The notes on a signing key,
 * which `revoke` writes, do name it.
 */
export async function notesOn(
  { target: named }: RevokeCommand,
  resolved: ResolvedTarget,
  context: CommandContext,
): Promise<readonly string[]> {
  if (named.dimension === 'token' && named.token !== undefined) return notesOnToken(named.token, context);
  return [...notesOnName(resolved), ...notesOnEscapes(resolved)];
}

/** The notes do not decide: a stolen token must not stay valid because the keys of its issuer are unavailable. */
async function notesOnToken(token: string, context: CommandContext): Promise<readonly string[]> {
  const { reason, decision, guide, checks } = await context.explain({ command: 'explain', token }, context);
  // The last check of the token itself; what the table says about it is no matter here.
  if (checks.some(({ check, outcome }) => check === 'lifetime' && outcome === 'passed')) return [];
  const still = 'This command revokes its jti all the same.';
  return decision === 'fault'
    ? [`The signature of this token was not checked (${reason}). ${still}`]
    : [`The authorizer does not accept this token (${reason}): ${guide?.meaning} ${still}`];
}

function notesOnName({ target, issuer }: ResolvedTarget): readonly string[] {
  const { dimension, value } = target;
  const id = JSON.stringify(issuer.id);
  if (dimension === 'subject' && issuer.kind === 'cognito' && !UUID.test(value)) {
    return [
      `The sub of every user of ${id} is a UUID, and this value is none: it is perhaps a user name. "aws cognito-idp admin-get-user" shows the sub of a user name.`,
    ];
  }
  const isCognitoClient = dimension === 'client' && issuer.kind === 'cognito';
  const claims =
    target.claim ?? (isCognitoClient ? 'client_id, or aud of an id token,' : NAMING_CLAIMS[dimension]);
  if (claims === undefined) return [];
  return [
    `This revokes the tokens of ${id} whose ${claims} is exactly this value. The admin function does not know whether there are any; pass one of them to the command check to see that it is revoked.`,
  ];
}

function notesOnEscapes({ target, issuer }: ResolvedTarget): readonly string[] {
  const stayValid = (claims: string) =>
    `Tokens of ${JSON.stringify(issuer.id)} with ${claims} are accepted and stay valid.`;
  if (target.dimension === 'session' && !issuer.requireSession) {
    return [
      `${stayValid(`none of ${SESSION_CLAIMS.join(', ')}`)} If none of its tokens names a session, revoke the subject. If all of them do, set requireSession to deny the others.`,
    ];
  }
  if (target.dimension === 'client' && !isClientNamed(issuer)) {
    return [
      `${stayValid(`none of ${CLIENT_CLAIMS.join(', ')}`)} If all of its tokens have one of these claims, put that claim into requiredClaims to deny the others.`,
    ];
  }
  return [];
}

function isClientNamed({ kind, requiredClaims }: TrustedIssuer): boolean {
  return kind === 'cognito' || CLIENT_CLAIMS.some((claim) => requiredClaims.includes(claim));
}
