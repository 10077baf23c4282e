import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from '@jest/globals';
import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import { FOREVER } from '../../../lambda/revocation.ts';
import type { Answer } from '../../../lambda/revocations/apply-command.ts';
import { aBundle } from '../../support/a-bundle.ts';
import type { TestTable } from '../../support/a-revocation-table.ts';
import { aRevocationTable } from '../../support/a-revocation-table.ts';
import type { TestIssuer } from '../../support/an-issuer.ts';
import { anIssuer } from '../../support/an-issuer.ts';

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
const by = { reason: 'laptop stolen', actor: 'ops@example.com' };
const subject = (value: string) => ({ dimension: 'subject', subject: value });
const authorization = (token: string) =>
  authorizer({
    type: 'TOKEN',
    authorizationToken: `Bearer ${token}`,
    methodArn: 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/GET/orders',
  });
const isLive = (token: string) =>
  authorization(token).then(
    () => true,
    (error: Error) => {
      if (error.message !== 'Unauthorized') throw error;
      return false;
    },
  );

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

    expect(answer).toMatchObject({ record: { expiresAt: exp + 3600, revokedBefore: FOREVER } });
  });

  it('writes nothing for a token that nobody can use any more', async () => {
    const target = { dimension: 'token', jti: 'j-1', exp: now() - 7200 };

    await expect(revocations({ command: 'revoke', target, ...by })).resolves.toEqual({
      command: 'revoke',
      changed: false,
      record: null,
      safeSignInFrom: null,
    });
    expect(await table.items()).toEqual([]);
  });

  it('logs a subject out everywhere: tokens up to this second are dead, later ones are live', async () => {
    const token = issuer.token();
    const answer = await revocations({ command: 'revoke', target: subject('alice'), ...by });

    expect(await isLive(token)).toBe(false);
    if (answer.command !== 'revoke' || answer.record === null) throw new Error('no record');
    expect(answer).toMatchObject({
      record: { kind: 'cut-off', expiresAt: answer.record.revokedBefore + 86_400 + 3600 },
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
    const [item] = await table.items();
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

    await expect(revocations(command)).resolves.toEqual({ ...first, changed: false });
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
      changed: false,
      record: null,
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

  it('tells of a whole token that its subject is revoked', async () => {
    await revocations({ command: 'revoke', target: subject('alice'), ...by });

    await expect(
      revocations({ command: 'check', target: { dimension: 'token', token: issuer.token() } }),
    ).resolves.toMatchObject({ live: false, records: [{ dimension: 'subject' }] });
  });

  it('keeps reason, actor and time in the record, readable in the table', async () => {
    await revocations({ command: 'revoke', target: subject('alice'), ...by });

    const [item] = await table.items();
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
