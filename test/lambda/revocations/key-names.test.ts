// A signing key has two names, its kid and its thumbprint: what was revoked by the one is refused by the other.
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { keyThumbprint } from '../../../lambda/authorizer/key-thumbprint.ts';
import type { Answer } from '../../../lambda/revocations/apply-command.ts';
import { aBundle } from '../../support/a-bundle.ts';
import { aFaultyNetwork } from '../../support/a-faulty-network.ts';
import type { TestTable } from '../../support/a-revocation-table.ts';
import { aRevocationTable, useDynamoDb } from '../../support/a-revocation-table.ts';
import type { TestIssuer } from '../../support/an-issuer.ts';
import { anIssuer } from '../../support/an-issuer.ts';
import { isLive as tokenIsLive } from '../../support/is-live.ts';

const by = { reason: 'key stolen', actor: 'a tester' };

let issuer: TestIssuer;
let other: TestIssuer;
let table: TestTable;
let revocations: (event: unknown) => Promise<Answer>;
let thumbprint: string;

beforeAll(async () => {
  [issuer, other] = await Promise.all([anIssuer(), anIssuer()]);
  thumbprint = keyThumbprint(issuer.jwk);
});
afterAll(() => Promise.all([issuer.close(), other.close()]));
beforeEach(async () => {
  table = await aRevocationTable();
  revocations = aBundle('revocations', environment());
  publish(issuer.jwk, { ...issuer.jwk, kid: 'twin' }, other.jwk);
});
afterEach(() => table.close());

const environment = () => ({ issuers: [issuer.settings()], tableName: table.tableName });
const publish = (...keys: readonly object[]) => {
  issuer.answer = { status: 200, body: JSON.stringify({ keys }) };
};
const key = (kid = issuer.kid) => ({ dimension: 'key', kid });
const tokenUnder = (kid: string) => issuer.token({ header: { kid } });
const tokenOfOther = () => issuer.token({ header: { kid: other.kid }, signingKey: other.privateKey });
/** By a new sandbox, which remembers nothing. */
const isLive = (token: string) => tokenIsLive(aBundle('authorizer', environment()), token);
const areLive = async () => [
  await isLive(tokenUnder(issuer.kid)),
  await isLive(tokenUnder('twin')),
  await isLive(tokenOfOther()),
];
const revoke = (target: object, options: object = {}) =>
  revocations({ command: 'revoke', target, ...by, ...options });
const reinstate = (target: object) => revocations({ command: 'reinstate', target, ...by });
const check = (target: object) => revocations({ command: 'check', target });
const listed = async (filter: object = {}) => {
  const page = await revocations({ command: 'list', dimension: 'key', ...filter });
  return page.command === 'list' ? page.records.map(({ claim, value }) => [claim, value]).sort() : [];
};

