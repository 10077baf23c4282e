import * as v from 'valibot';
import type { Statement } from './evaluate-policy.ts';

/** The answer of a Lambda authorizer that API Gateway can use. */
export interface AuthorizerAnswer {
  readonly principalId: string;
  readonly statements: readonly Statement[];
  readonly context: Readonly<Record<string, unknown>>;
  /** The value of an API key. */
  readonly usageIdentifierKey?: string;
}

/** The answer of a simple response, payload format 2.0 of an HTTP API. */
export interface SimpleAnswer {
  readonly isAuthorized: boolean;
  /** Null when the function returned none. */
  readonly context: Readonly<Record<string, unknown>> | null;
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

const notAList = v.check((value) => !Array.isArray(value)); // a list is a record to valibot

/** Every value becomes the text that the integration sees. */
const FlatContext = v.pipe(
  v.unknown(),
  notAList,
  v.record(v.string(), v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String))),
);

const AnyContext = v.pipe(v.unknown(), notAList, v.record(v.string(), v.unknown()));

const policyAnswer = (Context: v.GenericSchema<unknown, Record<string, unknown>>) =>
  v.pipe(
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
      context: v.nullish(Context),
      usageIdentifierKey: v.nullish(v.string()),
    }),
    v.transform(
      ({ principalId, policyDocument, context, usageIdentifierKey }): AuthorizerAnswer => ({
        principalId,
        statements: policyDocument.Statement,
        context: context ?? {},
        ...(typeof usageIdentifierKey === 'string' && { usageIdentifierKey }),
      }),
    ),
  );

const FlatAnswer = policyAnswer(FlatContext);
const DeepAnswer = policyAnswer(AnyContext);

const SimpleAnswerSchema = v.pipe(
  v.object({ isAuthorized: v.boolean(), context: v.nullish(AnyContext) }),
  v.transform(({ isAuthorized, context }): SimpleAnswer => ({ isAuthorized, context: context ?? null })),
);

type Malformed = { readonly malformed: string };

/**
 * Parses the IAM policy that a Lambda authorizer returned, as strictly as API Gateway does or stricter: principal, policy
 * document, flat context, 512 characters a resource, 8 KB in all.
 *
 * @param payload the JSON text that the function returned
 * @returns the answer, or what is wrong with it: the place, never the value
 */
export function parseAuthorizerAnswer(payload: string): AuthorizerAnswer | Malformed {
  return parse(FlatAnswer, payload);
}

/** Parses the IAM policy of an HTTP API with payload format 2.0, whose context may hold lists and objects. */
export function parseDeepAnswer(payload: string): AuthorizerAnswer | Malformed {
  return parse(DeepAnswer, payload);
}

/** Parses a simple response: `isAuthorized` is `true` or `false`, and no text that looks like it. */
export function parseSimpleAnswer(payload: string): SimpleAnswer | Malformed {
  return parse(SimpleAnswerSchema, payload);
}

function parse<T>(schema: v.GenericSchema<unknown, T>, payload: string): T | Malformed {
  if (Buffer.byteLength(payload) > MAX_ANSWER_BYTES) return { malformed: 'the answer is larger than 8 KB' };
  const parsed = v.safeParse(schema, JSON.parse(payload));
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const place = v.getDotPath(issue as v.BaseIssue<unknown> & { path: undefined });
  return { malformed: `${place ?? 'the answer'} is not what API Gateway takes` };
}
