import type { ContextClaim } from '../config.ts';
import { hasControlCharacters } from '../control-characters.ts';
import type { Result } from '../denial.ts';
import { denied, ok } from '../denial.ts';
import { Fault } from '../fault.ts';
import type { RoutedApi } from '../routes/parse-route.ts';
import { digest } from './digest.ts';
import { isAbsent } from './is-absent.ts';
import type { Claims } from './read-claims.ts';

/** What the backend gets to know. Anything but these types makes a REST API answer 500. */
export type AuthorizerContext = Readonly<Record<string, string | number | boolean>>;

/** What API Gateway is told about an authorized caller. */
export interface Caller {
  /**
   * The subject, or its digest if it has control characters. With several trusted issuers `<issuer id>|<subject>`, because
   * subjects of different issuers can be equal.
   */
  readonly principalId: string;
  readonly context: AuthorizerContext;
  /** The API key that a usage plan counts the request for; REST APIs only. */
  readonly usageIdentifierKey?: string;
}

/** The caller, and for the log what is not told of it. */
export interface Described {
  readonly caller: Caller;
  /** The names of the context values whose claims have a form that cannot be passed on; absent: there is none. */
  readonly leftOut?: readonly string[];
}

/** Which claims are told. */
export interface CallerSettings {
  /** By context name, beside the usual ones. */
  readonly context: Readonly<Record<string, ContextClaim>>;
  readonly usageIdentifierKeyClaim: string | undefined;
  /** The trusted issuers. */
  readonly issuers: readonly unknown[];
}

/** API Gateway takes 8,192 bytes; the policy, with its one resource of at most 512 characters, stays below the rest. */
const MAX_CALLER_BYTES = 8192 - 1024;

/** As long as an API key may be. */
const MAX_KEY_CHARS = 128;

/**
 * Makes the context for the backend: `sub`, `iss`, `jti`, if the token has them `scope` and `clientId`, and the claims that
 * the owner lists. Texts, numbers and booleans go on as they are, and a list of words becomes one text with spaces, as
 * `scope` is. A claim of any other form is left out: the token is good, and the backend gets nothing that it could misread.
 * Nothing holds control characters: of a `sub` or `jti` with some its digest goes on, as in the log; `scope` and `clientId`
 * are left out.
 *
 * @returns the caller, or a denial: `claim_missing` (one that the owner requires, or the usage key), `claim_invalid` (a
 *   usage key that is none)
 * @throws {Fault} `response_too_large`
 */
export function describeCaller(claims: Claims, api: RoutedApi, settings: CallerSettings): Result<Described> {
  const { issuer, subject, iss, jwtId, scope, clientIds, all } = claims;
  const [clientId] = clientIds;
  const sub = nameOf(subject);
  const usual = { sub, iss, jti: nameOf(jwtId), scope: scope || undefined, clientId };
  const context: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(usual)) {
    if (value !== undefined && !hasControlCharacters(value)) context[name] = value;
  }
  const leftOut: string[] = [];
  for (const [name, { claim, required }] of Object.entries(settings.context)) {
    const given = Object.hasOwn(all, claim) ? all[claim] : undefined;
    if (required && isEmpty(given)) return denied('claim_missing', claims);
    const value = isEmpty(given) ? undefined : flatten(given);
    if (value === UNSUITABLE) leftOut.push(name);
    if (value === undefined || value === UNSUITABLE) delete context[name];
    else context[name] = value;
  }
  const key = api === 'rest' ? readUsageKey(all, settings.usageIdentifierKeyClaim) : ok(undefined);
  if (!key.ok) return denied(key.denial.reason, claims);

  const principalId = settings.issuers.length > 1 ? `${issuer.id.replaceAll('|', '%7C')}|${sub}` : sub;
  const caller = {
    principalId,
    context,
    ...(key.value !== undefined && { usageIdentifierKey: key.value }),
  };
  const bytes = Buffer.byteLength(JSON.stringify(caller));
  if (bytes > MAX_CALLER_BYTES) throw new Fault('response_too_large', `it takes ${bytes} bytes`);
  return ok({ caller, ...(leftOut.length > 0 && { leftOut }) });
}

function nameOf(claim: string): string {
  return hasControlCharacters(claim) ? digest(claim) : claim;
}

function isEmpty(claim: unknown): boolean {
  return isAbsent(claim) || (Array.isArray(claim) && claim.length === 0);
}

const UNSUITABLE = Symbol('neither a plain text, an exact number, a boolean nor a list of plain words');

function flatten(claim: unknown): string | number | boolean | typeof UNSUITABLE {
  if (typeof claim === 'boolean') return claim;
  // JSON.parse turns a larger integer into another one: the backend could take one tenant for another.
  if (typeof claim === 'number') return Math.abs(claim) <= Number.MAX_SAFE_INTEGER ? claim : UNSUITABLE;
  if (typeof claim === 'string') return hasControlCharacters(claim) || isJsonText(claim) ? UNSUITABLE : claim;
  // A word with a space in it would turn into two.
  if (!Array.isArray(claim) || !claim.every((word) => typeof word === 'string' && /^\S+$/.test(word)))
    return UNSUITABLE;
  const words = claim.join(' ');
  return hasControlCharacters(words) ? UNSUITABLE : words;
}

/** HTTP APIs with payload 1.0 answer 500 for such a context value once it comes from the results cache. */
function isJsonText(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function readUsageKey(
  all: Readonly<Record<string, unknown>>,
  claim: string | undefined,
): Result<string | undefined> {
  if (claim === undefined) return ok(undefined);
  const key = Object.hasOwn(all, claim) ? all[claim] : undefined;
  if (isEmpty(key)) return denied('claim_missing');
  const text = Number.isSafeInteger(key) ? String(key) : key;
  const isKey = typeof text === 'string' && text.length <= MAX_KEY_CHARS && !hasControlCharacters(text);
  return isKey ? ok(text) : denied('claim_invalid');
}