describe('revoke key', () => {
  it('stops a key that is published under two kids, and names what it covers', async () => {
    expect(await areLive()).toEqual([true, true, true]);

    await expect(revoke(key())).resolves.toMatchObject({
      changed: true,
      record: { dimension: 'key', claim: null, value: issuer.kid, kind: 'absolute', expiresAt: null },
      notes: [
        `This covers the key with the thumbprint ${thumbprint} under every kid; "test-issuer" publishes it as "${issuer.kid}" and "twin".`,
      ],
    });
    expect(await areLive()).toEqual([false, false, true]);
    await expect(revoke(key('twin'))).resolves.toMatchObject({ changed: true });
    await expect(revoke(key())).resolves.toMatchObject({ changed: false });
  });

  it('goes on covering the key when it is published under a kid that nobody knew', async () => {
    await revoke(key());
    publish({ ...issuer.jwk, kid: 'new' }, other.jwk);

    expect(await isLive(tokenUnder('new'))).toBe(false);
    expect(await isLive(tokenOfOther())).toBe(true);
  });

  it('does not take a kid for a thumbprint', async () => {
    publish(issuer.jwk, { ...other.jwk, kid: thumbprint });
    await revoke(key());

    const token = issuer.token({ header: { kid: thumbprint }, signingKey: other.privateKey });
    expect(await isLive(token)).toBe(true);
    expect(await isLive(tokenUnder(issuer.kid))).toBe(false);
  });

  it('covers every key that is published under the kid', async () => {
    publish(issuer.jwk, { ...other.jwk, kid: issuer.kid }, { ...other.jwk, kid: 'twin of other' });

    await expect(revoke(key())).resolves.toMatchObject({
      notes: [expect.stringContaining(thumbprint), expect.stringContaining('and "twin of other"')],
    });
  });

  it('says that no published key has the kid, and writes the record in case that one will', async () => {
    await expect(revoke(key('nosuchkid'))).resolves.toMatchObject({
      changed: true,
      record: { value: 'nosuchkid' },
      notes: [
        '"test-issuer" publishes no usable key with the kid "nosuchkid"; this refuses only tokens that name this kid.',
      ],
    });
    publish(issuer.jwk, { ...other.jwk, kid: 'nosuchkid' });
    const token = issuer.token({ header: { kid: 'nosuchkid' }, signingKey: other.privateKey });
    expect(await isLive(token)).toBe(false);
  });

  it('is written when the keys cannot be fetched, says what it does not cover, and covers it when repeated', async () => {
    const { answer } = issuer;
    issuer.answer = { status: 503, body: '' };
    await expect(revoke(key())).resolves.toMatchObject({
      changed: true,
      record: { value: issuer.kid },
      notes: [
        `The keys of "test-issuer" could not be fetched: this refuses only tokens that name the kid "${issuer.kid}", and the same key under another kid is still accepted. Repeat the command to cover the key itself.`,
      ],
    });
    issuer.answer = answer;
    expect(await areLive()).toEqual([false, true, true]);

    await expect(revoke(key())).resolves.toMatchObject({
      changed: true,
      notes: [expect.stringContaining(thumbprint)],
    });
    expect(await areLive()).toEqual([false, false, true]);
  });

  it('takes a thumbprint, and covers every kid of the key', async () => {
    await expect(revoke({ dimension: 'key', thumbprint })).resolves.toMatchObject({
      changed: true,
      record: { dimension: 'key', claim: 'jkt', value: thumbprint },
      notes: [expect.stringContaining(`publishes it as "${issuer.kid}" and "twin"`)],
    });
    expect(await areLive()).toEqual([false, false, true]);

    const unknown = 'A'.repeat(43);
    await expect(revoke({ dimension: 'key', thumbprint: unknown })).resolves.toMatchObject({
      notes: ['"test-issuer" publishes no usable key with this thumbprint.'],
    });
  });

  it('looks at what the issuer publishes now, whatever keys its configuration has', async () => {
    const configured = issuer.settings({ jwks: { keys: [issuer.jwk] } });
    revocations = aBundle('revocations', { ...environment(), issuers: [configured] });

    await expect(revoke(key())).resolves.toMatchObject({
      notes: [expect.stringContaining(`publishes it as "${issuer.kid}" and "twin"`)],
    });
    const { answer } = issuer;
    issuer.answer = { status: 503, body: '' };
    await expect(revoke(key())).resolves.toMatchObject({
      notes: [expect.stringContaining('could not be fetched')],
    });
    issuer.answer = answer;
  });

  it('changes nothing in a dry run, and names the same', async () => {
    const dryRun = await revoke(key(), { dryRun: true });
    expect(await table.items()).toEqual([]);

    const done = await revoke(key());
    if (dryRun.command !== 'revoke' || done.command !== 'revoke') throw new Error('another answer');
    expect(dryRun.notes).toEqual(done.notes);
  });

  it('is completed by a repetition after it died between its two records', async () => {
    const network = await aFaultyNetwork(table.endpoint);
    try {
      useDynamoDb(network.endpoint);
      revocations = aBundle('revocations', environment());
      let writes = 0;
      network.plan = (operation) => {
        if (operation !== 'PutItem') return undefined;
        writes += 1;
        return writes > 2 ? 'reset' : undefined; // the state of the kid and its change get through
      };
      await expect(revoke(key())).rejects.toThrow(
        new RegExp(
          `^revocation_store_unavailable: .*; the kid "${issuer.kid}" is revoked; for the thumbprint ${thumbprint}, whether the change is in force is not known$`,
        ),
      );
    } finally {
      useDynamoDb(table.endpoint);
      await network.close();
    }
    revocations = aBundle('revocations', environment());
    expect(await areLive()).toEqual([false, true, true]);

    await expect(revoke(key())).resolves.toMatchObject({ changed: true });
    expect(await areLive()).toEqual([false, false, true]);
  });
});

