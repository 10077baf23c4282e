import type { ContextSettings } from '../lambda/environment.ts';
import { CONTEXT_NAMES } from '../lambda/environment.ts';
import { checkClaimName } from './check-claim-name.ts';
import { isRecord } from './is-record.ts';
import { refuseUnknownOptions } from './refuse-unknown-options.ts';
import { showValue } from './show-value.ts';

/** What goes on to the backend about a caller. */
export interface ContextOptions {
  /**
   * Claims that go on to the backend, beside `sub`, `iss`, `jti`, `scope` and `clientId`: the name of the context value,
   * and the top-level claim that it is taken from. At most 20; names are made of letters, digits and `_`.
   *
   * Texts, numbers and booleans are passed on; on REST and WebSocket APIs, and with payload 1.0, the backend gets them all
   * as texts. A list of words becomes one text with spaces in it, as `scope` is.
   *
   * A token without the claim is refused (`claim_missing`), unless it says `{ claim: 'groups', required: false }`; null,
   * an empty text and an empty list count as missing. A claim of another form is left out, and the log line names it under
   * `contextLeftOut`: an object, a list of anything but words, a list with a space in a word, JSON in a text, control
   * characters, an integer that is not safe in JavaScript. So a backend must not take a value that is not there for a
   * permission. API Gateway takes 8 KB in all: a token whose claims do not
   * fit ends in a fault (`response_too_large`).
   *
   * `scope` and `clientId` can be taken from another claim by `{ claim: 'scp', override: true }`.
   *
   * @default - none
   * @example
   * // Claims that you add at the issuer; Cognito writes groups to cognito:groups by itself.
   * const context = { tenant: 'tenant_id', groups: { claim: 'groups', required: false } };
   */
  readonly context?: Readonly<Record<string, ContextClaim>>;
  /**
   * The claim that is the API key of usage plans, such as `client_id` for a rate limit per client. On REST APIs with
   * `apiKeySourceType: ApiKeySourceType.AUTHORIZER`; each value must be that of an API key (20 to 128 characters), or
   * API Gateway answers 403. A token without the claim is refused on REST APIs. It is never logged.
   *
   * @default - none
   */
  readonly usageIdentifierKeyClaim?: string;
}

/** A claim for the backend; a text is the same as `{ claim }`. */
export type ContextClaim =
  | string
  | {
      readonly claim: string;
      /**
       * Whether a token without it is refused.
       *
       * @default - true
       */
      readonly required?: boolean;
      /**
       * Takes the place of `scope` or `clientId`, which the backend gets anyway.
       *
       * @default - false
       */
      readonly override?: boolean;
    };

const MAX_VALUES = 20;
const MAX_NAME_CHARS = 64;
const MAX_CLAIM_CHARS = 128;

/** What API Gateway itself writes beside the context, or reads it by; and what a refusal says there. */
const RESERVED = [
  'claims',
  'principalId',
  'integrationLatency',
  'integrationStatus',
  'latency',
  'requestId',
  'status',
  'property',
  'error',
  'reason',
  'acr_values',
  'max_age',
];

/** Who was let in: logs and the backend guard go by these. */
const FIXED: readonly string[] = ['sub', 'iss', 'jti'] satisfies (typeof CONTEXT_NAMES)[number][];

/**
 * Renders the option `context` as the environment variable that the authorizer reads.
 *
 * @param what  whose option it is, as the reader wrote it: `RevocableAuthorizer "Authorizer"`
 * @returns undefined when there is nothing to say
 */
export function renderContext(what: string, context: unknown): string | undefined {
  if (context === undefined) return undefined;
  const option = `${what}: option "context"`;
  if (!isRecord(context)) {
    throw new Error(
      `${option} is ${showValue(context)}; give names and claims, such as { tenant: 'tenant_id' }.`,
    );
  }
  const entries = Object.entries(context);
  if (entries.length > MAX_VALUES) {
    throw new Error(`${option} has ${entries.length} names; give at most ${MAX_VALUES}.`);
  }
  const claims = entries.map(([name, claim]) => [name, readClaim(option, name, claim)]);
  return claims.length === 0 ? undefined : JSON.stringify(Object.fromEntries(claims));
}

/** Reads the option `usageIdentifierKeyClaim`. */
export function readUsageIdentifierKeyClaim(what: string, claim: unknown): string | undefined {
  if (claim === undefined) return undefined;
  const option = `${what}: option "usageIdentifierKeyClaim"`;
  if (!isClaim(claim)) {
    throw new Error(`${option} is ${showValue(claim)}; give the name of a claim, such as "client_id".`);
  }
  checkClaimName(option, claim, ['object', 'list', 'time']);
  return claim;
}

function readClaim(option: string, name: string, given: unknown): ContextSettings {
  if (!/^\w+$/.test(name) || name.length > MAX_NAME_CHARS) {
    throw new Error(
      `${option} has the name ${showValue(name)}; give up to ${MAX_NAME_CHARS} letters, digits and "_".`,
    );
  }
  if (RESERVED.includes(name)) {
    throw new Error(
      `${option} has the name "${name}", which API Gateway or a refusal uses; give it another one.`,
    );
  }
  const isOurs = CONTEXT_NAMES.some((ours) => ours === name);
  if (FIXED.includes(name)) {
    throw new Error(
      `${option} has the name "${name}", which always says by which token the caller came; give it another one.`,
    );
  }
  const options = { claim: true, required: true, override: true } as const;
  const isObject = typeof given === 'object' && given !== null;
  if (isObject) refuseUnknownOptions(`${option}: "${name}"`, given, options);
  const { claim, required, override }: Partial<Record<keyof typeof options, unknown>> = isObject
    ? given
    : { claim: given };
  if (isOurs && override !== true) {
    throw new Error(
      `${option} has the name "${name}", which the backend gets anyway; give it another one, or replace it on purpose by { claim: ${showValue(claim)}, override: true }.`,
    );
  }
  if (!isClaim(claim)) {
    throw new Error(
      `${option}: "${name}" is ${showValue(given)}; give the name of a claim, such as "tenant_id".`,
    );
  }
  checkClaimName(`${option}: "${name}"`, claim, ['object']);
  if (required !== undefined && typeof required !== 'boolean') {
    throw new Error(
      `${option}: "${name}": "required" is ${showValue(required)}; give true or false (a token may lack the claim).`,
    );
  }
  return required === false ? { claim, required } : claim;
}

function isClaim(claim: unknown): claim is string {
  return typeof claim === 'string' && claim !== '' && claim.length <= MAX_CLAIM_CHARS;
}
