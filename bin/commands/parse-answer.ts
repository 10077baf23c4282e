// The answers of the admin function, checked: another function's answer must not pass for a revocation.
import * as v from 'valibot';
import { CliError } from '../cli-error.ts';

/** The last moment that a Date can hold, in seconds. */
const LAST_SECOND = 8_640_000_000_000;

/** NumericDate, seconds since the epoch. */
const Time = v.pipe(v.number(), v.minValue(0), v.maxValue(LAST_SECOND));

const RecordView = v.looseObject({
  dimension: v.picklist(['token', 'subject']),
  issuer: v.string(),
  value: v.string(),
  kind: v.picklist(['absolute', 'cut-off']),
  /** Tokens issued at or before it are revoked. */
  revokedBefore: Time,
  /** `null`: kept until reinstated. */
  expiresAt: v.nullable(Time),
  reason: v.string(),
  actor: v.string(),
  changedAt: Time,
});
export type RecordView = v.InferOutput<typeof RecordView>;

export const RevokeAnswer = v.looseObject({
  command: v.literal('revoke'),
  changed: v.boolean(),
  /** `null`: no token that it would cover can be alive. */
  record: v.nullable(RecordView),
  /** The earliest `iat` that is live again; `null`: none. */
  safeSignInFrom: v.nullable(Time),
});
export type RevokeAnswer = v.InferOutput<typeof RevokeAnswer>;

export const ReinstateAnswer = v.looseObject({
  command: v.literal('reinstate'),
  changed: v.boolean(),
  record: v.nullable(RecordView),
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
