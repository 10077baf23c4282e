import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from '@jest/globals';
import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import type { IssuerSettings } from '../../../lambda/environment.ts';
import { FOREVER } from '../../../lambda/revocation.ts';
import type { Answer } from '../../../lambda/revocations/apply-command.ts';
import { aBundle } from '../../support/a-bundle.ts';
import type { FaultyNetwork } from '../../support/a-faulty-network.ts';
import { aFaultyNetwork } from '../../support/a-faulty-network.ts';
import type { TestTable } from '../../support/a-revocation-table.ts';
import { aRevocationTable, useDynamoDb } from '../../support/a-revocation-table.ts';
import type { TestIssuer } from '../../support/an-issuer.ts';
import { anIssuer } from '../../support/an-issuer.ts';
import { isLive as tokenIsLive } from '../../support/is-live.ts';

const anotherKey = generateKeyPairSync('rsa', { modulusLength: 2048 });
let issuer: TestIssuer;
let table: TestTable;
let revocations: (event: unknown) => Promise<Answer>;
let authorizer: (event: unknown) => Promise<APIGatewayAuthorizerResult>;

beforeAll(async () => {
  issuer = await anIssuer();
});
afterAll(() => issuer.close());
beforeEach(async () => {
  table = await aRevocationTable();
  const environment = { issuers: [issuer.settings()], tableName: table.tableName };
  revocations = aBundle('revocations', environment);
  authorizer = aBundle('authorizer', environment);
});
afterEach(() => table.close());

const now = () => Math.floor(Date.now() / 1000);
/** An hour, and the issuer's grace. */
const MARGIN = 3600 + 2;
const by = { reason: 'laptop stolen', actor: 'ops@example.com' };
const subject = (value: string) => ({ dimension: 'subject', subject: value });
const isLive = (token: string) => tokenIsLive(authorizer, token);

