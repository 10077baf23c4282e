import * as v from 'valibot';
import type { Explanation } from '../explain/explanation.ts';

/** Far above what the authorizer takes: what is too long is explained as well. */
const MAX_TOKEN_CHARS = 65_536;

const TOKEN_FORM = `a text of 1 to ${MAX_TOKEN_CHARS} characters`;
const REQUEST_ID_FORM = 'a Lambda request id, such as 8b7f1c1e-0000-4000-8000-000000000000';
const SINCE_FORM = 'whole seconds since 1970-01-01T00:00:00Z (not milliseconds)';

/** The fields of the command `explain`; exactly one of `token` and `requestId` is given, see `openExplainer`. */
export const ExplainSchema = v.strictObject({
  command: v.literal('explain'),
  token: v.optional(
    v.pipe(v.string(TOKEN_FORM), v.minLength(1, TOKEN_FORM), v.maxLength(MAX_TOKEN_CHARS, TOKEN_FORM)),
  ),
  requestId: v.optional(v.pipe(v.string(REQUEST_ID_FORM), v.uuid(REQUEST_ID_FORM))),
  /** NumericDate: where to begin to search for the request id. */
  since: v.optional(
    v.pipe(
      v.number(SINCE_FORM),
      v.integer(SINCE_FORM),
      v.minValue(1, SINCE_FORM),
      v.maxValue(100_000_000_000, SINCE_FORM),
    ),
  ),
});

export type ExplainCommand = v.InferOutput<typeof ExplainSchema>;

export interface ExplainAnswer extends Explanation {
  readonly command: 'explain';
  /** Of a request id: the line in the authorizer's log, whose identifiers are digests. */
  readonly line?: Readonly<Record<string, unknown>>;
}
