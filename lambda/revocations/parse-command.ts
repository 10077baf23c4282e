import * as v from 'valibot';
import type { Dimension } from '../environment.ts';
import { DIMENSIONS } from '../environment.ts';
import { CommandInvalid } from './command-invalid.ts';
import { ExplainSchema } from './explain-command.ts';

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
const MAX_TICKET_BYTES = 256;

export const CURSOR_FORM = 'the cursor of the page before';

const NUMERIC_DATE_FORM = 'whole seconds since 1970-01-01T00:00:00Z (not milliseconds)';
const numericDate = v.pipe(
  v.number(NUMERIC_DATE_FORM),
  v.integer(NUMERIC_DATE_FORM),
  v.minValue(1, NUMERIC_DATE_FORM),
  v.maxValue(MAX_NUMERIC_DATE, NUMERIC_DATE_FORM),
);

const TARGET_FORM = `an object with "dimension": ${orList(DIMENSIONS)}`;
const issuer = v.optional(text(MAX_CLAIM_BYTES));
const claimText = text(MAX_CLAIM_BYTES);
const THUMBPRINT_FORM = 'a SHA-256 thumbprint (RFC 7638), 43 characters of base64url';
const CLAIM_VALUE_FORM = `a string of 1 to ${MAX_CLAIM_BYTES} bytes, or a whole number`;
const TargetSchema = v.variant(
  'dimension',
  [
    v.strictObject({
      dimension: v.literal('token'),
      token: v.optional(text(8192)),
      issuer,
      jti: v.optional(claimText),
      exp: v.optional(numericDate),
    }),
    v.strictObject({ dimension: v.literal('session'), issuer, session: claimText }),
    v.strictObject({ dimension: v.literal('subject'), issuer, subject: claimText }),
    v.strictObject({ dimension: v.literal('client'), issuer, client: claimText }),
    v.strictObject({
      dimension: v.literal('key'),
      issuer,
      kid: v.optional(claimText),
      thumbprint: v.optional(v.pipe(v.string(THUMBPRINT_FORM), v.regex(/^[\w-]{43}$/, THUMBPRINT_FORM))),
    }),
    v.strictObject({ dimension: v.literal('issuer'), issuer }),
    v.strictObject({
      dimension: v.literal('claim'),
      issuer,
      claim: claimText,
      value: v.union(
        [claimText, v.pipe(v.number(CLAIM_VALUE_FORM), v.safeInteger(CLAIM_VALUE_FORM))],
        CLAIM_VALUE_FORM,
      ),
    }),
  ],
  TARGET_FORM,
);

const dryRun = v.optional(v.literal(true, 'true, or left out'));
const change = {
  target: TargetSchema,
  reason: text(MAX_REASON_BYTES),
  actor: text(MAX_ACTOR_BYTES),
  ticket: v.optional(text(MAX_TICKET_BYTES)),
  dryRun,
};

const LIMIT_FORM = 'a whole number from 1 to 100';
const page = {
  limit: v.optional(
    v.pipe(
      v.number(LIMIT_FORM),
      v.integer(LIMIT_FORM),
      v.minValue(1, LIMIT_FORM),
      v.maxValue(100, LIMIT_FORM),
    ),
    50,
  ),
  cursor: v.optional(v.pipe(v.string(CURSOR_FORM), v.regex(/^[\w-]{1,8192}$/, CURSOR_FORM))),
};

const CommandSchema = v.variant(
  'command',
  [
    v.strictObject({
      command: v.literal('revoke'),
      ...change,
      before: v.optional(numericDate),
      block: v.optional(v.literal(true, 'true, or left out')),
    }),
    v.strictObject({ command: v.literal('reinstate'), ...change, keepBefore: v.optional(numericDate) }),
    v.strictObject({ command: v.literal('check'), target: TargetSchema }),
    v.strictObject({
      command: v.literal('list'),
      dimension: v.optional(v.picklist(DIMENSIONS, orList(DIMENSIONS))),
      issuer,
      claim: v.optional(claimText),
      value: v.optional(claimText),
      since: v.optional(numericDate),
      ...page,
    }),
    v.strictObject({ command: v.literal('history'), target: TargetSchema, ...page }),
    ExplainSchema,
  ],
  `an object with "command": ${orList(['revoke', 'reinstate', 'check', 'list', 'history', 'explain'])}`,
);

