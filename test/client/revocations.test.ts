import { afterAll, beforeAll, beforeEach, describe, expect, it, jest, test } from '@jest/globals';
import type {
  CheckAnswer,
  HistoryAnswer,
  ListAnswer,
  ReinstateAnswer,
  RevokeAnswer,
} from '../../client/index.ts';
import { CommandInvalid, NotConfirmed, NotReached, Revocations } from '../../client/index.ts';
import type { FlushedAnswer } from '../../lambda/revocations/flush-caches.ts';
import { aBundle } from '../support/a-bundle.ts';
import type { TestTable } from '../support/a-revocation-table.ts';
import { aRevocationTable } from '../support/a-revocation-table.ts';
import type { InvokeServer } from '../support/an-invoke-server.ts';
import { anInvokeServer, useLambda } from '../support/an-invoke-server.ts';
import type { TestIssuer } from '../support/an-issuer.ts';
import { anIssuer } from '../support/an-issuer.ts';

let issuer: TestIssuer;
let table: TestTable;
let lambda: InvokeServer;
let revocations: Revocations;

beforeAll(async () => {
  issuer = await anIssuer();
  table = await aRevocationTable();
  lambda = await anInvokeServer(
    aBundle('revocations', { issuers: [issuer.settings()], tableName: table.tableName }),
  );
  useLambda(lambda);
});
afterAll(async () => {
  await lambda.close();
  await table.close();
  await issuer.close();
});
beforeEach(() => {
  lambda.payloads.length = 0;
  lambda.onInvoke = () => undefined;
  revocations = new Revocations({ functionName: 'admin', actor: 'shop' });
});

const because = { reason: 'signed out' };

describe('Revocations, against the bundled admin function', () => {
  it('revokes a token, and reinstates it', async () => {
    const token = issuer.token();

    await expect(revocations.revokeToken({ token }, because)).resolves.toMatchObject({
      changed: true,
      record: { dimension: 'token', kind: 'absolute', actor: 'shop', reason: 'signed out' },
      flushed: null,
    });
    await expect(revocations.check({ dimension: 'token', token })).resolves.toMatchObject({ live: false });
    await expect(revocations.reinstate({ dimension: 'token', token }, because)).resolves.toMatchObject({
      changed: true,
    });
    await expect(revocations.check({ dimension: 'token', token })).resolves.toMatchObject({ live: true });
  });

  it('revokes a session in the name of somebody else, with a ticket', async () => {
    const change = { ...because, actor: 'alice', ticket: 'CASE-7' };
    await expect(revocations.revokeSession({ session: 's-1' }, change)).resolves.toMatchObject({
      record: { dimension: 'session', value: 's-1', actor: 'alice', ticket: 'CASE-7' },
    });
  });

  it('revokes a subject up to a time, or blocks it', async () => {
    const before = Math.floor(Date.now() / 1000) - 60;
    await expect(
      revocations.revokeSubject({ subject: 'bob' }, { ...because, before }),
    ).resolves.toMatchObject({
      record: { kind: 'cut-off', revokedBefore: before },
      safeSignInFrom: before + 1,
    });
    await expect(
      revocations.revokeSubject({ subject: 'bob', issuer: issuer.url }, { ...because, block: true }),
    ).resolves.toMatchObject({ record: { kind: 'absolute' } });
  });

  it('revokes anything else, and writes nothing when asked only what would be', async () => {
    const target = { dimension: 'client', client: 'web' } as const;
    await expect(revocations.revoke(target, { ...because, dryRun: true })).resolves.toMatchObject({
      dryRun: true,
      record: { dimension: 'client', value: 'web' },
    });
    await expect(revocations.check(target)).resolves.toMatchObject({ live: true, records: [] });
  });

  it('lists page by page, and tells the history', async () => {
    for (const subject of ['p-1', 'p-2', 'p-3']) await revocations.revokeSubject({ subject }, because);
    const found = [];
    for await (const { value } of revocations.listAll({ dimension: 'subject', limit: 1 })) found.push(value);
    expect(found).toEqual(expect.arrayContaining(['p-1', 'p-2', 'p-3']));
    await expect(revocations.list({ dimension: 'subject', value: 'p-1' })).resolves.toMatchObject({
      records: [{ value: 'p-1' }],
    });
    await expect(revocations.history({ dimension: 'subject', subject: 'p-1' })).resolves.toMatchObject({
      changes: [{ change: 'revoke', actor: 'shop', actorSource: 'claimed' }],
    });
  });

  it('throws CommandInvalid for a mistake of the caller, and never repeats that', async () => {
    const mistake = revocations.revokeSubject({ subject: '' }, because);
    await expect(mistake).rejects.toThrow(CommandInvalid);
    await expect(mistake).rejects.toThrow(/^target\.subject: /);
    expect(lambda.payloads).toHaveLength(1);
  });

  it('has the answers that the admin function gives', () => {
    type Answers = RevokeAnswer | ReinstateAnswer | CheckAnswer | ListAnswer | HistoryAnswer;
    type Given = Extract<FlushedAnswer, { command: Answers['command'] }>;
    const asDeclared = (answer: Given): Answers => answer;
    expect(asDeclared).toBeInstanceOf(Function); // the compiler has checked the rest
  });
});

