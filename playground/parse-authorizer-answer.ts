import * as v from 'valibot';
import type { Statement } from './evaluate-policy.ts';

/** The answer of a Lambda authorizer that API Gateway can use. */
export interface AuthorizerAnswer {
  readonly principalId: string;
  readonly statements: readonly Statement[];
  /** Every value as the text that the integration sees. */
  readonly context: Readonly<Record<string, string>>;
}

const MAX_ANSWER_BYTES = 8 * 1024;

const oneOrMore = (item: v.GenericSchema<string>) =>
  v.pipe(
    v.union([item, v.pipe(v.array(item), v.minLength(1, 'an empty list'))]),
    v.transform((value) => (typeof value === 'string' ? [value] : value)),
  );

const StatementSchema = v.pipe(
  // Strict: a Condition, NotAction or NotResource that went unseen would turn a refusal into a permission.
  v.strictObject({
    Sid: v.optional(v.string()),
    Effect: v.picklist(['Allow', 'Deny']),
    Action: oneOrMore(v.string()),
    Resource: oneOrMore(v.pipe(v.string(), v.maxLength(512, 'more than 512 characters'))),
  }),
  v.transform(({ Effect, Action, Resource }) => ({ effect: Effect, actions: Action, resources: Resource })),
);

const FlatContext = v.pipe(
  v.unknown(),
  v.check((value) => !Array.isArray(value)), // a list is a record to valibot
  v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
);

const AnswerSchema = v.pipe(
  v.object({
    principalId: v.pipe(v.string(), v.nonEmpty('an empty text')),
    policyDocument: v.object({
      Version: v.optional(v.string()),
      Statement: v.union([
        v.array(StatementSchema),
        v.pipe(
          StatementSchema,
          v.transform((one) => [one]),
        ),
      ]),
    }),
    context: v.nullish(FlatContext),
  }),
  v.transform(
    ({ principalId, policyDocument, context }): AuthorizerAnswer => ({
      principalId,
      statements: policyDocument.Statement,
      context: Object.fromEntries(Object.entries(context ?? {}).map(([key, value]) => [key, String(value)])),
    }),
  ),
);

/**
 * Parses what a Lambda authorizer returned, as strictly as API Gateway does or stricter: principal, policy document,
 * flat context, 512 characters a resource, 8 KB in all.
 *
 * @param payload the JSON text that the function returned
 * @returns the answer, or what is wrong with it: the place, never the value
 */
export function parseAuthorizerAnswer(payload: string): AuthorizerAnswer | { readonly malformed: string } {
  if (Buffer.byteLength(payload) > MAX_ANSWER_BYTES) return { malformed: 'the answer is larger than 8 KB' };
  const parsed = v.safeParse(AnswerSchema, JSON.parse(payload));
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  return { malformed: `${v.getDotPath(issue) ?? 'the answer'} is not what API Gateway takes` };
}
