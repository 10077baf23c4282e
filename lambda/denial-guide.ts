// What each refusal and fault means, and what to do about it: for the tools and docs/denials.md. The authorizer does not
// import it, so that no cold start pays for prose.
import type { DenialReason } from './denial.ts';
import type { FaultCode } from './fault.ts';

/** What to do about a refusal or a fault; one or two sentences each. */
export interface Remedy {
  /** For whoever holds the token and calls the API. */
  readonly client: string;
  /** For whoever runs the authorizer. */
  readonly operator: string;
}

/** A denial reason, explained. */
export interface DenialGuide extends Remedy {
  /** What was found, in one sentence. */
  readonly meaning: string;
}

const SIGN_IN_AGAIN = 'Sign in again; a token that was revoked never becomes valid by waiting or repeating.';

/** Every denial reason; a missing one does not compile. */
export const DENIAL_GUIDE: Readonly<Record<DenialReason, DenialGuide>> = {
  token_missing: {
    meaning:
      'The request has no bearer token in any of its identity sources; that is the `Authorization` header, unless configured otherwise.',
    client: 'Send `Authorization: Bearer <token>`; without a token, sign in first.',
    operator:
      'Nothing. If clients do send the header, look for a proxy or a CORS setting that drops `Authorization` on the way.',
  },
  credentials_malformed: {
    meaning:
      'There are credentials, but no single well-formed bearer token: two places or two values, characters that no token has, or more than 8,192 characters.',
    client:
      'Send exactly one `Authorization` header with the scheme `Bearer`, one space, and the token alone: no quotes, no line break.',
    operator: 'Check whether a proxy adds a second `Authorization` header or joins two with a comma.',
  },
  token_malformed: {
    meaning:
      'What was sent is not a JWT in its one canonical spelling: three base64url parts, the first two of them unambiguous JSON objects.',
    client:
      'Send the access token as the issuer gave it, unshortened and unchanged. An opaque token, a SAML assertion or a refresh token cannot be used here.',
    operator:
      'If an issuer gives out opaque tokens, make it issue JWT access tokens for this API. Otherwise nothing: strangers send garbage.',
  },
  critical_header_unknown: {
    meaning:
      'The token declares header parameters critical (`crit`) that the authorizer does not understand, and RFC 7515 forbids ignoring them.',
    client: 'Get a token without `crit` from the issuer.',
    operator: 'Turn the extension off at the issuer; the authorizer understands none.',
  },
  algorithm_not_allowed: {
    meaning:
      'The token is signed with an algorithm that its issuer is not configured for, or that the key under its `kid` is not made for.',
    client: 'Get a new token from the issuer. If it is refused too, tell the operator the algorithm (`alg`).',
    operator:
      'If the issuer really signs with this algorithm, list it in the option `algorithms` of the issuer. `none` and the symmetric HS algorithms cannot be allowed.',
  },
  issuer_not_trusted: {
    meaning: 'The `iss` of the token is not, letter by letter, one that the authorizer is configured for.',
    client:
      'Use a token of the right environment and user pool; tokens of a test system are not valid in production.',
    operator:
      'Compare the `iss` of the token with the configured issuers: a missing or surplus `/` at the end makes two different issuers.',
  },
  signing_key_unknown: {
    meaning:
      'The issuer publishes no usable key under the `kid` of the token, or several that fit it, or the token has no `kid`.',
    client: 'Get a new token: the key was probably withdrawn. Tell the operator if that does not help.',
    operator:
      'Look whether the JWKS of the issuer has the `kid`, and whether that key is fit for use: RSA of at least 2,048 bits, or the curve of its algorithm, for signatures. A new key is found at its first use, or 10 seconds later under a flood of unknown ones; where a results cache would keep the refusal, the fault `jwks_throttled` fills these 10 seconds. If the log line says `ambiguousKid`, make the issuer give each key a `kid` of its own.',
  },
  signature_invalid: {
    meaning: 'The signature does not match header and claims under the key that the token names.',
    client: 'Send the token exactly as the issuer gave it. If it is unchanged, get a new one.',
    operator:
      'A single one is a damaged or a forged token. Many at once: an attack, or an issuer that reused a `kid` for another key.',
  },
  token_expired: {
    meaning: 'The token is at or past its `exp` plus the `grace` of its issuer.',
    client: 'Refresh the token, or sign in again when there is no refresh token.',
    operator:
      'Nothing. If fresh tokens are expired, compare the clock of the issuer with real time; `grace` allows for a small difference.',
  },
  token_not_yet_valid: {
    meaning: 'The `nbf` or the `iat` of the token lies further in the future than the `grace` of its issuer.',
    client: 'Set the clock of the machine that issues the token, wait that long, or get a new token.',
    operator:
      'Fix the clock of the issuer; the option `grace` allows for a difference of some seconds. An `iat` in milliseconds is refused as `claim_invalid`.',
  },
  audience_mismatch: {
    meaning:
      'The token was issued for somebody else: its `aud`, or the `client_id` of a Cognito access token, is not one that this API accepts.',
    client:
      'Ask the issuer for a token for this API: the audience, resource or client id must be that of the API.',
    operator:
      'If the audience is right, add it to the option `audience` of the issuer (Cognito: `clients` or `clientIds`; `resource` for the `aud` of an access token).',
  },
  token_type_mismatch: {
    meaning: 'The `typ` of the token is not that of an access token as the issuer is configured to send it.',
    client: 'Send the access token (RFC 9068: `at+jwt`), not the ID token or another JWT of the same issuer.',
    operator: 'If the issuer does not follow RFC 9068, do not require its `typ`.',
  },
  token_use_mismatch: {
    meaning:
      'The token says that it is not of the kind that is accepted: by `token_use`, by the claim `typ` (Keycloak), as an ID token by `nonce` with `at_hash` or `c_hash`, or as a logout token by `events`.',
    client: 'Send the access token, not the ID token, the refresh token or another JWT of the same issuer.',
    operator:
      'Nothing, unless the API is meant to take ID tokens; then set the option `tokenUse` of the issuer.',
  },
  sender_constraint_unmet: {
    meaning:
      'The token is bound to a key of its holder (`cnf`: DPoP or mutual TLS), and was sent as a plain bearer token.',
    client: 'Get an unbound bearer token for this API.',
    operator:
      'Turn sender constraints off at the issuer for this API; the authorizer cannot check the proof of possession, and does not pretend to.',
  },
  claim_missing: {
    meaning:
      'A claim is missing or empty that the authorizer needs; without `jti`, `sub`, `iat` and `exp` a token could not be revoked.',
    client:
      'Get an access token, not another kind of JWT. Tell the operator if the issuer leaves the claim out.',
    operator:
      'Make the issuer add the claim. The required ones are `jti`, `sub`, `iat`, `exp`, and those that its configuration names. A claim for the backend (option `context`) may be marked `required: false`.',
  },
  claim_invalid: {
    meaning:
      'A claim has the wrong type or an impossible value: a time in milliseconds, a list for a text, `exp` before `iat`.',
    client: 'Get a new token. Tell the operator if the issuer keeps writing the claim this way.',
    operator:
      'Make the issuer write times as whole seconds since 1970, and identifiers as texts of at most 1,024 bytes.',
  },
  lifetime_too_long: {
    meaning:
      'The token lives longer, from `iat` to `exp`, than its issuer is allowed; it would outlive the revocation of its subject.',
    client: 'Get a token with a shorter lifetime.',
    operator:
      'Shorten the lifetime at the issuer, or raise the option `maxTokenLifetime`, which also keeps revocations longer.',
  },
  token_revoked: {
    meaning: 'This one token was revoked by its `jti`.',
    client: SIGN_IN_AGAIN,
    operator: '`revocable-authorizer check token` shows who revoked it and why; `reinstate token` undoes it.',
  },
  session_revoked: {
    meaning:
      'The session that the token belongs to (`sid`, or `origin_jti` of Cognito) was ended, with every token that is refreshed from it.',
    client: SIGN_IN_AGAIN,
    operator:
      'Nothing, if somebody signed out. `revocable-authorizer list` shows who ended the session and why.',
  },
  subject_revoked: {
    meaning:
      'Every token of the subject issued up to a moment was revoked (signed out everywhere), or the subject is blocked.',
    client: `${SIGN_IN_AGAIN} If a new token is refused too, the account is blocked.`,
    operator:
      '`revocable-authorizer check subject` shows who revoked it and why; `reinstate subject` undoes it.',
  },
  client_revoked: {
    meaning:
      'The client that the token was issued to (`client_id`, `azp`, `cid` or `appid`; `aud` of a Cognito id token) was revoked.',
    client:
      'Nothing that a user can do. Ask the operator of the API whether the application may be used again.',
    operator:
      '`revocable-authorizer list` shows who revoked the client and why. Reinstate it when the application is safe again.',
  },
  key_revoked: {
    meaning:
      'The signing key of the token was revoked, by its `kid` or by its thumbprint: somebody else may have it.',
    client: 'Sign in again, after the issuer has changed its key.',
    operator: 'Change the signing key at the issuer. A stolen key must never be reinstated.',
  },
  issuer_revoked: {
    meaning: 'Every token of the issuer was revoked, or those issued up to a moment.',
    client: `${SIGN_IN_AGAIN} If a new token is refused too, the issuer is blocked.`,
    operator: '`revocable-authorizer list` shows who revoked the issuer and why.',
  },
  claim_revoked: {
    meaning:
      'A claim that tokens can be revoked by, such as a tenant or a device, was revoked with the value that this token has.',
    client: `${SIGN_IN_AGAIN} If a new token is refused too, the tenant or device is blocked.`,
    operator: '`revocable-authorizer list` shows which claim and value, who revoked it and why.',
  },
  scope_insufficient: {
    meaning: 'The token is good, but lacks a scope that the rule of this route asks for.',
    client: 'Ask the issuer for a token with more scopes; the documentation of the API says which ones.',
    operator:
      'The log line names the `rule` and the scope that is `missing`. Let the issuer grant it, or change the rule.',
  },
  route_forbidden: {
    meaning:
      'The token is good, but the route is not for this caller: it has no rule, or one for nobody, or its rule asks for a group, a claim, a subject, an issuer or a time that the token does not meet.',
    client: 'Nothing by itself. Ask the operator of the API for access; a new sign-in alone does not help.',
    operator:
      'The log line names the `rule` and what is `missing`. Without a `rule`, none matches the route: add one to the route table if somebody is meant to call it.',
  },
  authentication_insufficient: {
    meaning:
      'The token is good, but the route asks for a stronger or more recent sign-in (`acr`, `amr`, `auth_time`), as RFC 9470 describes.',
    client:
      'Send the user to sign in again with the wanted `acr_values` and `max_age`, and repeat the request.',
    operator:
      'The log line names the `rule`, `acrValues` and `maxAge`. If users do sign in so, make the issuer write `acr`, `amr` and `auth_time` into access tokens.',
  },
};

