import { FAULTS } from '../../lambda/fault.ts';
import type { LoggingFunction, Outcome } from '../support/a-logging-function.ts';
import { aLoggingFunction, aTokenEvent } from '../support/a-logging-function.ts';
import { aRevocationTable } from '../support/a-revocation-table.ts';
import type { Chance, Mutant } from './mutations.ts';
import { newChance, newMutant } from './mutations.ts';
import { ISSUER_NAMES, newWorld, serveKeySets } from './world.ts';

/** What a run found. */
export interface FuzzReport {
  /** How often each decision and reason came out. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** What must never happen, with the input that made it happen. */
  readonly violations: readonly string[];
}

/**
 * Feeds the bundled authorizer with mutated tokens, random text and random events, and looks at every answer.
 *
 * @param seed  the same seed makes the same mutations, of tokens with keys of this run
 */
export async function fuzz(runs: number, seed: number): Promise<FuzzReport> {
  const table = await aRevocationTable();
  const world = newWorld(Math.floor(Date.now() / 1000));
  const keyServer = await serveKeySets(world);
  const issuers = ISSUER_NAMES.map((name) => world.settings(name, keyServer.url));
  const authorizer = aLoggingFunction(issuers, table);
  const chance = newChance(seed);
  const outcomes: Record<string, number> = {};
  const violations: string[] = [];
  try {
    for (let run = 0; run < runs; run += 1) {
      const isEvent = chance.below(20) === 0;
      const mutant = isEvent ? undefined : newMutant(world, chance);
      const event = mutant ? aTokenEvent(mutant.authorization) : randomEvent(chance);
      const { outcome, violation } = await judge(authorizer, event, mutant, world.now);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      if (violation) violations.push(`run ${run}, seed ${seed}: ${violation}: ${JSON.stringify(event)}`);
    }
  } finally {
    await Promise.all([authorizer.close(), keyServer.close(), table.close()]);
  }
  return { outcomes, violations };
}

async function judge(authorizer: LoggingFunction, event: unknown, mutant: Mutant | undefined, now: number) {
  const { result, entry } = await authorizer.invoke(event);
  const outcome = `${mutant?.how ?? 'event'}: ${entry['decision']} ${entry['reason'] ?? ''}`.trim();
  return { outcome, violation: findViolation({ result, entry }, mutant, now) };
}

function findViolation(
  { result, entry }: Pick<Outcome, 'result' | 'entry'>,
  mutant: Mutant | undefined,
  now: number,
): string | undefined {
  if (entry['anomaly']) return 'the library threw what it should not';
  if (!result.ok) {
    const [code = ''] = result.error.errorMessage.split(':');
    if (result.error.errorMessage === 'Unauthorized') return undefined;
    if (mutant) return `a token caused the fault ${code}`;
    return Object.hasOwn(FAULTS, code) && code !== 'unexpected'
      ? undefined
      : `an undocumented answer: ${code}`;
  }
  const effect = /"Effect":"(\w+)"/.exec(result.payload)?.[1];
  if (effect === 'Deny') return undefined;
  if (effect !== 'Allow') return 'neither a policy that allows nor one that denies';
  if (!mutant) return 'a random event was allowed';
  if (mutant.isForged) return 'a token that nobody signed was allowed';
  return findUnsoundClaim(mutant.authorization, now);
}

/** Reads the token once more, by other means than the authorizer, for what must hold for every accepted one. */
function findUnsoundClaim(authorization: string, now: number): string | undefined {
  const [header, claims] = authorization
    .slice('Bearer '.length)
    .split('.', 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>);
  if (!header || !claims) return 'no header or claims';
  const { sub, jti, iat, exp, cnf } = claims;
  const isSound =
    typeof sub === 'string' &&
    sub !== '' &&
    typeof jti === 'string' &&
    jti !== '' &&
    Number.isInteger(iat) &&
    Number.isInteger(exp) &&
    Number(exp) > now - 30 &&
    Number(iat) <= now + 300 &&
    Number(exp) - Number(iat) <= 24 * 3600 &&
    cnf === undefined &&
    !('crit' in header) &&
    !('b64' in header);
  return isSound ? undefined : 'a token was allowed whose claims must not be';
}

const FIELDS: readonly [unknown, ...unknown[]] = [
  undefined,
  null,
  0,
  true,
  '',
  'TOKEN',
  'REQUEST',
  [],
  {},
  ['TOKEN'],
  'Bearer a.b.c',
  'arn:aws:s3:::x',
  'arn:aws:execute-api:eu-west-1:123456789012:a1/prod/GET/',
  'arn:aws:execute-api:eu-west-1:123456789012:a1/*/GET/',
  `arn:aws:execute-api:eu-west-1:1:${'a'.repeat(5000)}`,
  '\u0000',
  '__proto__',
];

function randomEvent(chance: Chance): unknown {
  if (chance.below(4) === 0) return chance.pick(FIELDS);
  return {
    type: chance.pick(FIELDS),
    authorizationToken: chance.pick(FIELDS),
    methodArn: chance.pick(FIELDS),
  };
}