describe('the bundled admin function', () => {
  it('revokes a token given whole, and reinstates it', async () => {
    const token = issuer.token();
    const target = { dimension: 'token', token };
    const other = issuer.token();

    expect(await isLive(token)).toBe(true);
    await expect(revocations({ command: 'revoke', target, ...by })).resolves.toMatchObject({
      changed: true,
      record: { dimension: 'token', kind: 'absolute', issuer: 'test-issuer', ...by },
      safeSignInFrom: null,
    });
    expect([await isLive(token), await isLive(other)]).toEqual([false, true]);
    await expect(revocations({ command: 'check', target })).resolves.toMatchObject({
      live: false,
      records: [by],
    });

    await expect(revocations({ command: 'reinstate', target, ...by })).resolves.toMatchObject({
      changed: true,
    });
    expect(await isLive(token)).toBe(true);
    await expect(revocations({ command: 'check', target })).resolves.toMatchObject({
      live: true,
      records: [],
    });
  });

  it('revokes a token named by issuer, jti and exp', async () => {
    const token = issuer.token({ claims: { jti: 'j-1' } });

    await revocations({
      command: 'revoke',
      target: { dimension: 'token', issuer: issuer.url, jti: 'j-1', exp: now() + 3600 },
      ...by,
    });

    expect(await isLive(token)).toBe(false);
  });

  it('keeps the record of a token until after its exp', async () => {
    const exp = now() + 3600;
    const answer = await revocations({
      command: 'revoke',
      target: { dimension: 'token', jti: 'j-1', exp },
      ...by,
    });

    expect(answer).toMatchObject({ record: { expiresAt: exp + MARGIN, revokedBefore: FOREVER } });
  });

  it('writes nothing for a token that nobody can use any more', async () => {
    const target = { dimension: 'token', jti: 'j-1', exp: now() - 7200 };

    await expect(revocations({ command: 'revoke', target, ...by })).resolves.toEqual({
      command: 'revoke',
      dryRun: false,
      changed: false,
      record: null,
      previous: null,
      safeSignInFrom: null,
      effectiveFrom: null,
      notes: [],
      flushed: null,
      flushedStages: [],
    });
    expect(await table.items()).toEqual([]);
  });

  it('logs a subject out everywhere: tokens up to this second are dead, later ones are live', async () => {
    const token = issuer.token();
    const answer = await revocations({ command: 'revoke', target: subject('alice'), ...by });

    expect(await isLive(token)).toBe(false);
    if (answer.command !== 'revoke' || answer.record === null) throw new Error('no record');
    expect(answer).toMatchObject({
      record: { kind: 'cut-off', expiresAt: answer.record.revokedBefore + 86_400 + MARGIN },
      safeSignInFrom: answer.record.revokedBefore + 1,
    });
  });

  it('cuts off at the time that it is told', async () => {
    const before = now() - 1000;
    await revocations({ command: 'revoke', target: subject('alice'), before, ...by });

    expect(await isLive(issuer.token({ claims: { iat: before } }))).toBe(false);
    expect(await isLive(issuer.token({ claims: { iat: before + 1 } }))).toBe(true);
  });

  it('blocks a subject until it is reinstated, without an expiry', async () => {
    await expect(
      revocations({ command: 'revoke', target: subject('alice'), block: true, ...by }),
    ).resolves.toMatchObject({ record: { kind: 'absolute', expiresAt: null }, safeSignInFrom: null });
    expect(await isLive(issuer.token({ claims: { iat: now() } }))).toBe(false);
    const [item] = await table.states();
    expect(item).not.toHaveProperty('expiresAt');

    await revocations({ command: 'reinstate', target: subject('alice'), ...by });
    expect(await isLive(issuer.token())).toBe(true);
  });

  it('never moves a cut-off back, whatever the order of the commands', async () => {
    const [early, late] = [now() - 2000, now() - 1000];
    const token = issuer.token({ claims: { iat: late } });
    await revocations({ command: 'revoke', target: subject('alice'), before: late, ...by });
    await expect(
      revocations({
        command: 'revoke',
        target: subject('alice'),
        before: early,
        reason: 'late',
        actor: 'retry',
      }),
    ).resolves.toMatchObject({ changed: false, record: { revokedBefore: late, ...by } });

    expect(await isLive(token)).toBe(false);
  });

  it('keeps a block when a cut-off comes after it', async () => {
    await revocations({ command: 'revoke', target: subject('alice'), block: true, ...by });

    await expect(revocations({ command: 'revoke', target: subject('alice'), ...by })).resolves.toMatchObject({
      changed: false,
      record: { kind: 'absolute', expiresAt: null },
    });
  });

  it('answers a repeated command the same, and changes nothing', async () => {
    const command = {
      command: 'revoke',
      target: { dimension: 'token', jti: 'j-1', exp: now() + 3600 },
      ...by,
    };
    const first = await revocations(command);
    const items = await table.items();

    await expect(revocations(command)).resolves.toEqual({
      ...first,
      changed: false,
      previous: first.command === 'revoke' && first.record,
      effectiveFrom: expect.any(Number),
    });
    expect(await table.items()).toEqual(items);
  });

  it('loses none of many concurrent revocations of one subject', async () => {
    const cutOffs = Array.from({ length: 8 }, (_, index) => now() - 1000 + index);
    await Promise.all(
      cutOffs.map((before) => revocations({ command: 'revoke', target: subject('alice'), before, ...by })),
    );

    expect(await isLive(issuer.token({ claims: { iat: Math.max(...cutOffs) } }))).toBe(false);
  });

  it('reports that there was nothing to reinstate', async () => {
    await expect(revocations({ command: 'reinstate', target: subject('nobody'), ...by })).resolves.toEqual({
      command: 'reinstate',
      dryRun: false,
      changed: false,
      record: null,
      remaining: null,
      refusedBy: null,
      notes: [],
      flushed: null,
      flushedStages: [],
    });
  });

  it('lists what is in force, page by page, without what was reinstated', async () => {
    const names = Array.from({ length: 7 }, (_, index) => `person-${index}`);
    for (const name of names) await revocations({ command: 'revoke', target: subject(name), ...by });
    await revocations({ command: 'reinstate', target: subject('person-3'), ...by });

    const listed: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await revocations({ command: 'list', limit: 2, ...(cursor && { cursor }) });
      if (page.command !== 'list') throw new Error('another answer');
      expect(page.records.length).toBeLessThanOrEqual(2);
      listed.push(...page.records.map(({ value }) => value));
      cursor = page.cursor ?? undefined;
    } while (cursor);

    expect(listed.sort()).toEqual(names.filter((name) => name !== 'person-3'));
  });

  it('says what still refuses a token that it reinstates', async () => {
    const token = issuer.token({ claims: { sid: 's-1' } });
    const target = { dimension: 'token', token };
    const others = [{ dimension: 'session', session: 's-1' }, subject('alice')];
    for (const each of [target, ...others]) await revocations({ command: 'revoke', target: each, ...by });
    const refusedBy = [
      { dimension: 'session', value: 's-1' },
      { dimension: 'subject', value: 'alice', kind: 'cut-off' },
    ];

    for (const changes of [{ dryRun: true, changed: true }, { changed: true }, { changed: false }]) {
      const { changed, ...options } = changes;
      const answer = await revocations({ command: 'reinstate', target, ...by, ...options });
      expect(answer).toMatchObject({ changed, refusedBy });
    }
    expect(await isLive(token)).toBe(false);
    for (const each of others) await revocations({ command: 'reinstate', target: each, ...by });
    await expect(revocations({ command: 'reinstate', target, ...by })).resolves.toMatchObject({
      refusedBy: [],
    });
    expect(await isLive(token)).toBe(true);
  });

  it('does not count a cut-off from before a token among what refuses it', async () => {
    const token = issuer.token();
    await revocations({ command: 'revoke', target: subject('alice'), before: now() - 600, ...by });

    await expect(
      revocations({ command: 'reinstate', target: { dimension: 'token', token }, ...by }),
    ).resolves.toMatchObject({ refusedBy: [] });
  });

  it('does not know what else refuses what it reinstates by name', async () => {
    const named = [{ dimension: 'token', jti: 'j-1' }, subject('alice')];
    for (const target of named) {
      const answer = await revocations({ command: 'reinstate', target, ...by });
      expect(answer).toMatchObject({ refusedBy: null });
    }
  });

  it('tells whether a subject is live, and by which record it is not', async () => {
    await revocations({ command: 'revoke', target: subject('alice'), block: true, ...by });

    await expect(revocations({ command: 'check', target: subject('alice') })).resolves.toMatchObject({
      live: false,
      records: [{ dimension: 'subject', value: 'alice', ...by }],
    });
    await expect(revocations({ command: 'check', target: subject('bob') })).resolves.toEqual({
      command: 'check',
      live: true,
      expired: false,
      records: [],
    });
  });

  it('calls a token expired exactly when the authorizer does', async () => {
    const environment = { issuers: [issuer.settings({ graceSeconds: 60 })], tableName: table.tableName };
    revocations = aBundle('revocations', environment);
    authorizer = aBundle('authorizer', environment);
    for (const [secondsAgo, live] of [
      [30, true],
      [60, false],
    ] as const) {
      const exp = now() - secondsAgo;
      const token = issuer.token({ claims: { jti: 'j-1', iat: exp - 60, exp } });

      expect(await isLive(token)).toBe(live);
      for (const target of [
        { dimension: 'token', token },
        { dimension: 'token', jti: 'j-1', exp },
      ]) {
        await expect(revocations({ command: 'check', target })).resolves.toMatchObject({
          live,
          expired: !live,
        });
      }
    }
  });

  it('tells of a whole token that its subject is revoked', async () => {
    await revocations({ command: 'revoke', target: subject('alice'), ...by });

    await expect(
      revocations({ command: 'check', target: { dimension: 'token', token: issuer.token() } }),
    ).resolves.toMatchObject({ live: false, records: [{ dimension: 'subject' }] });
  });

  it('keeps reason, actor and time in the record, readable in the table', async () => {
    await revocations({ command: 'revoke', target: subject('alice'), ...by });

    const [item] = await table.states();
    expect(item).toMatchObject({
      entry: { S: 'state' },
      dimension: { S: 'subject' },
      issuer: { S: 'test-issuer' },
      value: { S: 'alice' },
      reason: { S: by.reason },
      actor: { S: by.actor },
    });
    expect(Math.abs(Number(item?.['changedAt']?.N) - now())).toBeLessThan(60);
  });

  it('says from when on the revocation holds', async () => {
    const startedAt = now();
    const effectiveFrom = async (target: unknown) => {
      const answer = await revocations({ command: 'revoke', target, ...by });
      return answer.command === 'revoke' && answer.effectiveFrom !== null ? answer.effectiveFrom : 0;
    };

    const narrow = await effectiveFrom(subject('alice'));
    const broad = await effectiveFrom({ dimension: 'client', client: 'web' });
    expect(narrow).toBeGreaterThanOrEqual(startedAt);
    expect(broad).toBeGreaterThanOrEqual(startedAt + 1);
  });

  it('keeps the record of a session for a whole session and a token more, and not longer when it is repeated', async () => {
    const command = { command: 'revoke', target: { dimension: 'session', session: 's-1' }, ...by };
    const first = await revocations(command);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const again = await revocations(command);

    if (first.command !== 'revoke' || first.record === null) throw new Error('no record');
    const { changedAt } = first.record;
    expect(first.record.expiresAt).toBe(changedAt + 30 * 86_400 + 86_400 + MARGIN);
    expect(again).toMatchObject({ changed: false, record: first.record });
  });

  it('does not let a record expire earlier because a maximum was lowered', async () => {
    const before = now() - 100;
    const command = { command: 'revoke', target: subject('alice'), before, ...by };
    const first = await revocations(command);
    const settings = issuer.settings({ maxTokenLifetimeSeconds: 60 });
    revocations = aBundle('revocations', { issuers: [settings], tableName: table.tableName });
    const second = await revocations({ ...command, before: before + 1 });

    if (first.command !== 'revoke' || first.record === null) throw new Error('no record');
    expect(second).toMatchObject({
      changed: true,
      record: { revokedBefore: before + 1, expiresAt: first.record.expiresAt },
    });
  });

  it('lifts a block and keeps old tokens dead when it is told to', async () => {
    const keepBefore = now() - 30;
    await revocations({ command: 'revoke', target: subject('alice'), block: true, ...by });

    await expect(
      revocations({ command: 'reinstate', target: subject('alice'), keepBefore, ...by }),
    ).resolves.toMatchObject({
      changed: true,
      record: { kind: 'absolute' },
      remaining: { kind: 'cut-off', revokedBefore: keepBefore, expiresAt: keepBefore + 86_400 + MARGIN },
    });
    expect(await isLive(issuer.token({ claims: { iat: keepBefore } }))).toBe(false);
    expect(await isLive(issuer.token({ claims: { iat: keepBefore + 1 } }))).toBe(true);
  });

  it('shows what a command would do, and does nothing, in a dry run', async () => {
    const token = issuer.token();
    const dryRun = true;
    await expect(
      revocations({ command: 'revoke', target: subject('alice'), ...by, dryRun }),
    ).resolves.toMatchObject({ dryRun, changed: true, record: by, previous: null, effectiveFrom: null });
    expect(await table.items()).toEqual([]);
    expect(await isLive(token)).toBe(true);

    await revocations({ command: 'revoke', target: subject('alice'), ...by });
    const items = await table.items();
    await expect(
      revocations({ command: 'reinstate', target: subject('alice'), ...by, dryRun }),
    ).resolves.toMatchObject({ dryRun, changed: true, record: by, remaining: null });
    await expect(
      revocations({ command: 'revoke', target: subject('alice'), before: now() - 9, ...by, dryRun }),
    ).resolves.toMatchObject({ changed: false, previous: by });
    expect(await table.items()).toEqual(items);
  });

  it('fails when the table cannot be written', async () => {
    revocations = aBundle('revocations', { issuers: [issuer.settings()], tableName: 'NoSuchTable' });

    await expect(revocations({ command: 'revoke', target: subject('alice'), ...by })).rejects.toThrow(
      /^revocation_store_unavailable: /,
    );
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      'an unknown issuer',
      { target: { ...subject('alice'), issuer: 'https://x.example' } },
      /^target\.issuer: received "https:\/\/x\.example"; allowed: "test-issuer"$/,
    ],
    [
      'a token of an unknown issuer',
      { target: { dimension: 'token', token: 'x' } },
      /^target\.token: .*token_malformed/,
    ],
    [
      'a cut-off in the future',
      { target: subject('a'), before: now() + 9999 },
      /^before: received \d+; allowed: at most \d+, five minutes from now$/,
    ],
  ])('refuses %s', async (_what, fields, message) => {
    const refusal = revocations({ command: 'revoke', ...by, ...fields });

    await expect(refusal).rejects.toThrow(message);
    await expect(refusal).rejects.toMatchObject({ name: 'CommandInvalid' });
  });
});

