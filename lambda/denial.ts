/** How one reason looks from outside. */
export interface DenialRule {
  readonly status: 401 | 403;
  /** The error code of RFC 6750 section 3.1 or RFC 9470 section 3; absent: no credentials were offered. */
  readonly error?:
    | 'invalid_request'
    | 'invalid_token'
    | 'insufficient_scope'
    | 'insufficient_user_authentication';
}

/** Every refusal, in the order of the steps. The type, the wire, the log and the tests come from here. */
export const DENIALS = {
  token_missing: { status: 401 },
  credentials_malformed: { status: 401, error: 'invalid_request' },
  token_malformed: { status: 401, error: 'invalid_token' },
  critical_header_unknown: { status: 401, error: 'invalid_token' },
  algorithm_not_allowed: { status: 401, error: 'invalid_token' },
  issuer_not_trusted: { status: 401, error: 'invalid_token' },
  signing_key_unknown: { status: 401, error: 'invalid_token' },
  signature_invalid: { status: 401, error: 'invalid_token' },
  token_expired: { status: 401, error: 'invalid_token' },
  token_not_yet_valid: { status: 401, error: 'invalid_token' },
  audience_mismatch: { status: 401, error: 'invalid_token' },
  token_type_mismatch: { status: 401, error: 'invalid_token' },
  token_use_mismatch: { status: 401, error: 'invalid_token' },
  sender_constraint_unmet: { status: 401, error: 'invalid_token' },
  claim_missing: { status: 401, error: 'invalid_token' },
  claim_invalid: { status: 401, error: 'invalid_token' },
  lifetime_too_long: { status: 401, error: 'invalid_token' },
  token_revoked: { status: 401, error: 'invalid_token' },
  session_revoked: { status: 401, error: 'invalid_token' },
  subject_revoked: { status: 401, error: 'invalid_token' },
  client_revoked: { status: 401, error: 'invalid_token' },
  key_revoked: { status: 401, error: 'invalid_token' },
  issuer_revoked: { status: 401, error: 'invalid_token' },
  claim_revoked: { status: 401, error: 'invalid_token' },
  scope_insufficient: { status: 403, error: 'insufficient_scope' },
  route_forbidden: { status: 403, error: 'insufficient_scope' },
  authentication_insufficient: { status: 403, error: 'insufficient_user_authentication' },
} as const satisfies Record<string, DenialRule>;

export type DenialReason = keyof typeof DENIALS;

/** What was established about a token before it was refused; for the log, never for the client. */
export interface Evidence {
  /** Whose token it claims to be; only an issuer that we trust. */
  readonly issuer?: { readonly id: string };
  /** The id of the key that was tried; only that of a key that its issuer publishes. */
  readonly kid?: string;
  /** Several keys stand under that id that fit the token, so that none was tried. */
  readonly isAmbiguousKid?: boolean;
  /** `jti`, behind a valid signature. */
  readonly jwtId?: string;
  /** `sub`, behind a valid signature. */
  readonly subject?: string;
  /** Checking the signature ended in an error that no known defect of a token explains. */
  readonly isAnomaly?: boolean;
}

/** How the user has to sign in for a route (RFC 9470 section 3). */
export interface Challenge {
  /** One of these, separated by spaces. */
  readonly acrValues?: string;
  readonly maxAgeSeconds?: number;
}

/** Why the rules deny a route; for the log. */
export interface DeniedRoute {
  /** The route of the rule that decided; absent if no rule matches. */
  readonly rule?: string;
  /** What the rule asks for and the token lacks, as the route table says it; never what the token has. */
  readonly missing: readonly string[];
  readonly challenge?: Challenge;
}

/** A refusal: we checked, and the answer is no. */
export interface Denial {
  readonly reason: DenialReason;
  readonly evidence?: Evidence;
  /** Only of a denial by the route table. */
  readonly route?: DeniedRoute;
}

/** What a step returns: a value to go on with, or a denial. Faults are thrown. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly denial: Denial };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function denied(
  reason: DenialReason,
  evidence?: Evidence,
): { readonly ok: false; readonly denial: Denial } {
  return { ok: false, denial: { reason, ...(evidence && { evidence }) } };
}
