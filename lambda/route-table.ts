// Who may call what, as the construct hands it to the functions. Pure; lib/ imports it.

import { estimatePolicyBytes } from './routes/estimate-policy-bytes.ts';
import { findConflicts } from './routes/find-conflicts.ts';
import type { RoutedApi } from './routes/parse-route.ts';

export { MAX_BOUND_CHARS } from './routes/estimate-policy-bytes.ts';
export type { Inseparable } from './routes/find-inseparable.ts';
export { findInseparable } from './routes/find-inseparable.ts';
export type { RoutedApi, RoutePattern } from './routes/parse-route.ts';
export {
  bySpecificity,
  isGreedy,
  isRouteOf,
  isVariable,
  nameOf,
  parseRoute,
  VERBS,
} from './routes/parse-route.ts';

/** Names that every object of JavaScript knows. No claim and no variable of a rule is called so: readers of JSON lose them. */
export const RESERVED_NAMES: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/** What a claim has to be; all that is said must hold. */
export interface ClaimCondition {
  /** Exactly this, of the same type. */
  readonly equals?: string | number | boolean;
  readonly oneOf?: readonly (string | number | boolean)[];
  /** A list that has this text in it, or a text that has it among its words. */
  readonly contains?: string;
  /** There, and neither null nor empty. */
  readonly present?: true;
}

/** What a rule asks of a token; all of it must hold. What the token lacks is not met. */
export interface RouteConditions {
  /** All of these words of `scope`, else `scp`. */
  readonly scopes?: readonly string[];
  readonly anyScope?: readonly string[];
  /** All of these in the claim `groupsClaim`. */
  readonly groups?: readonly string[];
  readonly anyGroup?: readonly string[];
  readonly claims?: Readonly<Record<string, ClaimCondition>>;
  /** One of these. */
  readonly acr?: readonly string[];
  /** All of these. */
  readonly amr?: readonly string[];
  readonly maxAuthAgeSeconds?: number;
  /** NumericDate: not before this second. */
  readonly notBefore?: number;
  /** NumericDate: until and including this second. */
  readonly notAfter?: number;
  /** One of these `sub`. */
  readonly subjects?: readonly string[];
  /** The variables of the path that must be equal to a claim: claim by variable. */
  readonly pathClaims?: Readonly<Record<string, string>>;
}

export interface RouteRule extends RouteConditions {
  /** `GET /orders/{id}`, `ANY /admin/{proxy+}`, `$connect`, `$default` */
  readonly route: string;
  /** A refusal is only logged. */
  readonly logOnly?: true;
  /** Typed on purpose: every live token may. */
  readonly anyone?: true;
  /** Typed on purpose: no token may. */
  readonly nobody?: true;
}

export interface RouteTable {
  /** `log-only`: every refusal is only logged. Left out: `enforce`. */
  readonly mode?: 'enforce' | 'log-only';
  /** The claim that names the groups: a list of texts, or one text with commas between them. */
  readonly groupsClaim?: string;
  /**
   * Answer with the requested route alone, not with the whole permission set: for tables that cannot be compiled, or not
   * within the limits. Only right where nothing is cached, or the route is in the cache key.
   */
  readonly exact?: true;
  /** Answers are used for other routes too, so none is narrowed to the requested one. */
  readonly cached?: true;
  readonly rules: readonly RouteRule[];
}

/**
 * Finds what is wrong with a table: routes that are none, two rules for one route, rules that can never decide.
 *
 * @returns one sentence for each; none when it is sound
 */
export function conflicts(table: RouteTable): string[] {
  return findConflicts(table.rules);
}

/**
 * Bounds the bytes of the policy that any token can get: an upper bound over all sets of rules that a token can satisfy,
 * found without going through them, because each family of rules with equal conditions adds either what allows it or what
 * denies it, whatever the other families do.
 *
 * @param stageArnChars  how long `arn:<partition>:execute-api:<region>:<account>:<api>/<stage>/` is, at most
 */
export function worstCasePolicyBytes(
  table: RouteTable,
  apis: readonly RoutedApi[] = ['rest', 'http'],
  stageArnChars = 96,
): number {
  return Math.max(...apis.map((api) => estimatePolicyBytes(table, api, stageArnChars)));
}
