// The answers of the admin function, checked: another function's answer must not pass for a revocation.
import * as v from 'valibot';
import { DIMENSIONS } from '../../lambda/environment.ts';
import { CliError } from '../cli-error.ts';

/** The last moment that a Date can hold, in seconds. */
const LAST_SECOND = 8_640_000_000_000;

/** NumericDate, seconds since the epoch. */
const Time = v.pipe(v.number(), v.minValue(0), v.maxValue(LAST_SECOND));

const RecordView = v.looseObject({
  dimension: v.picklist(DIMENSIONS),
  issuer: v.string(),
  /** The name of the claim; `jkt` for a signing key that is named by its thumbprint; else null. */
  claim: v.nullable(v.string()),
  value: v.string(),
  kind: v.picklist(['absolute', 'cut-off']),
  /** Tokens issued at or before it are revoked. */
  revokedBefore: Time,
  /** `null`: kept until reinstated. */
  expiresAt: v.nullable(Time),
  reason: v.string(),
  actor: v.string(),
  ticket: v.nullable(v.string()),
  changedAt: Time,
});
export type RecordView = v.InferOutput<typeof RecordView>;

export const RevokeAnswer = v.looseObject({
  command: v.literal('revoke'),
  dryRun: v.boolean(),
  changed: v.boolean(),
  /** `null`: no token that it would cover can be alive. */
  record: v.nullable(RecordView),
  /** The revocation in force before the command. */
  previous: v.nullable(RecordView),
  /** The earliest `iat` that is live again; `null`: none, or nothing was revoked. */
  safeSignInFrom: v.nullable(Time),
  /** From then on no authorization that begins accepts what is revoked; `null`: nothing was. */
  effectiveFrom: v.nullable(Time),
  /** What became of the flush of results caches: `done`, `accepted`, `failed`; `null`: there is none. */
  flushed: v.optional(v.nullable(v.string())),
  /** Sentences for a person. */
  notes: v.array(v.string()),
});
export type RevokeAnswer = v.InferOutput<typeof RevokeAnswer>;

export const ReinstateAnswer = v.looseObject({
  command: v.literal('reinstate'),
  dryRun: v.boolean(),
  changed: v.boolean(),
  /** What was lifted. */
  record: v.nullable(RecordView),
  /** What stays in force. */
  remaining: v.nullable(RecordView),
  /** What else refuses the token; `null`: not known, it was not given whole. */
  refusedBy: v.optional(v.nullable(v.array(RecordView)), null),
  /** As of `revoke`. */
  flushed: v.optional(v.nullable(v.string())),
  /** Sentences for a person. */
  notes: v.optional(v.array(v.string()), []),
});
export type ReinstateAnswer = v.InferOutput<typeof ReinstateAnswer>;

export const CheckAnswer = v.looseObject({
  command: v.literal('check'),
  live: v.boolean(),
  /** The token is past its `exp`. */
  expired: v.optional(v.boolean()),
  records: v.array(RecordView),
});
export type CheckAnswer = v.InferOutput<typeof CheckAnswer>;

export const ListAnswer = v.looseObject({
  command: v.literal('list'),
  records: v.array(RecordView),
  cursor: v.nullable(v.string()),
});
export type ListAnswer = v.InferOutput<typeof ListAnswer>;

const Reach = v.looseObject({
  /** `none`: not in force. */
  kind: v.picklist(['absolute', 'cut-off', 'none']),
  revokedBefore: v.nullable(Time),
  expiresAt: v.nullable(Time),
});
export type Reach = v.InferOutput<typeof Reach>;

const ChangeView = v.looseObject({
  change: v.picklist(['revoke', 'reinstate']),
  at: Time,
  actor: v.string(),
  /** `claimed`: the caller's own word; `aws`: AWS authenticated it. */
  actorSource: v.picklist(['claimed', 'aws']),
  reason: v.string(),
  ticket: v.nullable(v.string()),
  requestId: v.string(),
  /** `null`: there was no record. */
  before: v.nullable(Reach),
  after: Reach,
});
export type ChangeView = v.InferOutput<typeof ChangeView>;

export const HistoryAnswer = v.looseObject({
  command: v.literal('history'),
  changes: v.array(ChangeView),
  cursor: v.nullable(v.string()),
});
export type HistoryAnswer = v.InferOutput<typeof HistoryAnswer>;

export const ExplainAnswer = v.looseObject({
  command: v.literal('explain'),
  decision: v.picklist(['allow', 'denial', 'fault']),
  /** The denial reason or fault code; `null`: allowed. */
  reason: v.nullable(v.string()),
  guide: v.nullable(v.looseObject({ meaning: v.string(), client: v.string(), operator: v.string() })),
  checks: v.array(
    v.looseObject({
      check: v.string(),
      outcome: v.string(),
      expected: v.string(),
      found: v.optional(v.string()),
    }),
  ),
});
export type ExplainAnswer = v.InferOutput<typeof ExplainAnswer>;

/**
 * Reads an answer of the admin function. Unknown keys are kept: a newer function may say more.
 *
 * @throws {CliError} `adminFailed`  it is not the answer that the command has
 */
export function parseAnswer<Schema extends v.GenericSchema>(
  schema: Schema,
  payload: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, parseJson(payload));
  if (result.success) return result.output;
  const path = v.getDotPath(result.issues[0]);
  throw new CliError(
    'adminFailed',
    `the answer is not one of a revocation admin function (${path ? `field ${path}` : 'it is not an object'}); check --function, and that this tool and the deployed stack have the same version`,
  );
}

function parseJson(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}