describe('the notes on a revocation', () => {
  const notesOn = async (target: unknown, options: object = {}) => {
    const answer = await revocations({ command: 'revoke', target, ...by, ...options });
    if (answer.command !== 'revoke') throw new Error('another answer');
    return answer.notes.join('\n');
  };
  const configure = (settings: Partial<IssuerSettings>) => {
    const issuers = [issuer.settings(settings)];
    revocations = aBundle('revocations', { issuers, tableName: table.tableName });
  };

  it('are none for a whole token that the authorizer accepts, revoked or not', async () => {
    const target = { dimension: 'token', token: issuer.token() };
    await revocations({ command: 'revoke', target: subject('alice'), block: true, ...by });
    expect([await notesOn(target), await notesOn(target)]).toEqual(['', '']);
  });

  test.each([
    ['signature_invalid', async () => issuer.token({ signingKey: anotherKey.privateKey })],
    ['signing_key_unknown', async () => issuer.token({ header: { kid: 'made-up' } })],
    ['audience_mismatch', async () => issuer.token({ claims: { aud: 'billing' } })],
    ['token_not_yet_valid', async () => issuer.token({ claims: { nbf: now() + 600 } })],
  ])(
    'say of a token that does not verify: %s, and that its jti is revoked all the same',
    async (reason, tokenOf) => {
      const target = { dimension: 'token', token: await tokenOf() };
      const notes = await notesOn(target);

      expect(notes).toContain(`The authorizer does not accept this token (${reason}): `);
      expect(notes).toMatch(/revokes its jti all the same/);
      await expect(revocations({ command: 'check', target })).resolves.toMatchObject({ live: false });
    },
  );

  it('say that a signature could not be checked, and the revocation holds', async () => {
    issuer.answer = { ...issuer.answer, status: 503 };
    const token = issuer.token();
    const notes = await notesOn({ dimension: 'token', token }).finally(() => {
      issuer.answer = { ...issuer.answer, status: 200 };
    });

    expect(notes).toMatch(/^The signature of this token was not checked \(jwks_unavailable\)/);
    expect(await isLive(token)).toBe(false);
  });

  test.each([
    ['a subject', subject('alice'), /tokens of "test-issuer" whose sub is exactly this value/],
    ['a jti', { dimension: 'token', jti: 'j-1', exp: 99_999_999_999 }, /whose jti is exactly this value/],
    ['a session', { dimension: 'session', session: 's-1' }, /whose sid or origin_jti is exactly/],
    ['a client', { dimension: 'client', client: 'web' }, /whose client_id or azp or cid or appid is exactly/],
    ['a claim', { dimension: 'claim', claim: 'tenant', value: 'acme' }, /whose tenant is exactly/],
  ])(
    'say of %s that nothing here knows whether a token has it, without the value',
    async (_what, target, form) => {
      configure({ revocableClaims: ['tenant'] });
      const notes = await notesOn(target);

      expect(notes).toMatch(form);
      expect(notes).toMatch(/does not know whether there are any/);
      expect(notes).not.toMatch(/alice|j-1|s-1|web|acme/);
    },
  );

  it('are none for an issuer: it is configured', async () => {
    expect(await notesOn({ dimension: 'issuer' }, { dryRun: true })).toBe('');
  });

  test.each([
    ['alice', true],
    ['A1B2C3D4-0000-4000-8000-00000000ABCD', true],
    ['a1b2c3d4-0000-4000-8000-00000000abcd', false],
  ])('say whether "%s" can be the sub of a user of a Cognito user pool', async (value, isWrong) => {
    configure({ kind: 'cognito' });
    expect(/^The sub of every user .* is a UUID/.test(await notesOn(subject(value)))).toBe(isWrong);
  });

  it('say of a session that tokens without one stay valid, unless they are refused', async () => {
    const target = { dimension: 'session', session: 's-1' };
    const open = await notesOn(target);
    expect(open).toMatch(/Tokens of "test-issuer" with none of sid, origin_jti are accepted and stay valid/);
    expect(open).toMatch(/If none of its tokens names a session, revoke the subject/);
    expect(open).toMatch(/If all of them do, set requireSession/);
    configure({ requireSession: true });
    expect(await notesOn(target)).not.toMatch(/stay valid/);
  });

  it('advise of a client what does not refuse the tokens that name it in the other claim', async () => {
    const target = { dimension: 'client', client: 'web' };
    expect(await notesOn(target)).toMatch(
      /with none of client_id, azp, cid, appid are accepted and stay valid\. If all of its tokens have one of these claims, put that claim into requiredClaims/,
    );
    configure({ requiredClaims: ['azp'] });
    expect(await notesOn(target)).not.toMatch(/stay valid/);
  });
});

