import * as v from 'valibot';
import { CommandInvalid } from './command-invalid.ts';

/** The year 5138 in seconds, but 1973 in milliseconds: whoever writes more means milliseconds. */
const MAX_NUMERIC_DATE = 100_000_000_000;

const textForm = (maxBytes: number) => `a string of 1 to ${maxBytes} bytes`;
const text = (maxBytes: number) =>
  v.pipe(
    v.string(textForm(maxBytes)),
    v.minLength(1, textForm(maxBytes)),
    v.maxBytes(maxBytes, textForm(maxBytes)),
    v.check((value) => value.isWellFormed(), 'a string without unpaired surrogates'),
  );

const MAX_CLAIM_BYTES = 1024;
const MAX_REASON_BYTES = 512;
const MAX_ACTOR_BYTES = 256;

const NUMERIC_DATE_FORM = 'whole seconds since 1970-01-01T00:00:00Z (not milliseconds)';
const numericDate = v.pipe(
  v.number(NUMERIC_DATE_FORM),
  v.integer(NUMERIC_DATE_FORM),
  v.minValue(1, NUMERIC_DATE_FORM),
  v.maxValue(MAX_NUMERIC_DATE, NUMERIC_DATE_FORM),
);

const TARGET_FORM = 'an object with "dimension": "token" or "dimension": "subject"';
const TargetSchema = v.variant(
  'dimension',
  [
    v.strictObject({
      dimension: v.literal('token'),
      token: v.optional(text(8192)),
      issuer: v.optional(text(MAX_CLAIM_BYTES)),
      jti: v.optional(text(MAX_CLAIM_BYTES)),
      exp: v.optional(numericDate),
    }),
    v.strictObject({
      dimension: v.literal('subject'),
      issuer: v.optional(text(MAX_CLAIM_BYTES)),
      subject: text(MAX_CLAIM_BYTES),
    }),
  ],
  TARGET_FORM,
);

const change = { target: TargetSchema, reason: text(MAX_REASON_BYTES), actor: text(MAX_ACTOR_BYTES) };

const CommandSchema = v.variant(
  'command',
  [
    v.strictObject({
      command: v.literal('revoke'),
      ...change,
      before: v.optional(numericDate),
      block: v.optional(v.literal(true, 'true, or left out')),
    }),
    v.strictObject({ command: v.literal('reinstate'), ...change }),
    v.strictObject({ command: v.literal('check'), target: TargetSchema }),
    v.strictObject({
      command: v.literal('list'),
      limit: v.optional(
        v.pipe(
          v.number('a whole number from 1 to 100'),
          v.integer('a whole number from 1 to 100'),
          v.minValue(1, 'a whole number from 1 to 100'),
          v.maxValue(100, 'a whole number from 1 to 100'),
        ),
        50,
      ),
      cursor: v.optional(
        v.pipe(
          v.string('the cursor of the page before'),
          v.regex(/^[\w-]{43}$/, 'the cursor of the page before'),
        ),
      ),
    }),
  ],
  'an object with "command": "revoke", "reinstate", "check" or "list"',
);

/** A command whose fields have their form; whether its issuer exists and its times are possible comes later. */
export type Command = v.InferOutput<typeof CommandSchema>;
export type CommandTarget = v.InferOutput<typeof TargetSchema>;
export type RevokeCommand = Extract<Command, { command: 'revoke' }>;
export type ReinstateCommand = Extract<Command, { command: 'reinstate' }>;
export type CheckCommand = Extract<Command, { command: 'check' }>;
export type ListCommand = Extract<Command, { command: 'list' }>;

/**
 * Reads a command. Unknown fields are refused: a misspelled option must not silently do something else.
 *
 * Does NOT know the configured issuers or the time; see `resolveTarget` and `applyCommand`.
 *
 * @throws {CommandInvalid}  with the first field that is wrong
 */
export function parseCommand(event: unknown): Command {
  const parsed = v.safeParse(CommandSchema, event);
  if (parsed.success) return requireFittingOptions(parsed.output);
  const [issue] = parsed.issues;
  const field = v.getDotPath(issue) ?? 'command';
  const { key, value } = issue.path?.at(-1) ?? {};
  if (issue.type !== 'strict_object') throw new CommandInvalid(field, issue.input, issue.message);
  if (issue.expected === 'never') {
    throw new CommandInvalid(field, value, 'no field of this name, in this kind of command');
  }
  throw new CommandInvalid(field, value, REQUIRED_FORMS[String(key)] ?? 'an object');
}

/** What a field wants to hold that may not be left out. */
const REQUIRED_FORMS: Readonly<Record<string, string>> = {
  target: TARGET_FORM,
  subject: textForm(MAX_CLAIM_BYTES),
  reason: textForm(MAX_REASON_BYTES),
  actor: textForm(MAX_ACTOR_BYTES),
};

function requireFittingOptions(command: Command): Command {
  if (command.command === 'list') return command;
  const { target } = command;
  if (target.dimension === 'token') {
    const isByClaims = target.jti !== undefined;
    if ((target.token !== undefined) === isByClaims) {
      throw new CommandInvalid('target', Object.keys(target), 'either token, or jti (with exp and issuer)');
    }
    if (!isByClaims && (target.issuer !== undefined || target.exp !== undefined)) {
      throw new CommandInvalid(
        'target',
        Object.keys(target),
        'no issuer and no exp beside token: it has its own',
      );
    }
    if (command.command === 'revoke' && isByClaims && target.exp === undefined) {
      throw new CommandInvalid('target.exp', undefined, `the exp of the token, ${NUMERIC_DATE_FORM}`);
    }
  }
  if (command.command === 'revoke') {
    const { before, block } = command;
    if (target.dimension === 'token' && (before ?? block) !== undefined) {
      const field = before === undefined ? 'block' : 'before';
      throw new CommandInvalid(field, before ?? block, 'nothing for a token: it is revoked for good');
    }
    if (before !== undefined && block !== undefined) {
      throw new CommandInvalid(
        'before',
        before,
        'either before (a cut-off) or block (until reinstated), not both',
      );
    }
  }
  return command;
}
