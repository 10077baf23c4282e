// Several admin functions and authorizers at once over one table and a network that fails.
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { checkRevocation } from '../../lambda/authorizer/check-revocation.ts';
import type { Claims } from '../../lambda/authorizer/read-claims.ts';
import type { LookUpRevocations } from '../../lambda/authorizer/remember-revocations.ts';
import { rememberRevocations } from '../../lambda/authorizer/remember-revocations.ts';
import { revocationTargets } from '../../lambda/authorizer/revocation-targets.ts';
import type { TrustedIssuer } from '../../lambda/config.ts';
import { readConfig } from '../../lambda/config.ts';
import { BROAD_DIMENSIONS, ENVIRONMENT, MICRO_CACHE_SECONDS } from '../../lambda/environment.ts';
import { Fault } from '../../lambda/fault.ts';
import type { RevocationRecord, RevocationTarget } from '../../lambda/revocation.ts';
import type { RevocationLedger } from '../../lambda/revocation-ledger.ts';
import { openRevocationLedger } from '../../lambda/revocation-ledger.ts';
import type { ReadRevocations } from '../../lambda/revocation-store.ts';
import { openRevocationReader } from '../../lambda/revocation-store.ts';
import { reinstate } from '../../lambda/revocations/reinstate.ts';
import { revoke } from '../../lambda/revocations/revoke.ts';
import type { FaultyNetwork, NetworkFault } from '../support/a-faulty-network.ts';
import { aFaultyNetwork } from '../support/a-faulty-network.ts';
import type { TestTable } from '../support/a-revocation-table.ts';
import { aRevocationTable, useDynamoDb } from '../support/a-revocation-table.ts';
import type { Observation } from '../support/find-violations.ts';
import { findViolations } from '../support/find-violations.ts';

const [issuer] = readConfig({
  [ENVIRONMENT.tableName]: 'unused',
  [ENVIRONMENT.issuers]: JSON.stringify([
    {
      kind: 'oidc',
      id: 'idp',
      issuers: ['https://idp.example'],
      audience: null,
      revocableClaims: ['tenant'],
    },
  ]),
}).issuers as [TrustedIssuer];
const START = Math.floor(Date.now() / 1000);

/** Of each claim but the token's own there are a few values, so that commands and authorizations meet. */
const TOKENS = Array.from(
  { length: 60 },
  (_, index) =>
    ({
      issuer,
      jwtId: `j-${index}`,
      subject: `u-${index % 12}`,
      sessionIds: [`s-${index % 20}`],
      clientIds: [`c-${index % 5}`],
      kid: 'k',
      revocable: { tenant: `t-${index % 7}` },
      issuedAt: START - 60,
      expiresAt: START + 3600,
    }) as unknown as Claims,
);
const TARGETS = [
  ...new Map(
    TOKENS.flatMap(revocationTargets)
      .filter(({ dimension }) => dimension !== 'issuer' && dimension !== 'key')
      .map((target) => [nameOf(target), target]),
  ).values(),
];

function nameOf({ dimension, value }: RevocationTarget): string {
  return `${dimension} ${value}`;
}

/** Some are never reinstated: their revocations have no excuse. The others are, mostly, so that tokens live again. */
const isReinstated = ({ value }: RevocationTarget) => Number(value.slice(2)) % 4 !== 0;
const isBroad = ({ dimension }: RevocationTarget) => BROAD_DIMENSIONS.includes(dimension);
const deadlineOf = (name: string) =>
  BROAD_DIMENSIONS.some((dimension) => name.startsWith(`${dimension} `)) ? MICRO_CACHE_SECONDS * 1000 : 0;

interface Plan {
  readonly commands: number;
  readonly authorizations: number;
  readonly ledgers: readonly RevocationLedger[];
  readonly sandboxes: readonly LookUpRevocations[];
}

interface Run {
  readonly observations: readonly Observation[];
  /** By target, the reasons of the changes that were acknowledged as changes. */
  readonly acknowledged: ReadonlyMap<RevocationTarget, readonly string[]>;
}