describe('Revocations, when something is in the way', () => {
  const fault = JSON.stringify({
    errorType: 'Fault',
    errorMessage: 'revocation_store_unavailable: the revocation table did not answer',
  });

  test.each([
    ['a fault of the admin function', { status: 200, functionError: true, body: fault } as const],
    ['throttling', { status: 429, errorType: 'TooManyRequestsException' }],
    ['trouble of Lambda', { status: 503 }],
  ])('repeats after %s until it is confirmed', async (_what, given) => {
    lambda.onInvoke = (count) => (count < 3 ? given : undefined);
    await expect(revocations.revokeSubject({ subject: 'carol' }, because)).resolves.toMatchObject({
      record: { value: 'carol' },
    });
    expect(lambda.payloads).toHaveLength(3);
  });

  it('throws NotConfirmed when it stays in the way', async () => {
    lambda.onInvoke = () => ({ status: 200, functionError: true, body: fault });
    const unconfirmed = revocations.revokeSubject({ subject: 'carol' }, because);
    await expect(unconfirmed).rejects.toThrow(NotConfirmed);
    await expect(unconfirmed).rejects.toThrow('revocation_store_unavailable: ');
    expect(lambda.payloads).toHaveLength(4);
  });

  it('throws NotConfirmed when the time is over, and does not wait longer', async () => {
    lambda.onInvoke = () => 'hang';
    const impatient = new Revocations({ functionName: 'admin', actor: 'shop', timeoutMs: 300 });
    await expect(impatient.list()).rejects.toThrow(NotConfirmed);
    expect(lambda.payloads).toHaveLength(1);
  });

  it('throws NotConfirmed, without its message, when the function fails in a way that nobody planned', async () => {
    lambda.onInvoke = () => ({
      status: 200,
      functionError: true,
      body: JSON.stringify({ errorType: 'Error', errorMessage: 'secret' }),
    });
    await expect(revocations.list()).rejects.toThrow(/^the admin function failed$/);
  });

  test.each([
    ['there is no such function', { status: 404, errorType: 'ResourceNotFoundException' }],
    ['it may not be invoked', { status: 403, errorType: 'AccessDeniedException' }],
    ['it is another function', { status: 200, body: '{"statusCode":200}' }],
    ['it answers no JSON', { status: 200, body: '<h1>hello</h1>' }],
  ])('throws NotReached when %s, and never repeats that', async (_what, given) => {
    lambda.onInvoke = () => given;
    await expect(revocations.list()).rejects.toThrow(NotReached);
    expect(lambda.payloads).toHaveLength(1);
  });

  test.each(['functionName', 'actor'])('refuses an empty %s', (option) => {
    const options = { functionName: 'admin', actor: 'shop', [option]: '' };
    expect(() => new Revocations(options)).toThrow(`Revocations: option "${option}" is empty.`);
  });

  it('logs nothing, whatever happens', async () => {
    const methods = ['log', 'info', 'warn', 'error', 'debug'] as const;
    const spies = methods.map((method) => jest.spyOn(console, method).mockImplementation(() => {}));
    lambda.onInvoke = () => ({ status: 403, errorType: 'AccessDeniedException' });
    await expect(revocations.revokeToken({ token: issuer.token() }, because)).rejects.toThrow(NotReached);
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });
});
