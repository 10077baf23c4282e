import type { Duration } from 'aws-cdk-lib';
import { Token } from 'aws-cdk-lib';
import type { RouteConditions, RoutePattern, RouteRule } from '../lambda/route-table.ts';
import { isGreedy, nameOf } from '../lambda/route-table.ts';
import { checkClaimName } from './check-claim-name.ts';
import type { ClaimCondition } from './read-claim-conditions.ts';
import { readClaimConditions } from './read-claim-conditions.ts';
import { variablesOf } from './read-route-key.ts';
import { refuseReservedNames } from './refuse-reserved-names.ts';
import { refuseUnknownOptions } from './refuse-unknown-options.ts';
import { showValue } from './show-value.ts';
import { wholeSeconds } from './whole-seconds.ts';

/** Who may call a route. All that is said must hold; a condition that is left out asks for nothing. */
export interface RouteAccess {
  /** Every one of these scopes, from the claim `scope` or `scp`. */
  readonly scopes?: readonly string[];
  /** At least one of these scopes. */
  readonly anyScope?: readonly string[];
  /** Every one of these groups, from the claim that option `groupsClaim` names. */
  readonly groups?: readonly string[];
  /** At least one of these groups. */
  readonly anyGroup?: readonly string[];
  /** Top-level claims, by name. */
  readonly claims?: Readonly<Record<string, ClaimCondition>>;
  /** One of these values of `acr`, how the user signed in (RFC 9470). */
  readonly acr?: readonly string[];
  /** Every one of these values in `amr`, such as `mfa`. */
  readonly amr?: readonly string[];
  /** How long ago the user may have signed in at most, by `auth_time`. */
  readonly maxAuthAge?: Duration;
  /** From when on, in RFC 3339: `2026-01-01T00:00:00Z`. */
  readonly notBefore?: string;
  /** Until when, in RFC 3339. */
  readonly notAfter?: string;
  /** Only tokens with one of these `sub`. */
  readonly subjects?: readonly string[];
  /** Variables of the path, and the claim that each must be equal to: `{ sub: 'sub' }` for `/users/{sub}`. */
  readonly pathClaims?: Readonly<Record<string, string>>;
  /** Only tokens of these issuers, by id; with several trusted issuers each rule has to name its own. */
  readonly issuers?: readonly string[];
  /** Whether refusals of this rule are only logged. */
  readonly logOnly?: boolean;
}

const CONDITIONS = {
  scopes: true,
  anyScope: true,
  groups: true,
  anyGroup: true,
  claims: true,
  acr: true,
  amr: true,
  maxAuthAge: true,
  notBefore: true,
  notAfter: true,
  subjects: true,
  pathClaims: true,
  issuers: true,
  logOnly: true,
} as const satisfies Record<keyof RouteAccess, true>;

const LISTS = ['scopes', 'anyScope', 'groups', 'anyGroup', 'acr', 'amr', 'subjects', 'issuers'] as const;
/** What a token or `acr_values` lists with spaces between: one that holds white space would be two. */
const WORDS: readonly string[] = ['scopes', 'anyScope', 'acr'];
const RFC_3339 =
  /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/**
 * Reads who may call a route, as the owner wrote it.
 *
 * @param what  which rule it is, as the reader wrote it: `...: option "routes": "GET /orders"`
 */
export function readRouteAccess(
  what: string,
  route: string,
  pattern: RoutePattern,
  access: unknown,
): RouteRule {
  if (access === 'any') return { route, anyone: true };
  if (access === 'nobody') return { route, nobody: true };
  if (typeof access !== 'object' || access === null || Array.isArray(access)) {
    throw new Error(
      `${what} is ${showValue(access)}; give conditions, such as { scopes: ['orders:read'] }, 'any' for every live token, or 'nobody'.`,
    );
  }
  refuseUnknownOptions(what, access, CONDITIONS);
  refuseTokens(what, access);
  const given: RouteAccess = access;
  const lists = LISTS.flatMap((name) => {
    const list = readList(`${what}: "${name}"`, given[name], WORDS.includes(name));
    return list === undefined ? [] : [[name, list]];
  });
  const seconds = wholeSeconds(`${what}: "maxAuthAge"`, given.maxAuthAge, { from: 1 });
  const claims = readClaimConditions(what, given.claims);
  const pathClaims = readPathClaims(what, pattern, given.pathClaims);
  const notBefore = readTime(`${what}: "notBefore"`, given.notBefore);
  const notAfter = readTime(`${what}: "notAfter"`, given.notAfter);
  if (notBefore !== undefined && notAfter !== undefined && notAfter <= notBefore) {
    throw new Error(
      `${what}: "notAfter" is ${showValue(given.notAfter)}, which is not after "notBefore", ${showValue(given.notBefore)}; nobody could ever call it, so correct one of them.`,
    );
  }
  const conditions: RouteConditions = {
    ...Object.fromEntries(lists),
    ...(claims && { claims }),
    ...(seconds !== undefined && { maxAuthAgeSeconds: seconds }),
    ...(notBefore !== undefined && { notBefore }),
    ...(notAfter !== undefined && { notAfter }),
    ...(pathClaims && { pathClaims }),
  };
  if (Object.keys(conditions).length === 0) {
    throw new Error(
      `${what} asks for nothing; say who may call it, or give 'any' for every live token, or 'nobody'.`,
    );
  }
  const { logOnly }: { logOnly?: unknown } = given;
  if (logOnly !== undefined && typeof logOnly !== 'boolean') {
    throw new Error(`${what}: "logOnly" is ${showValue(logOnly)}; give true or false.`);
  }
  return { route, ...(logOnly && { logOnly: true as const }), ...conditions };
}

