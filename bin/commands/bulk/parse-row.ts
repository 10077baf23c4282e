import { createHash } from 'node:crypto';
import type { Dimension } from '../../../lambda/environment.ts';
import { DIMENSIONS } from '../../../lambda/environment.ts';
import { parseCommand } from '../../../lambda/revocations/parse-command.ts';
import { CliError } from '../../cli-error.ts';
import type { AdminCommand } from '../ask-admin.ts';
import { parseTime } from '../parse-time.ts';
import type { Target } from '../target.ts';
import { CUT_OFF_DIMENSIONS } from '../target.ts';

/** What a row may say. `value` is the short name of the one field that names the target. */
export const COLUMNS: readonly string[] = [
  'dimension',
  'issuer',
  'value',
  'token',
  'jti',
  'exp',
  'session',
  'subject',
  'client',
  'kid',
  'claim',
  'before',
  'block',
  'keepBefore',
  'reason',
  'ticket',
  'actor',
];

/** What a file of failures says beyond a row: it can be fed back in. */
const IGNORED = ['line', 'error'];

/** The field that names the target, by dimension. */
const NAMING_FIELDS: Readonly<Record<Dimension, string | undefined>> = {
  token: 'jti',
  session: 'session',
  subject: 'subject',
  client: 'client',
  key: 'kid',
  issuer: undefined,
  claim: 'value',
};

/** How far beyond now a cut-off may lie; the admin function says the same. */
const CLOCK_TOLERANCE_SECONDS = 300;

/** What all rows of a run have in common. */
export interface RowContext {
  readonly command: 'revoke' | 'reinstate';
  /** Fields of the rows that do not say otherwise. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** NumericDate that relative times count from: the beginning of the run, also when it goes on later. */
  readonly startedAt: number;
  /** NumericDate; beyond it no cut-off may lie. */
  readonly now: number;
}

export interface BulkCommand extends AdminCommand {
  readonly command: 'revoke' | 'reinstate';
  readonly target: Target;
  readonly reason?: string;
}

/** A row that can be sent. */
export interface BulkRow {
  readonly line: number;
  /** Names the content of the row and the command: the same again is the same row. */
  readonly digest: string;
  /** Still without the actor, if the row names none. */
  readonly command: BulkCommand;
  /** It wants a cut-off at the time of the run. */
  readonly isCutOffNow: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Turns a row into a command, and finds everything wrong with it that can be found without the admin function.
 *
 * A token that is given whole is read here: what is sent, and written to a file of failures, names it by its `jti`.
 *
 * @throws {CliError} `refused`  what is wrong with the row; the message holds no token
 */
export function parseRow(line: number, row: Fields, context: RowContext): BulkRow {
  const { command, defaults, startedAt } = context;
  const own = present(row);
  const unknown = Object.keys(own).find((name) => !COLUMNS.includes(name) && !IGNORED.includes(name));
  if (unknown !== undefined) {
    throw refuse(
      `${JSON.stringify(unknown.slice(0, 64))} is no field of a row; allowed are ${COLUMNS.join(', ')}`,
    );
  }
  const fields = { ...inherited(defaults, own), ...own };
  for (const name of IGNORED) delete fields[name];
  const target = targetOf(fields, own, startedAt);
  const reach = reachOf(fields, context);
  const text = (name: string) => (fields[name] === undefined ? {} : { [name]: fields[name] });
  const complete: BulkCommand = {
    command,
    target,
    ...reach,
    ...text('reason'),
    ...text('ticket'),
    ...text('actor'),
  };
  requireValid(complete);
  return {
    line,
    digest: digestOf(command, fields),
    command: complete,
    isCutOffNow:
      command === 'revoke' &&
      CUT_OFF_DIMENSIONS.includes(target.dimension) &&
      Object.keys(reach).length === 0,
  };
}

function refuse(message: string): CliError {
  return new CliError('refused', message);
}

/** An empty cell is a missing one. */
function present(row: Fields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  );
}

/** A row with a cut-off of its own does not want the block that is the default, and the other way round. */
function inherited(defaults: Fields, own: Fields): Fields {
  const { before, block, keepBefore, ...others } = present(defaults);
  const dimension = own['dimension'] ?? others['dimension'];
  const isCutOff = CUT_OFF_DIMENSIONS.some((each) => each === dimension);
  if (!isCutOff || 'before' in own || 'block' in own) return others;
  return present({ ...others, before, block, keepBefore });
}

