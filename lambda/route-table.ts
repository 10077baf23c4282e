// Who may call what, as the construct hands it to the functions. Pure; lib/ imports it.

import { findConflicts } from './routes/find-conflicts.ts';

export { sortRoutes } from './routes/match-route.ts';
export type { RoutedApi, RoutePattern } from './routes/parse-route.ts';
export {
  isGreedy,
  isVariable,
  nameOf,
  parseApiRoute,
  parseRoute,
  shapeOf,
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
  /** One of these issuers, by id. */
  readonly issuers?: readonly string[];
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
  /** The issuers, by id, of every rule that names none and is neither for anyone nor for nobody. Left out: all. */
  readonly issuers?: readonly string[];
  readonly rules: readonly RouteRule[];
}

/** The issuers, by id, whose tokens a rule is for; undefined: the rule does not go by the issuer. */
export function issuersOf(
  { issuers, anyone, nobody }: Pick<RouteRule, 'issuers' | 'anyone' | 'nobody'>,
  table: Pick<RouteTable, 'issuers'>,
): readonly string[] | undefined {
  return issuers ?? (anyone || nobody ? undefined : table.issuers);
}

/** Finds a rule that would take the tokens of every trusted issuer for those of one. */
export function findRuleWithoutIssuers(table: RouteTable): RouteRule | undefined {
  return table.rules.find((rule) => !rule.anyone && !rule.nobody && issuersOf(rule, table) === undefined);
}

/**
 * Finds what is wrong with a table: routes that are none, two rules for one route, rules that can never decide.
 *
 * @returns one sentence for each; none when it is sound
 */
export function conflicts(table: { readonly rules: readonly { readonly route: string }[] }): string[] {
  return findConflicts(table.rules);
}