describe('the history of a target', () => {
  const changesOf = async (target: unknown) => {
    const answer = await revocations({ command: 'history', target });
    if (answer.command !== 'history') throw new Error('another answer');
    return answer.changes;
  };

  it('has every change, newest first: who, why, by which ticket, from what to what', async () => {
    const before = now() - 100;
    const target = subject('alice');
    await revocations({ command: 'revoke', target, before, reason: 'first', actor: 'a', ticket: 'T-1' });
    await revocations({ command: 'revoke', target, before, reason: 'repeated', actor: 'b' });
    await revocations({ command: 'revoke', target, block: true, reason: 'second', actor: 'c' });
    await revocations({ command: 'reinstate', target, reason: 'third', actor: 'd' });
    await revocations({ command: 'reinstate', target, reason: 'repeated', actor: 'e' });

    const cutOff = { kind: 'cut-off', revokedBefore: before, expiresAt: before + 86_400 + MARGIN };
    const block = { kind: 'absolute', revokedBefore: FOREVER, expiresAt: null };
    const none = { kind: 'none', revokedBefore: null, expiresAt: null };
    const claimed = { actorSource: 'claimed', requestId: '00000000-0000-4000-8000-000000000000' };
    expect(await changesOf(target)).toMatchObject([
      {
        change: 'reinstate',
        reason: 'third',
        actor: 'd',
        ticket: null,
        before: block,
        after: none,
        ...claimed,
      },
      { change: 'revoke', reason: 'second', actor: 'c', ticket: null, before: cutOff, after: block },
      { change: 'revoke', reason: 'first', actor: 'a', ticket: 'T-1', before: null, after: cutOff },
    ]);
    expect(await changesOf(subject('bob'))).toEqual([]);
  });

  it('is paged', async () => {
    const target = subject('alice');
    for (let index = 0; index < 5; index += 1) {
      await revocations({
        command: 'revoke',
        target,
        before: 1000 + now() - 2000 + index,
        ...by,
        reason: `${index}`,
      });
    }
    const reasons: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await revocations({ command: 'history', target, limit: 2, ...(cursor && { cursor }) });
      if (page.command !== 'history') throw new Error('another answer');
      reasons.push(...page.changes.map(({ reason }) => reason));
      cursor = page.cursor ?? undefined;
    } while (cursor);

    expect(reasons).toEqual(['4', '3', '2', '1', '0']);
    const first = await revocations({ command: 'history', target, limit: 2 });
    await expect(
      revocations({ command: 'history', target: subject('bob'), cursor: 'cursor' in first && first.cursor }),
    ).rejects.toThrow(/^cursor: .* allowed: the cursor of the page before$/);
  });

  it.each(['history', 'revoke', 'reinstate'] as const)(
    'gets the change of somebody who died before it was in it from the next %s, and only once',
    async (next) => {
      const network = await aFaultyNetwork(table.endpoint);
      useDynamoDb(network.endpoint);
      const environment = { issuers: [issuer.settings()], tableName: table.tableName };
      const dying = aBundle<Answer>('revocations', environment);
      let puts = 0;
      network.plan = (operation) => {
        if (operation === 'PutItem') puts += 1;
        return puts > 1 ? 'reset' : undefined; // the state is written, its change is not
      };
      const target = subject('alice');
      const command = { command: 'revoke', target, block: true, ...by };
      await expect(dying(command)).rejects.toThrow(/^revocation_store_unavailable: /);
      useDynamoDb(table.endpoint);
      await network.close();
      expect(await table.items()).toHaveLength(1);

      if (next === 'revoke') await revocations({ ...command, reason: 'the same again' });
      if (next === 'reinstate') await revocations({ command: 'reinstate', target, ...by, reason: 'undone' });
      const reasons = (await changesOf(target)).map(({ reason }) => reason);
      expect(reasons).toEqual(next === 'reinstate' ? ['undone', by.reason] : [by.reason]);
    },
  );

  it('goes on after DynamoDB has deleted the state', async () => {
    const target = { dimension: 'token', jti: 'j-1', exp: now() + 3600 };
    await revocations({ command: 'revoke', target, ...by, reason: 'before' });
    const [state] = await table.states();
    await table.deleteItem(state ?? {});
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await revocations({ command: 'revoke', target, ...by, reason: 'after' });

    expect((await changesOf(target)).map(({ reason }) => reason)).toEqual(['after', 'before']);
  });
});