describe('a key that was revoked by one of its kids', () => {
  beforeEach(() => revoke(key()));

  it('is reinstated by this kid, with its thumbprint', async () => {
    await expect(reinstate(key())).resolves.toMatchObject({
      changed: true,
      record: { value: issuer.kid },
      remaining: null,
      notes: [],
    });
    expect(await areLive()).toEqual([true, true, true]);
    expect(await listed()).toEqual([]);
    await expect(reinstate(key())).resolves.toMatchObject({ changed: false, record: null });
  });

  it('is reinstated by a repetition after a fault that says what was done of it', async () => {
    const network = await aFaultyNetwork(table.endpoint);
    try {
      useDynamoDb(network.endpoint);
      revocations = aBundle('revocations', environment());
      network.plan = () => 'reset';
      await expect(reinstate(key())).rejects.toThrow(/; nothing was changed$/);
      let puts = 0;
      network.plan = (operation) => {
        if (operation === 'PutItem') puts += 1;
        // The thumbprint takes three puts: its last change once more, its state, its change.
        return puts >= 3 && operation === 'GetItem' ? 'reset' : undefined;
      };
      await expect(reinstate(key())).rejects.toThrow(
        new RegExp(
          `; the thumbprint ${thumbprint} is reinstated; for the kid "${issuer.kid}", nothing was changed$`,
        ),
      );
    } finally {
      useDynamoDb(table.endpoint);
      await network.close();
    }
    revocations = aBundle('revocations', environment());
    expect(await listed()).toEqual([[null, issuer.kid]]);
    await expect(reinstate(key())).resolves.toMatchObject({ changed: true, notes: [] });
    expect(await areLive()).toEqual([true, true, true]);
  });

  it('is not reinstated by its kid where its thumbprint alone was revoked', async () => {
    await reinstate(key());
    await revoke({ dimension: 'key', thumbprint });

    await expect(reinstate(key())).resolves.toMatchObject({
      changed: false,
      notes: [
        `The key with the thumbprint ${thumbprint} stays revoked under every kid: the kid "${issuer.kid}" was not revoked. To accept the key again, reinstate its thumbprint.`,
      ],
    });
    expect(await areLive()).toEqual([false, false, true]);
  });

  it('keeps its thumbprint revoked while another kid of it is revoked', async () => {
    publish(issuer.jwk, { ...issuer.jwk, kid: 'twin' }, { ...issuer.jwk, kid: 'third' }, other.jwk);
    await revoke(key('twin'));
    const notes = [
      `The key with the thumbprint ${thumbprint} stays revoked under every kid: its kid "twin" is revoked. To accept the key again, reinstate that too, or its thumbprint.`,
    ];

    await expect(reinstate(key())).resolves.toMatchObject({ changed: true, remaining: null, notes });
    expect(await isLive(tokenUnder('third'))).toBe(false);
    await expect(reinstate(key('twin'))).resolves.toMatchObject({ changed: true, notes: [] });
    expect([await isLive(tokenUnder('third')), ...(await areLive())]).toEqual([true, true, true, true]);
  });

  it('is not reinstated by a kid that was never revoked', async () => {
    const notes = [
      `The key with the thumbprint ${thumbprint} stays revoked under every kid: its kid "${issuer.kid}" is revoked. To accept the key again, reinstate that too, or its thumbprint.`,
    ];
    await expect(reinstate(key('twin'))).resolves.toMatchObject({ changed: false, record: null, notes });
    expect(await areLive()).toEqual([false, false, true]);
  });

  it('stays revoked by its thumbprint where the keys cannot be fetched, and the response says so', async () => {
    issuer.answer = { status: 503, body: '' };
    await expect(reinstate(key())).resolves.toMatchObject({
      changed: true,
      notes: [
        'The keys of "test-issuer" could not be fetched: if the key was revoked by its thumbprint too, that revocation is still in force. Reinstate the thumbprint (list the dimension key).',
      ],
    });
    expect(await listed()).toEqual([['jkt', thumbprint]]);

    await expect(reinstate({ dimension: 'key', thumbprint })).resolves.toMatchObject({ changed: true });
    expect(await listed()).toEqual([]);
  });

  it('stays revoked by its thumbprint where it is not published any more, and the response says so', async () => {
    publish({ ...other.jwk, kid: issuer.kid }, other.jwk);
    await expect(reinstate(key())).resolves.toMatchObject({ changed: true, notes: [] });
    expect(await listed()).toEqual([['jkt', thumbprint]]); // another key took its kid over

    publish(other.jwk);
    await expect(reinstate(key())).resolves.toMatchObject({
      changed: false,
      notes: [
        `"test-issuer" publishes no usable key with the kid "${issuer.kid}": if it was revoked by its thumbprint too, that revocation is still in force (list the dimension key).`,
      ],
    });
  });

  it('is found by check, by either kid, by its thumbprint, and by a token', async () => {
    for (const target of [
      key(),
      key('twin'),
      { dimension: 'key', thumbprint },
      { dimension: 'token', token: tokenUnder('twin') },
    ]) {
      const answer = await check(target);
      expect(answer).toMatchObject({ live: false });
      expect(answer.command === 'check' && answer.records.map(({ value }) => value)).toContain(thumbprint);
    }
    for (const target of [key(other.kid), key('nosuchkid'), { dimension: 'token', token: tokenOfOther() }]) {
      await expect(check(target)).resolves.toMatchObject({ live: true, records: [] });
    }
  });

  it('is not found by check of a token that another key under its kid verifies', async () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const sibling = { ...publicKey.export({ format: 'jwk' }), kid: other.kid };
    publish(issuer.jwk, other.jwk, sibling);
    await revoke({ dimension: 'key', thumbprint: keyThumbprint(sibling) });

    const token = tokenOfOther();
    expect(await isLive(token)).toBe(true);
    await expect(check({ dimension: 'token', token })).resolves.toMatchObject({ live: true, records: [] });
  });

  it('is no reason for check to say "live" when the keys cannot be fetched', async () => {
    issuer.answer = { status: 503, body: '' };

    await expect(check(key())).resolves.toMatchObject({ live: false, records: [{ value: issuer.kid }] });
    await expect(check(key('twin'))).rejects.toThrow(/^jwks_unavailable: /);
    await expect(check({ dimension: 'token', token: tokenUnder('twin') })).rejects.toThrow(
      /^jwks_unavailable: /,
    );
  });

  it('is listed by both names, and found by the value of each', async () => {
    expect(await listed()).toEqual(
      [
        [null, issuer.kid],
        ['jkt', thumbprint],
      ].sort(),
    );
    expect(await listed({ value: issuer.kid })).toEqual([[null, issuer.kid]]);
    expect(await listed({ value: thumbprint })).toEqual([['jkt', thumbprint]]);
  });

  it('has a history under both names', async () => {
    await reinstate(key());
    for (const target of [key(), { dimension: 'key', thumbprint }]) {
      const answer = await revocations({ command: 'history', target });
      expect(answer.command === 'history' && answer.changes.map(({ change }) => change)).toEqual([
        'reinstate',
        'revoke',
      ]);
    }
  });
});