async function run({ commands, authorizations, ledgers, sandboxes }: Plan): Promise<Run> {
  const observations: Observation[] = [];
  const acknowledged = new Map<RevocationTarget, string[]>(TARGETS.map((target) => [target, []]));
  let issued = 0;
  let asked = 0;

  async function command(ledger: RevocationLedger): Promise<void> {
    issued += 1;
    // Those that stay revoked come late, or soon no token would be live.
    const target = pick(issued < commands * 0.6 ? TARGETS.filter(isReinstated) : TARGETS);
    const reason = `command ${issued}`;
    const kind = isReinstated(target) && Math.random() < 0.65 ? 'reinstate' : 'revoke';
    const context = {
      ledger,
      worstCaseSeconds: () => 0,
      requestId: reason,
      now: Math.floor(Date.now() / 1000),
      clock: Date.now,
    } as unknown as Parameters<typeof revoke>[2];
    const resolved = { target, issuer, expiresAt: START + 3600 };
    const change = { target: { dimension: 'issuer' as const }, reason, actor: 'a worker' };
    const startedAt = performance.now();
    let endedAt = Number.POSITIVE_INFINITY;
    try {
      const { changed } =
        kind === 'revoke'
          ? await revoke({ command: 'revoke', ...change }, resolved, context)
          : await reinstate({ command: 'reinstate', ...change }, resolved, context);
      endedAt = performance.now();
      if (changed) acknowledged.get(target)?.push(reason);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
    }
    observations.push({ kind, targets: [nameOf(target)], startedAt, endedAt });
  }

  async function authorize(lookUp: LookUpRevocations, claims: Claims): Promise<void> {
    const targets = revocationTargets(claims).map(nameOf);
    const startedAt = performance.now();
    const outcome = await checkRevocation(claims, lookUp, () => Math.floor(Date.now() / 1000)).then(
      ({ ok }) => (ok ? 'accepted' : 'denied'),
      (error: unknown) => {
        if (!(error instanceof Fault)) throw error;
        return 'fault' as const;
      },
    );
    observations.push({ kind: 'authorize', targets, startedAt, endedAt: performance.now(), outcome });
  }

  const progress = () => asked / authorizations;
  await Promise.all([
    ...ledgers.map(async (ledger) => {
      while (issued < commands) {
        // Spread over the whole run, or all commands would be done before the first second is over.
        while (progress() < issued / commands && asked < authorizations) await pause(1);
        await command(ledger);
      }
    }),
    ...sandboxes.map(async (sandbox) => {
      while (asked < authorizations) {
        asked += 1;
        await authorize(sandbox, pick(TOKENS));
      }
    }),
  ]);
  await pause(MICRO_CACHE_SECONDS * 1000);
  for (const sandbox of sandboxes) for (const claims of TOKENS) await authorize(sandbox, claims);
  return { observations, acknowledged };
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function pick<T>(list: readonly T[]): T {
  return list[Math.floor(Math.random() * list.length)] as T;
}

let table: TestTable;
let network: FaultyNetwork;
beforeAll(async () => {
  table = await aRevocationTable();
  network = await aFaultyNetwork(table.endpoint);
  useDynamoDb(network.endpoint);
});
afterAll(async () => {
  await network.close();
  await table.close();
});

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
const aLedger = () => openRevocationLedger(table.tableName);
const aReader = (deadlineMs = 4000) => openRevocationReader(table.tableName, { deadlineMs });
const IMPATIENT_MS = 60;
const aSandbox = (read: ReadRevocations = aReader()) => rememberRevocations(read, { allowForMs: 0 });

const FAULTS: readonly NetworkFault[] = [
  'reset',
  'lost-answer',
  'server-error',
  'lost-answer-500',
  'truncated',
  'corrupted',
  'empty-answer',
];

describe('many at once', () => {
  it('never accept a token after the acknowledgement of its revocation, and lose none', async () => {
    network.plan = (operation) => {
      // Longer than the impatient wait, and shorter than the others do.
      if (performance.now() % 1000 < 150) return 'reset';
      const chance = Math.random();
      if (chance < 0.001) return 'throttled';
      if (chance < 0.01 && operation === 'BatchGetItem') return 'unprocessed';
      return chance < 0.06 ? pick(FAULTS) : undefined;
    };
    const { observations, acknowledged } = await run({
      commands: 400,
      authorizations: 1800,
      ledgers: [...times(3, aLedger), aLedger().within(() => IMPATIENT_MS)],
      sandboxes: [...times(3, () => aSandbox()), aSandbox(aReader(IMPATIENT_MS))],
    });
    network.plan = () => undefined;

    expect(findViolations(observations, deadlineOf)).toEqual([]);
    // A run in which hardly anything was accepted, or nothing went wrong, would show little.
    const count = (outcome: string) => observations.filter((each) => each.outcome === outcome).length;
    expect(count('accepted')).toBeGreaterThan(200);
    expect(count('denied')).toBeGreaterThan(200);
    expect(count('fault')).toBeGreaterThan(0);
    expect(observations.some(({ endedAt }) => endedAt === Number.POSITIVE_INFINITY)).toBe(true);

    const ledger = aLedger();
    for (const [target, reasons] of acknowledged) {
      const changes = await changesOf(ledger, target);
      const inHistory = changes.map(({ reason }) => reason);
      expect(new Set(inHistory).size).toBe(inHistory.length);
      expect(inHistory).toEqual(expect.arrayContaining([...reasons]));
      expect(changes.map(({ sequence }) => sequence)).toEqual(
        changes.map((_, index) => changes.length - index),
      );
    }
  }, 60_000);

  describe('are watched by a checker that', () => {
    /** A store that is broken in one way, and all of its sandboxes see the same. */
    const watch = async (broken: Partial<Plan>) => {
      const run_ = await run({
        commands: 100,
        authorizations: 200,
        ledgers: times(2, aLedger),
        sandboxes: times(2, () => aSandbox()),
        ...broken,
      });
      return findViolations(run_.observations, deadlineOf);
    };
    beforeAll(async () => {
      await table.close();
      table = await aRevocationTable();
      await network.close();
      network = await aFaultyNetwork(table.endpoint);
      useDynamoDb(network.endpoint);
    });

    it('finds a reader that takes what was not answered for «not revoked»', async () => {
      const read = aReader();
      const forgetful: ReadRevocations = async (targets) =>
        (await read(targets)).filter(() => Math.random() < 0.5);
      expect(await watch({ sandboxes: times(2, () => aSandbox(forgetful)) })).not.toEqual([]);
    });

    it('finds writes that are acknowledged and not done', async () => {
      const lossy = (ledger: RevocationLedger): RevocationLedger => ({
        ...ledger,
        put: (record, seen) => (Math.random() < 0.2 ? Promise.resolve(true) : ledger.put(record, seen)),
      });
      expect(await watch({ ledgers: times(2, () => lossy(aLedger())) })).not.toEqual([]);
    });

    it('finds revocations of which less is written than was asked for', async () => {
      const narrow = (ledger: RevocationLedger): RevocationLedger => ({
        ...ledger,
        put: (record: RevocationRecord, seen) =>
          ledger.put(isBroad(record) ? { ...record, revokedBefore: 1 } : record, seen),
      });
      expect(await watch({ ledgers: times(2, () => narrow(aLedger())) })).not.toEqual([]);
    });

    it('finds a sandbox that remembers for longer than the deadline', async () => {
      const slow = (): LookUpRevocations => {
        const known = new Map<string, ReturnType<LookUpRevocations>>();
        const lookUp = aSandbox();
        return (targets) => {
          const key = targets.map(nameOf).join();
          const answer = known.get(key) ?? lookUp(targets);
          known.set(key, answer);
          return answer;
        };
      };
      expect(await watch({ sandboxes: times(2, slow) })).not.toEqual([]);
    });

    const at = (
      kind: Observation['kind'],
      startedAt: number,
      endedAt: number,
      rest: Partial<Observation> = {},
    ) => ({
      kind,
      targets: ['subject a'],
      startedAt,
      endedAt,
      ...rest,
    });
    const accepted = (startedAt: number) =>
      at('authorize', startedAt, startedAt + 1, { outcome: 'accepted' });
    test.each<[string, Observation[], number]>([
      ['accepts what began before the acknowledgement', [at('revoke', 0, 10), accepted(9)], 0],
      ['refuses what began at the acknowledgement', [at('revoke', 0, 10), accepted(10)], 1],
      [
        'accepts what no answer was given about',
        [at('revoke', 0, Number.POSITIVE_INFINITY), accepted(99)],
        0,
      ],
      ['accepts a reinstatement', [at('revoke', 0, 10), at('reinstate', 11, 20), accepted(12)], 0],
      ['refuses an earlier one', [at('reinstate', 0, 10), at('revoke', 10, 20), accepted(30)], 1],
      ['accepts one that overlaps', [at('reinstate', 0, 11), at('revoke', 10, 20), accepted(30)], 0],
      ['refuses a later one', [at('revoke', 0, 10), accepted(12), at('reinstate', 13, 20)], 1],
      [
        'waits for the deadline of a broad one',
        [
          at('revoke', 0, 10, { targets: ['client a'] }),
          { ...accepted(1009), targets: ['client a'] },
          { ...accepted(1010), targets: ['client a'] },
        ],
        1,
      ],
      [
        'refuses a denial out of nothing',
        [at('authorize', 5, 6, { outcome: 'denied' }), at('revoke', 7, 8)],
        1,
      ],
    ])('%s', (_what, observations, count) => {
      expect(findViolations(observations, deadlineOf)).toHaveLength(count);
    });
  });
});

async function changesOf(ledger: RevocationLedger, target: RevocationTarget): Promise<RevocationRecord[]> {
  const state = await ledger.get(target);
  if (state !== undefined) await ledger.recordChange(state);
  const changes: RevocationRecord[] = [];
  let next: Parameters<RevocationLedger['changes']>[2];
  do {
    const page = await ledger.changes(target, 100, next);
    changes.push(...page.records);
    next = page.next;
  } while (next !== undefined);
  return changes;
}