function targetOf(fields: Fields, own: Fields, startedAt: number): Target {
  const dimension = DIMENSIONS.find((each) => each === fields['dimension']);
  if (dimension === undefined) {
    const received =
      fields['dimension'] === undefined ? 'missing' : JSON.stringify(fields['dimension'])?.slice(0, 64);
    throw refuse(`the dimension is ${received}; allowed are ${DIMENSIONS.join(', ')}`);
  }
  requireFieldsOf(dimension, own);
  if (dimension === 'token' && own['token'] !== undefined) return tokenTarget(String(own['token']), own);
  const issuer = fields['issuer'] === undefined ? {} : { issuer: fields['issuer'] };
  const field = NAMING_FIELDS[dimension];
  if (field === undefined) return { dimension, ...issuer } as Target;
  if (field !== 'value' && own[field] !== undefined && own['value'] !== undefined) {
    throw refuse(`value and ${field} mean the same; give one of them`);
  }
  const value = own[field] ?? own['value'];
  if (value === undefined) throw refuse(`there is no ${field}, which names the ${dimension}`);
  if (dimension === 'token' && typeof value === 'string' && /^ey[\w-]+\.[\w-]+\.[\w-]*$/.test(value)) {
    throw refuse(`a whole token stands where its jti is expected; put it in the field token`);
  }
  const exp = fields['exp'] === undefined ? {} : { exp: timeOf(fields['exp'], 'exp', startedAt) };
  const claim = fields['claim'] === undefined ? {} : { claim: fields['claim'] };
  return { dimension, ...issuer, ...claim, [field]: value, ...exp } as Target; // requireValid() checks what it is
}

/** What belongs to another dimension is a slip, and the row perhaps about something else than it says. */
function requireFieldsOf(dimension: Dimension, own: Fields): void {
  const naming = NAMING_FIELDS[dimension];
  const allowed = new Set([naming, ...(naming === undefined ? [] : ['value'])]);
  if (dimension === 'token') for (const name of ['token', 'exp']) allowed.add(name);
  if (dimension === 'claim') allowed.add('claim');
  const stray = ['value', 'token', 'jti', 'exp', 'session', 'subject', 'client', 'kid', 'claim'].find(
    (name) => own[name] !== undefined && !allowed.has(name),
  );
  if (stray !== undefined) throw refuse(`${stray} does not go with the dimension ${dimension}`);
}

/** Does NOT verify the token; the admin function would not either. */
function tokenTarget(token: string, own: Fields): Target {
  const extra = ['issuer', 'jti', 'value', 'exp'].find((name) => own[name] !== undefined);
  if (extra !== undefined) throw refuse(`${extra} does not go with token, which says it itself`);
  const { iss, jti, exp } = claimsOf(token);
  if (typeof iss !== 'string' || typeof jti !== 'string' || typeof exp !== 'number') {
    throw refuse('the token is no JWT with an iss, a jti and an exp, which a revocation needs');
  }
  return { dimension: 'token', issuer: iss, jti, exp: Math.floor(exp) };
}

function claimsOf(token: string): Fields {
  try {
    const payload = Buffer.from(token.trim().split('.')[1] ?? '', 'base64url').toString('utf8');
    return Object(JSON.parse(payload));
  } catch {
    return {};
  }
}

type Times = { readonly before?: number; readonly block?: true; readonly keepBefore?: number };

function reachOf(fields: Fields, { command, startedAt, now }: RowContext): Times {
  const time = (name: string) =>
    fields[name] === undefined ? undefined : timeOf(fields[name], name, startedAt);
  const [before, keepBefore] = [time('before'), time('keepBefore')];
  const block = blockOf(fields['block']);
  if (command === 'revoke' && keepBefore !== undefined) throw refuse('keepBefore belongs to reinstate');
  if (command === 'reinstate' && (before !== undefined || block)) {
    throw refuse(`${block ? 'block' : 'before'} belongs to revoke`);
  }
  if (before !== undefined && before > now + CLOCK_TOLERANCE_SECONDS) {
    throw refuse('before lies in the future; what is issued from now on can only be blocked');
  }
  return {
    ...(before !== undefined && { before }),
    ...(keepBefore !== undefined && { keepBefore }),
    ...(block && { block }),
  };
}

function timeOf(value: unknown, name: string, now: number): number {
  if (typeof value === 'string' || typeof value === 'number') return parseTime(String(value), name, now);
  throw refuse(`${name} is not a point in time`);
}

function blockOf(value: unknown): boolean {
  const word = String(value ?? 'false').toLowerCase();
  if (word === 'true' || word === 'false') return word === 'true';
  throw refuse(`block is ${JSON.stringify(word.slice(0, 64))}; allowed are true and false`);
}

function requireValid(command: BulkCommand): void {
  try {
    parseCommand({ actor: 'to be named', ...command });
  } catch (error) {
    // CommandInvalid: one sentence with the field, what it holds and what is allowed.
    throw new CliError('refused', error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Over what was written, not over what it means today: `-2h` is the same row tomorrow. */
function digestOf(command: string, fields: Fields): string {
  const sorted = Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([command, sorted]))
    .digest('base64url');
}
