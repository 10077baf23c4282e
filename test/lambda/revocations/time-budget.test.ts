// What a command does when the table is slow, or fails in the middle: it ends in time, and says what was done.
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from '@jest/globals';
import { FOREVER } from '../../../lambda/revocation.ts';
import type { RevocationLedger } from '../../../lambda/revocation-ledger.ts';
import { openRevocationLedger } from '../../../lambda/revocation-ledger.ts';
import type { Answer, CommandContext } from '../../../lambda/revocations/apply-command.ts';
import { applyCommand } from '../../../lambda/revocations/apply-command.ts';
import { flushCaches } from '../../../lambda/revocations/flush-caches.ts';
import { openFlushTurns } from '../../../lambda/revocations/flush-turns.ts';
import { parseCommand } from '../../../lambda/revocations/parse-command.ts';
import type { FaultyNetwork } from '../../support/a-faulty-network.ts';
import { aFaultyNetwork } from '../../support/a-faulty-network.ts';
import { aRecord } from '../../support/a-record.ts';
import type { TestTable } from '../../support/a-revocation-table.ts';
import { aRevocationTable, useDynamoDb } from '../../support/a-revocation-table.ts';
import { aTrustedIssuer } from '../../support/a-trusted-issuer.ts';

const BUDGET_MS = 15_000;
const issuer = aTrustedIssuer();

let table: TestTable;
let network: FaultyNetwork;

beforeAll(async () => {
  table = await aRevocationTable();
  network = await aFaultyNetwork(table.endpoint);
});
afterAll(async () => {
  await network.close();
  await table.close();
});
beforeEach(() => {
  network.plan = () => undefined;
  network.operations.length = 0;
  useDynamoDb(network.endpoint);
});

/** Carries a command out, with a time of its own that passes only where the test says so. */
function apply(command: object, timeLeftMs: () => number): Promise<Answer> {
  const ledger: RevocationLedger = openRevocationLedger(table.tableName).within(timeLeftMs);
  const context: CommandContext = {
    ledger,
    issuers: [issuer],
    explain: () => Promise.reject(new Error('not asked here')),
    fetchKeys: () => Promise.reject(new Error('not asked here')),
    worstCaseSeconds: () => 0,
    requestId: 'r-1',
    now: Math.floor(Date.now() / 1000),
    clock: Date.now,
    timeLeftMs,
  };
  return applyCommand(parseCommand(command), context);
}

describe('a listing of a table that answers after 600 ms', () => {
  it('ends in time with a partial page, and its cursor leads to all the others', async () => {
    const records = Array.from({ length: 5 }, (_, index) =>
      aRecord({ issuerId: issuer.id, dimension: 'subject', value: `s-${index}` }),
    );
    const ledger = openRevocationLedger(table.tableName);
    for (const record of records) await ledger.put(record, undefined);

    const found: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      let leftMs = BUDGET_MS;
      network.plan = () => {
        leftMs -= 600;
        return undefined;
      };
      const list = { command: 'list', issuer: issuer.id, ...(cursor !== undefined && { cursor }) };
      const page = await apply(list, () => leftMs);
      if (page.command !== 'list') throw new Error('another answer');
      expect(leftMs).toBeGreaterThan(0);
      found.push(...page.records.map(({ value }) => value));
      pages += 1;
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined);

    expect(pages).toBeGreaterThan(1);
    expect(found.sort()).toEqual(records.map(({ value }) => value));
  });
});

describe('a change whose time runs out', () => {
  const revoke = (subject: string) => ({
    command: 'revoke',
    target: { dimension: 'subject', subject },
    block: true,
    reason: 'laptop stolen',
    actor: 'ops@example.com',
  });
  /** The table hangs from the n-th request on, and with it the time is as good as gone. */
  const hangFrom = (request: number) => {
    let leftMs = 2000;
    network.plan = (_operation, count) => {
      if (count < request) return undefined;
      leftMs = 0;
      return 'hang';
    };
    return () => (network.operations.length + 1 >= request ? Math.min(leftMs, 200) : leftMs);
  };

  test.each([
    ['nothing was changed', 1, undefined],
    ['whether the change is in force is not known', 2, undefined],
    ['the change is in force; the next command for the same target completes its history', 3, FOREVER],
  ])('is a fault that says: %s', async (done, request, revokedBefore) => {
    const command = revoke(`runs-out-${request}`);

    await expect(apply(command, hangFrom(request))).rejects.toThrow(
      new RegExp(`^revocation_store_unavailable: no complete answer within \\d+ ms; ${done}$`),
    );
    network.plan = () => undefined;
    const { subject: value } = command.target;
    const record = await openRevocationLedger(table.tableName).get({
      dimension: 'subject',
      issuerId: issuer.id,
      value,
    });
    expect(record?.revokedBefore).toBe(revokedBefore);
  });

  it('says the same of a reinstatement', async () => {
    const { block: _, ...command } = revoke('comes-back');
    await apply(revoke('comes-back'), () => BUDGET_MS);
    network.operations.length = 0;

    await expect(apply({ ...command, command: 'reinstate' }, hangFrom(4))).rejects.toThrow(
      /; the change is in force; the next command for the same target completes its history$/,
    );
  });
});

describe('the flush of the results caches', () => {
  it('ends with the time of the command, and does not claim stages that it did not reach', async () => {
    const revoked = await apply(
      {
        command: 'revoke',
        target: { dimension: 'subject', subject: 'cached' },
        reason: 'laptop stolen',
        actor: 'ops@example.com',
      },
      () => BUDGET_MS,
    );
    const endsAt = performance.now() + 300;
    const startedAt = performance.now();

    const answer = await flushCaches(
      revoked,
      {
        settings: { inFlightMs: 1000, registryPath: '/revocable-authorizer/Test/c8' },
        send: (_request, signal) => new Promise((_, reject) => signal.addEventListener('abort', reject)),
        takeTurn: openFlushTurns(table.tableName, 6000, Date.now),
        clock: Date.now,
      },
      () => Math.max(0, endsAt - performance.now()),
    );

    expect(answer).toMatchObject({ changed: true, flushed: 'failed' });
    expect('effectiveFrom' in answer && answer.effectiveFrom).toBe(
      'effectiveFrom' in revoked && revoked.effectiveFrom,
    );
    // Far from the 300 ms, so that a busy machine passes, and far from the 12 seconds that it waits otherwise.
    expect(performance.now() - startedAt).toBeLessThan(4000);
  });
});
