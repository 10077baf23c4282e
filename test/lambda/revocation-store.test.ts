// The contract of the revocation table: against dynalite always, and with CONTRACT_DYNAMODB=1 also against the DynamoDB
// that AWS_ENDPOINT_URL_DYNAMODB names.
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from '@jest/globals';
import { LISTING_SHARDS, listingOf } from '../../lambda/revocation-item.ts';
import type { RevocationLedger } from '../../lambda/revocation-ledger.ts';
import { openRevocationLedger } from '../../lambda/revocation-ledger.ts';
import { openRevocationReader } from '../../lambda/revocation-store.ts';
import type { FaultyNetwork, NetworkFault } from '../support/a-faulty-network.ts';
import { aFaultyNetwork } from '../support/a-faulty-network.ts';
import { aRecord } from '../support/a-record.ts';
import type { TestTable } from '../support/a-revocation-table.ts';
import { aRevocationTable, aRevocationTableAt, useDynamoDb } from '../support/a-revocation-table.ts';

const given = process.env['CONTRACT_DYNAMODB'] ? process.env['AWS_ENDPOINT_URL_DYNAMODB'] : undefined;
/** Emulators may leave checksum and capacity out, as in the local mode. */
const isEmulator = given !== undefined && !new URL(given).hostname.endsWith('.amazonaws.com');
const STORES: [string, () => Promise<TestTable>, boolean][] = [
  ['dynalite', aRevocationTable, false],
  ...(given === undefined
    ? []
    : [[given, () => aRevocationTableAt(given), isEmulator] as (typeof STORES)[number]]),
];

describe.each(STORES)('the revocation table in %s', (_name, open, isLocalMode) => {
  let table: TestTable;
  let ledger: RevocationLedger;
  beforeAll(async () => {
    table = await open();
    ledger = openRevocationLedger(table.tableName, isLocalMode);
  }, 60_000);
  afterAll(() => table.close());

  it.each(['strong', 'eventual'] as const)(
    'gives back what was put, read by a %s read',
    async (readConsistency) => {
      const settings = { readConsistency, deadlineMs: 4000 };
      const read = openRevocationReader(table.tableName, settings, isLocalMode);
      const record = aRecord({
        dimension: 'claim',
        claim: 'tenant',
        expiresAt: 2_000_000_000,
        ticket: 'T-1',
        previous: { revokedBefore: 5, expiresAt: 6 },
      });
      const { dimension, claim, issuerId, value, revokedBefore, expiresAt } = record;
      await expect(ledger.put(record, undefined)).resolves.toBe(true);

      await expect(ledger.get(record)).resolves.toEqual(record);
      await expect(read([record, aRecord()])).resolves.toEqual([
        { dimension, claim, issuerId, value, revokedBefore, expiresAt },
      ]);
    },
  );

  it('writes only over what the writer saw', async () => {
    const first = aRecord();
    const second = { ...first, nonce: 'second', sequence: 2 };
    await ledger.put(first, undefined);

    await expect(ledger.put(second, undefined)).resolves.toBe(false);
    await expect(ledger.put(second, { ...first, nonce: 'other' })).resolves.toBe(false);
    await expect(ledger.get(first)).resolves.toEqual(first);
    await expect(ledger.put(second, first)).resolves.toBe(true);
    await expect(ledger.get(first)).resolves.toEqual(second);
  });

  it('keeps each change once, and lists them newest first, page by page', async () => {
    const changes = [1, 2, 3].map((sequence) =>
      aRecord({ value: 'history', sequence, expiresAt: 2_000_000_000 }),
    );
    for (const change of [...changes, ...changes]) await ledger.recordChange(change);
    const [one, two, three] = changes;

    const page = await ledger.changes(aRecord({ value: 'history' }), 2);
    expect(page.records).toEqual([three, two]);
    const last = await ledger.changes(aRecord({ value: 'history' }), 2, page.next);
    expect(last).toEqual({ records: [one], next: undefined });
  });

  it('keeps changes for good: nothing in them is what DynamoDB deletes by', async () => {
    const change = aRecord({ expiresAt: 5 });
    await ledger.recordChange(change);

    const items = await table.items();
    const [item] = items.filter((each) => each['nonce']?.S === change.nonce);
    expect(item).toBeDefined();
    expect(item).not.toHaveProperty('expiresAt');
    expect(item).not.toHaveProperty('listing');
  });

  it('lists what is in force from the index, by time, page by page', async () => {
    const issuerId = 'listed';
    const records = [100, 200, 300, 400].map((changedAt) =>
      aRecord({ issuerId, dimension: 'subject', changedAt }),
    );
    const lifted = aRecord({ issuerId, dimension: 'subject', revokedBefore: 0, changedAt: 300 });
    for (const record of [...records, lifted]) await ledger.put(record, undefined);

    const found: number[] = [];
    for (let shard = 0; shard < LISTING_SHARDS; shard += 1) {
      const listing = listingOf('subject', shard, issuerId);
      let next: Awaited<ReturnType<typeof ledger.list>>['next'];
      do {
        const page = await ledger.list(listing, 200, 1, next);
        found.push(...page.records.map(({ changedAt }) => changedAt));
        next = page.next;
      } while (next !== undefined);
    }
    expect(found.sort()).toEqual([200, 300, 400]);
    const all = await ledger.scan(100);
    expect(all.records.filter((record) => record.issuerId === issuerId)).toHaveLength(4);
  });
});