/**
 * Refuses what is known only at deployment, texts aside: these get into the environment of the function, but neither a
 * list, nor a number, nor the name of a claim does.
 */
function refuseTokens(what: string, value: unknown): void {
  if (typeof value === 'string') return;
  if (Token.isUnresolved(value)) {
    throw new Error(`${what} is known only at deployment, which only a text may be; give it as it is.`);
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, each] of Object.entries(value)) {
    if (Token.isUnresolved(name)) {
      throw new Error(`${what} has a name that is known only at deployment; give it as it is.`);
    }
    refuseTokens(`${what}: "${name}"`, each);
  }
}

export function readList(what: string, list: unknown, ofWords: boolean): readonly string[] | undefined {
  if (list === undefined) return undefined;
  const advice = 'give a list of texts that has something in it, or leave it out.';
  if (!Array.isArray(list) || list.length === 0) throw new Error(`${what} is ${showValue(list)}; ${advice}`);
  for (const value of list as unknown[]) {
    if (typeof value !== 'string' || value.trim() === '') {
      throw new Error(`${what} holds ${showValue(value)}; ${advice}`);
    }
    if (ofWords && /\s/.test(value)) {
      throw new Error(
        `${what} holds ${showValue(value)}, which has white space in it; give one value an item.`,
      );
    }
  }
  const twice = list.find((value, index) => list.indexOf(value) !== index);
  if (twice !== undefined) throw new Error(`${what} holds ${showValue(twice)} twice; remove one.`);
  return [...list];
}

function readPathClaims(what: string, pattern: RoutePattern, bound: unknown): RouteConditions['pathClaims'] {
  if (bound === undefined) return undefined;
  const entries = typeof bound === 'object' && bound !== null ? Object.entries(bound) : [];
  if (Array.isArray(bound) || entries.length === 0) {
    throw new Error(
      `${what}: "pathClaims" is ${showValue(bound)}; give variables of the path and claims, such as { sub: 'sub' } for "/users/{sub}".`,
    );
  }
  refuseReservedNames(`${what}: "pathClaims"`, bound as object);
  const variables = variablesOf(pattern);
  const greedy = pattern.segments.filter(isGreedy).map(nameOf);
  for (const [variable, claim] of entries as [string, unknown][]) {
    if (!variables.includes(variable)) {
      const there = variables.length === 0 ? 'it has none' : `it has ${variables.join(', ')}`;
      throw new Error(
        `${what}: "pathClaims" names ${showValue(variable)}, which is no variable of the path (${there}); correct the name, or add {${variable}} to the path.`,
      );
    }
    if (greedy.includes(variable)) {
      throw new Error(
        `${what}: "pathClaims" names ${showValue(variable)}, which stands for several parts of the path, and no claim is bound to these; bind a {variable} instead.`,
      );
    }
    if (typeof claim !== 'string' || claim === '') {
      throw new Error(
        `${what}: "pathClaims": ${showValue(variable)} is ${showValue(claim)}; give the name of a claim, such as "sub".`,
      );
    }
    refuseReservedNames(`${what}: "pathClaims": ${showValue(variable)}`, [claim]);
    checkClaimName(`${what}: "pathClaims": ${showValue(variable)}`, claim, ['object', 'list', 'time']);
  }
  return Object.fromEntries(entries);
}

function readTime(what: string, time: unknown): number | undefined {
  if (time === undefined) return undefined;
  const [, year, month, day] = (typeof time === 'string' && RFC_3339.exec(time)) || [];
  if (day !== undefined && Number(day) <= new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()) {
    const seconds = Date.parse(String(time)) / 1000;
    if (seconds > 0) return seconds;
    throw new Error(`${what} is ${showValue(time)}; give a time after 1970-01-01T00:00:00Z.`);
  }
  throw new Error(
    `${what} is ${showValue(time)}; give a time in RFC 3339 with an offset, such as "2026-01-01T00:00:00Z".`,
  );
}