describe('a filtered list', () => {
  const listed = async (filter: Record<string, unknown>, limit = 3) => {
    const values: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await revocations({ command: 'list', ...filter, limit, ...(cursor && { cursor }) });
      if (page.command !== 'list') throw new Error('another answer');
      expect(page.records.length).toBeLessThanOrEqual(limit);
      values.push(...page.records.map(({ value }) => value));
      cursor = page.cursor ?? undefined;
    } while (cursor);
    return values.sort();
  };
  let network: FaultyNetwork;

  beforeEach(async () => {
    network = await aFaultyNetwork(table.endpoint);
    useDynamoDb(network.endpoint);
    const issuers = [
      issuer.settings({ revocableClaims: ['tenant', 'device'] }),
      issuer.settings({ id: 'other', issuers: ['https://other.example'] }),
    ];
    revocations = aBundle('revocations', { issuers, tableName: table.tableName });
    const targets = [
      ...['a', 'b', 'c', 'd'].map((name) => ({ issuer: 'test-issuer', ...subject(name) })),
      { issuer: 'other', ...subject('a') },
      { issuer: 'test-issuer', dimension: 'client', client: 'web' },
      { issuer: 'test-issuer', dimension: 'claim', claim: 'tenant', value: 't' },
      { issuer: 'test-issuer', dimension: 'claim', claim: 'device', value: 'd' },
    ];
    for (const target of targets) await revocations({ command: 'revoke', target, ...by });
    network.operations.length = 0;
  });
  afterEach(() => network.close());

  test.each<[string, Record<string, unknown>, string[]]>([
    ['dimension', { dimension: 'subject' }, ['a', 'a', 'b', 'c', 'd']],
    ['dimension and issuer', { dimension: 'subject', issuer: 'test-issuer' }, ['a', 'b', 'c', 'd']],
    ['issuer', { issuer: 'other' }, ['a']],
    ['claim', { dimension: 'claim', claim: 'tenant' }, ['t']],
    ['value', { dimension: 'subject', value: 'a' }, ['a', 'a']],
    ['value and issuer', { dimension: 'subject', value: 'a', issuer: 'other' }, ['a']],
    ['value of a claim', { dimension: 'claim', claim: 'device', value: 'd' }, ['d']],
    ['time, long ago', { since: 5 }, ['a', 'a', 'b', 'c', 'd', 'd', 't', 'web']],
    ['time, to come', { since: 100_000_000_000 }, []],
  ])('by %s holds just what fits, without a scan', async (_what, filter, values) => {
    expect(await listed(filter)).toEqual(values);
    expect(network.operations).not.toContain('Scan');
  });

  it('is no scan of the history either when it is not filtered', async () => {
    expect(await listed({}, 100)).toHaveLength(8);
    expect(network.operations).toEqual(['Scan']);
  });

  it('refuses the cursor of another filter', async () => {
    const page = await revocations({ command: 'list', dimension: 'subject', limit: 1 });
    const cursor = page.command === 'list' && page.cursor;

    await expect(revocations({ command: 'list', dimension: 'client', cursor })).rejects.toThrow(/^cursor: /);
  });
});