describe('behind a faulty network', () => {
  let table: TestTable;
  let network: FaultyNetwork;
  beforeAll(async () => {
    table = await aRevocationTable();
    network = await aFaultyNetwork(table.endpoint);
  });
  afterAll(async () => {
    useDynamoDb(table.endpoint);
    await network.close();
    await table.close();
  });
  beforeEach(() => {
    network.plan = () => undefined;
    network.operations.length = 0;
    useDynamoDb(network.endpoint);
  });

  const first = (count: number, fault: NetworkFault) => {
    network.operations.length = 0;
    network.plan = (_operation, index) => (index <= count ? fault : undefined);
  };
  const once = (fault: NetworkFault) => first(1, fault);

  /** What says nothing about the keys that were asked for, however much it looks like an answer. */
  const NO_ANSWERS: readonly NetworkFault[] = [
    'reset',
    'lost-answer',
    'server-error',
    'throttled',
    'truncated',
    'corrupted',
    'unprocessed',
    'unprocessed-elsewhere',
    'elsewhere',
    'empty-answer',
    'empty-body',
    'empty-list',
    'html',
    'truncated-json',
    'no-checksum',
    'no-capacity',
    'little-capacity',
  ];

  test.each([...NO_ANSWERS, 'lost-answer-500' as const])(
    'a look-up gets over four answers in a row of the kind %s',
    async (fault) => {
      const record = aRecord();
      await openRevocationLedger(table.tableName).put(record, undefined);
      const read = openRevocationReader(table.tableName, { deadlineMs: 4000 });
      first(4, fault);

      await expect(read([record, aRecord()])).resolves.toHaveLength(1);
      expect(network.operations).toHaveLength(5);
    },
  );

  it('gets over an answer that never comes', async () => {
    const record = aRecord();
    await openRevocationLedger(table.tableName).put(record, undefined);
    const read = openRevocationReader(table.tableName, { deadlineMs: 2000 });
    once('hang');

    await expect(read([record])).resolves.toHaveLength(1);
  });

  test.each([...NO_ANSWERS, 'hang' as const])(
    'a look-up that gets nothing but %s is a fault, and never «not revoked»',
    async (fault) => {
      const record = aRecord();
      await openRevocationLedger(table.tableName).put(record, undefined);
      const read = openRevocationReader(table.tableName, { deadlineMs: 300 });
      network.plan = () => fault;

      await expect(read([record, aRecord()])).rejects.toThrow(/^revocation_store_unavailable: /);
    },
  );

  it.each(['strong', 'eventual'] as const)(
    'wants the capacity of every key, for a %s read',
    async (readConsistency) => {
      const read = openRevocationReader(table.tableName, { deadlineMs: 300, readConsistency });
      const targets = [aRecord(), aRecord(), aRecord()];

      await expect(read(targets)).resolves.toEqual([]);
      network.plan = () => 'little-capacity';
      await expect(read(targets)).rejects.toThrow(/^revocation_store_unavailable: /);
    },
  );

  it('believes an emulator without checksum or capacity in the local mode, but not a wrong one', async () => {
    const record = aRecord();
    const ledger = openRevocationLedger(table.tableName, true);
    await ledger.put(record, undefined);
    const read = openRevocationReader(table.tableName, { deadlineMs: 300 }, true);

    for (const fault of ['no-checksum', 'no-capacity'] as const) {
      network.plan = () => fault;
      await expect(read([record, aRecord()])).resolves.toHaveLength(1);
      await expect(ledger.get(record)).resolves.toEqual(record);
    }
    for (const fault of ['corrupted', 'little-capacity', 'unprocessed-elsewhere', 'html'] as const) {
      network.plan = () => fault;
      await expect(read([record, aRecord()])).rejects.toThrow(/^revocation_store_unavailable: /);
    }
  });

  it('does not ask again for what another request would not change', async () => {
    const read = openRevocationReader('NoSuchTable', { deadlineMs: 4000 });

    await expect(read([aRecord()])).rejects.toThrow(/^revocation_store_unavailable: /);
    expect(network.operations).toHaveLength(1);
  });

  it('does not wait for an answer beyond its deadline', async () => {
    const read = openRevocationReader(table.tableName, { deadlineMs: 200 });
    network.plan = () => 'hang';
    const startedAt = performance.now();
    await expect(read([aRecord()])).rejects.toThrow(/^revocation_store_unavailable: /);

    // Far from the 200 ms, so that a busy machine passes, and further from the SDK's own limit, which is none.
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });

  /** Of those that a batch alone can be, there are none here. */
  const NO_ANSWERS_TO_ONE = NO_ANSWERS.filter(
    (fault) => !['unprocessed', 'unprocessed-elsewhere', 'elsewhere', 'empty-list'].includes(fault),
  );

  test.each([...NO_ANSWERS_TO_ONE, 'lost-answer-500' as const])(
    'a write gets over one answer of the kind %s, and says so',
    async (fault) => {
      const ledger = openRevocationLedger(table.tableName);
      const record = aRecord();
      once(fault);

      await expect(ledger.put(record, undefined)).resolves.toBe(true);
      await expect(ledger.get(record)).resolves.toEqual(record);
    },
  );

  test.each(
    NO_ANSWERS_TO_ONE.filter((fault) => fault !== 'corrupted'), // there is nothing in it
  )('a put that gets nothing but %s fails loudly', async (fault) => {
    const ledger = openRevocationLedger(table.tableName).within(() => 300);
    network.plan = () => fault;

    await expect(ledger.put(aRecord(), undefined)).rejects.toThrow(/^revocation_store_unavailable: /);
  });

  test.each<NetworkFault>(['reset', 'server-error', 'throttled', 'empty-answer', 'empty-body', 'html'])(
    'a change that gets nothing but %s fails loudly',
    async (fault) => {
      const ledger = openRevocationLedger(table.tableName).within(() => 300);
      network.plan = () => fault;

      await expect(ledger.recordChange(aRecord())).rejects.toThrow(/^revocation_store_unavailable: /);
    },
  );

  test.each(NO_ANSWERS_TO_ONE)(
    'a read of the admin function that gets nothing but %s fails loudly',
    async (fault) => {
      const record = aRecord();
      await openRevocationLedger(table.tableName).put(record, undefined);
      const ledger = openRevocationLedger(table.tableName).within(() => 300);
      network.plan = () => fault;

      await expect(ledger.get(record)).rejects.toThrow(/^revocation_store_unavailable: /);
      await expect(ledger.changes(record, 10)).rejects.toThrow(/^revocation_store_unavailable: /);
      await expect(ledger.scan(10)).rejects.toThrow(/^revocation_store_unavailable: /);
    },
  );

  it('does not take a page for empty that counts items', async () => {
    const record = aRecord();
    const ledger = openRevocationLedger(table.tableName).within(() => 300);
    await ledger.put(record, undefined);
    await ledger.recordChange(record);
    network.plan = () => 'emptied-page';

    await expect(ledger.changes(record, 10)).rejects.toThrow(/^revocation_store_unavailable: /);
    await expect(ledger.scan(10)).rejects.toThrow(/^revocation_store_unavailable: /);
  });

  it('does not mistake a lost answer for somebody else who was faster', async () => {
    const ledger = openRevocationLedger(table.tableName);
    const first = aRecord();
    await ledger.put(first, undefined);
    once('lost-answer');

    await expect(ledger.put({ ...first, nonce: 'mine' }, first)).resolves.toBe(true);
    expect(network.operations.filter((operation) => operation === 'PutItem').length).toBeGreaterThan(1);
  });

  it('does not take a write for undone whose answer was lost and that somebody has replaced since', async () => {
    const ledger = openRevocationLedger(table.tableName);
    const first = aRecord();
    await ledger.put(first, undefined);
    const mine = { ...first, nonce: 'mine', sequence: 2 };
    let puts = 0;
    network.plan = async (operation) => {
      if (operation !== 'PutItem') return undefined;
      puts += 1;
      if (puts === 1) return 'lost-answer';
      if (puts > 2) return undefined;
      // Between the two attempts, and as `writeChange` does it.
      await ledger.recordChange(mine);
      await ledger.put({ ...first, nonce: 'theirs', sequence: 3 }, mine);
      return undefined;
    };

    await expect(ledger.put(mine, first)).resolves.toBe(true);
    await expect(ledger.get(first)).resolves.toMatchObject({ nonce: 'theirs' });
  });
});
