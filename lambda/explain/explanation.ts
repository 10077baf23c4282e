// A decision as ordered checks: what was looked at, up to where, and what to do. Pure data and tables; see
// explain-token.ts for where the decision comes from.

import type { DenialReason } from '../denial.ts';
import { DENIALS } from '../denial.ts';
import type { DenialGuide } from '../denial-guide.ts';
import { DENIAL_GUIDE, FAULT_GUIDE } from '../denial-guide.ts';
import type { FaultCode } from '../fault.ts';
import { FAULTS } from '../fault.ts';

/** The checks in the order of the authorizer, with what each of them wants to see. */
export const CHECKS = {
  format: 'one compact JWT as its issuer wrote it, offered as one bearer token',
  issuer: 'an iss that the authorizer is configured for',
  algorithm: 'an algorithm that the issuer is configured for, and that the key is made for',
  'required claims': 'all claims that revocation needs, each of its type and range',
  key: 'the one usable key that the issuer publishes under the kid of the token',
  signature: 'the signature of that key over header and claims',
  expiry: 'an exp in the future',
  'not-before': 'an nbf and an iat that are not in the future',
  'token use': 'an access token, as far as the token says what it is',
  audience: 'an audience or client that the API accepts',
  type: 'the typ of an access token, not bound to a key of its holder',
  lifetime: 'a lifetime, from iat to exp, of no more than the issuer is allowed',
  revocations: 'no revocation in force that covers the token',
  scope: 'whatever the rule of the requested route asks for, if there is a route table',
} as const;

export type CheckName = keyof typeof CHECKS;

/** Which check each refusal comes from; a reason without one does not compile. */
export const CHECK_OF_DENIAL: Readonly<Record<DenialReason, CheckName>> = {
  token_missing: 'format',
  credentials_malformed: 'format',
  token_malformed: 'format',
  critical_header_unknown: 'format',
  algorithm_not_allowed: 'algorithm',
  issuer_not_trusted: 'issuer',
  signing_key_unknown: 'key',
  signature_invalid: 'signature',
  token_expired: 'expiry',
  token_not_yet_valid: 'not-before',
  audience_mismatch: 'audience',
  token_type_mismatch: 'type',
  token_use_mismatch: 'token use',
  sender_constraint_unmet: 'type',
  claim_missing: 'required claims',
  claim_invalid: 'required claims',
  lifetime_too_long: 'lifetime',
  token_revoked: 'revocations',
  session_revoked: 'revocations',
  subject_revoked: 'revocations',
  client_revoked: 'revocations',
  key_revoked: 'revocations',
  issuer_revoked: 'revocations',
  claim_revoked: 'revocations',
  scope_insufficient: 'scope',
  route_forbidden: 'scope',
  authentication_insufficient: 'scope',
};

/** Which check each fault keeps from being made; null: all of them. */
export const CHECK_OF_FAULT: Readonly<Record<FaultCode, CheckName | null>> = {
  config_invalid: null,
  event_unrecognized: null,
  jwks_unavailable: 'key',
  jwks_throttled: 'key',
  revocation_store_unavailable: 'revocations',
  decision_log_unavailable: null,
  response_too_large: null,
  unexpected: null,
};

/**
 * `not possible`: a fault kept it from being made; `not checked`: there was nothing to check it with, or against; `only
 * logged`: it failed, by a rule that is only tried out.
 */
export type Outcome = 'passed' | 'failed' | 'only logged' | 'not possible' | 'not reached' | 'not checked';

export interface ExplainedCheck {
  readonly check: CheckName;
  readonly outcome: Outcome;
  /** What the check wants to see. */
  readonly expected: string;
  /** What the token has there; absent: nothing that helps, or nothing that is known. */
  readonly found?: string;
}

export interface Explanation {
  readonly decision: 'allow' | 'denial' | 'fault';
  /** The denial reason or fault code; null: allowed. */
  readonly reason: DenialReason | FaultCode | null;
  /** What the reason means, and what to do about it; null: allowed. */
  readonly guide: DenialGuide | null;
  readonly checks: readonly ExplainedCheck[];
}

/** A decision, as the authorizer's log or a step of it states it. */
export type DecisionGround =
  | { readonly decision: 'allow' }
  | {
      readonly decision: 'denial';
      readonly reason: DenialReason;
      /** Several keys under the `kid` fit the token. */
      readonly isAmbiguousKid?: boolean | undefined;
    }
  | { readonly decision: 'fault'; readonly reason: FaultCode };

/** What is known beyond the decision itself. */
export interface Particulars {
  /** Instead of what the check wants in general. */
  readonly expected?: Partial<Readonly<Record<CheckName, string>>>;
  readonly found?: Partial<Readonly<Record<CheckName, string>>>;
  /** Checks that were not made at all; left out: the scope, which takes a request. */
  readonly notChecked?: ReadonlySet<CheckName>;
  /** Of an allow: the check that would have refused it. */
  readonly onlyLogged?: CheckName;
}

/** Lays a decision out as checks: those before the one that decided have passed, those after it were not reached. */
export function explanationOf(ground: DecisionGround, particulars: Particulars = {}): Explanation {
  const { expected = {}, notChecked = new Set(['scope']), onlyLogged } = particulars;
  const found = { ...particulars.found, ...foundKeys(ground, particulars.found?.key) };
  const names = Object.keys(CHECKS) as CheckName[];
  const decisive = decisiveCheck(ground);
  const at = decisive === undefined ? names.length : decisive === null ? -1 : names.indexOf(decisive);
  const outcomeOf = (name: CheckName, index: number): Outcome => {
    if (index > at) return 'not reached';
    if (index === at) return ground.decision === 'fault' ? 'not possible' : 'failed';
    if (name === onlyLogged) return 'only logged';
    return notChecked.has(name) ? 'not checked' : 'passed';
  };
  return {
    decision: ground.decision,
    reason: ground.decision === 'allow' ? null : ground.reason,
    guide: guideOf(ground),
    checks: names.map((name, index) => {
      const seen = index > at ? undefined : found[name];
      return {
        check: name,
        outcome: outcomeOf(name, index),
        expected: expected[name] ?? CHECKS[name],
        ...(seen !== undefined && { found: seen }),
      };
    }),
  };
}

function foundKeys(ground: DecisionGround, key: string | undefined): Particulars['found'] {
  if (ground.decision !== 'denial' || !ground.isAmbiguousKid) return {};
  return { key: `${key === undefined ? '' : `${key}: `}several keys under one kid that fit the token` };
}

/** `undefined`: none, it was allowed; null: it did not come as far as the first one. */
function decisiveCheck(ground: DecisionGround): CheckName | null | undefined {
  if (ground.decision === 'allow') return undefined;
  return ground.decision === 'denial' ? CHECK_OF_DENIAL[ground.reason] : CHECK_OF_FAULT[ground.reason];
}

function guideOf(ground: DecisionGround): DenialGuide | null {
  if (ground.decision === 'allow') return null;
  if (ground.decision === 'denial') return DENIAL_GUIDE[ground.reason];
  return { meaning: FAULTS[ground.reason], ...FAULT_GUIDE[ground.reason] };
}

/** Recognizes a denial reason or a fault code, as it stands in a body, a log line or a metric. */
export function groundOf(code: string): DecisionGround | undefined {
  if (Object.hasOwn(DENIALS, code)) return { decision: 'denial', reason: code as DenialReason };
  if (Object.hasOwn(FAULTS, code)) return { decision: 'fault', reason: code as FaultCode };
  return undefined;
}