function orList(values: readonly string[]): string {
  const quoted = values.map((value) => JSON.stringify(value));
  return `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}

/** A command whose fields have their form; whether its issuer exists and its times are possible comes later. */
export type Command = v.InferOutput<typeof CommandSchema>;
export type CommandTarget = v.InferOutput<typeof TargetSchema>;
export type RevokeCommand = Extract<Command, { command: 'revoke' }>;
export type ReinstateCommand = Extract<Command, { command: 'reinstate' }>;
export type CheckCommand = Extract<Command, { command: 'check' }>;
export type ListCommand = Extract<Command, { command: 'list' }>;
export type HistoryCommand = Extract<Command, { command: 'history' }>;

/** These are revoked for good; of the others, tokens issued up to a cut-off, or all until reinstated. */
const IS_ABSOLUTE: Readonly<Record<Dimension, boolean>> = {
  token: true,
  session: true,
  subject: false,
  client: false,
  key: true,
  issuer: false,
  claim: false,
};

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
  session: textForm(MAX_CLAIM_BYTES),
  subject: textForm(MAX_CLAIM_BYTES),
  client: textForm(MAX_CLAIM_BYTES),
  claim: textForm(MAX_CLAIM_BYTES),
  value: CLAIM_VALUE_FORM,
  reason: textForm(MAX_REASON_BYTES),
  actor: textForm(MAX_ACTOR_BYTES),
};

function requireFittingOptions(command: Command): Command {
  if (command.command === 'explain') return command;
  if (command.command === 'list') requireFittingFilter(command);
  else requireFittingTarget(command.target, command.command === 'revoke');
  if (command.command === 'revoke') {
    const { before, block, target } = command;
    refuseForAbsolute(target.dimension, { before, block });
    if (before !== undefined && block !== undefined) {
      const form = 'either before (a cut-off) or block (until reinstated), not both';
      throw new CommandInvalid('before', before, form);
    }
  }
  if (command.command === 'reinstate') {
    refuseForAbsolute(command.target.dimension, { keepBefore: command.keepBefore });
  }
  return command;
}

function refuseForAbsolute(dimension: Dimension, options: Readonly<Record<string, unknown>>): void {
  const [given] = Object.entries(options).filter(([, value]) => value !== undefined);
  if (IS_ABSOLUTE[dimension] && given !== undefined) {
    throw new CommandInvalid(...given, `nothing for a ${dimension}: it is revoked for good`);
  }
}

function requireFittingTarget(target: CommandTarget, isRevoke: boolean): void {
  if (target.dimension === 'key' && (target.kid === undefined) === (target.thumbprint === undefined)) {
    throw new CommandInvalid('target', Object.keys(target), 'either kid or thumbprint');
  }
  if (target.dimension !== 'token') return;
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
  if (isRevoke && isByClaims && target.exp === undefined) {
    throw new CommandInvalid('target.exp', undefined, `the exp of the token, ${NUMERIC_DATE_FORM}`);
  }
}

function requireFittingFilter({ dimension, claim, value, cursor }: ListCommand): void {
  if (claim !== undefined && dimension !== 'claim') {
    throw new CommandInvalid('claim', claim, 'the name of a claim, beside "dimension": "claim" only');
  }
  if (value === undefined) return;
  if (dimension === undefined) {
    throw new CommandInvalid('dimension', dimension, `${orList(DIMENSIONS)}, beside a value`);
  }
  if (dimension === 'issuer') {
    throw new CommandInvalid('value', value, 'nothing beside "dimension": "issuer"; give issuer');
  }
  if (dimension === 'claim' && claim === undefined) {
    throw new CommandInvalid('claim', claim, 'the name of the claim that holds the value');
  }
  if (cursor !== undefined)
    throw new CommandInvalid('cursor', cursor, 'nothing beside a value: it is one page');
}