/** Every fault code; what it means stands in `FAULTS`. */
export const FAULT_GUIDE: Readonly<Record<FaultCode, Remedy>> = {
  config_invalid: {
    client: 'Try again later; the token was not refused.',
    operator:
      'Read the message in the log of the function: it names the variable and the field. Deploy again.',
  },
  event_unrecognized: {
    client: 'Try again later; the token was not refused.',
    operator:
      'Attach the function to a REST, HTTP or WebSocket API, as the constructs do; see `docs/attaching.md`. AppSync is not supported.',
  },
  jwks_unavailable: {
    client: 'Try again later, with pauses that grow; keep the token.',
    operator:
      'Look whether the JWKS address of the issuer answers, from the network of the function, within 2 seconds, with status 200 and a key set. Keys of up to an hour of age serve meanwhile.',
  },
  jwks_throttled: {
    client: 'Try again in some 10 seconds; keep the token.',
    operator:
      "The same as `jwks_unavailable`, a moment after it. An unknown `kid` ends so too, for 10 seconds after another unknown one: at an API whose results cache would keep the refusal of a key that is only new (HTTP APIs, and REST APIs with `denialDetail: 'reason'`), at the token endpoints, and in `explain`. Many of these at once are a stranger's invented tokens.",
  },
  revocation_store_unavailable: {
    client: 'Try again later, with pauses that grow; keep the token.',
    operator:
      'Look at the DynamoDB table: does it exist, may the function read it, is it throttled, does the region have trouble? Of a command to revoke or reinstate, the message says what was done; give the command again.',
  },
  response_too_large: {
    client: 'Nothing by itself: the same token always ends so. Tell the operator.',
    operator:
      'API Gateway takes at most 8 KB from an authorizer; the field `cause` of the log line says how large the response was. Forward fewer or shorter claims (option `context`), or make the issuer write shorter ones.',
  },
  decision_log_unavailable: {
    client: 'Nothing: no request is decided by it.',
    operator:
      'Try again, or name a later `--since`: a long log takes longer to search than a command may take. Check that the function may call `logs:FilterLogEvents` on the log group.',
  },
  unexpected: {
    client: 'Try again later; keep the token.',
    operator: 'This is a defect: report it with the field `cause` of the log line. It holds no claim.',
  },
};
