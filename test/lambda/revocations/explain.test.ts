import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from '@jest/globals';
import { DENIAL_GUIDE } from '../../../lambda/denial-guide.ts';
import type { ExplainAnswer } from '../../../lambda/revocations/explain-command.ts';
import { aBundle } from '../../support/a-bundle.ts';
import type { TestTable } from '../../support/a-revocation-table.ts';
import { aRevocationTable } from '../../support/a-revocation-table.ts';
import type { TestIssuer } from '../../support/an-issuer.ts';
import { anIssuer } from '../../support/an-issuer.ts';

let issuer: TestIssuer;
let table: TestTable;
let admin: (event: unknown) => Promise<unknown>;

beforeAll(async () => {
  [issuer, table] = await Promise.all([anIssuer(), aRevocationTable()]);
});
afterAll(() => Promise.all([issuer.close(), table.close()]));
beforeEach(() => {
  admin = aBundle('revocations', { issuers: [issuer.settings()], tableName: table.tableName });
});

const explain = (token: string) => admin({ command: 'explain', token }) as Promise<ExplainAnswer>;

describe('the bundled admin function', () => {
  it('explains a live token with the keys of the issuer and the table', async () => {
    const { command, decision, checks } = await explain(issuer.token());

    expect({ command, decision }).toEqual({ command: 'explain', decision: 'allow' });
    expect(checks.filter(({ outcome }) => outcome !== 'passed').map(({ check }) => check)).toEqual(['scope']);
  });

  it('explains a token that it revoked itself', async () => {
    const token = issuer.token();
    await admin({
      command: 'revoke',
      target: { dimension: 'token', token },
      reason: 'a test',
      actor: 'tester',
    });

    await expect(explain(token)).resolves.toMatchObject({
      decision: 'denial',
      reason: 'token_revoked',
      guide: DENIAL_GUIDE.token_revoked,
    });
  });

  it('explains garbage instead of refusing it', async () => {
    await expect(explain('garbage')).resolves.toMatchObject({ reason: 'token_malformed' });
  });

  it('fetches no keys to list, and keys once for many tokens', async () => {
    const before = issuer.fetches;
    await admin({ command: 'list' });
    expect(issuer.fetches).toBe(before);

    await Promise.all([explain(issuer.token()), explain(issuer.token())]);
    expect(issuer.fetches - before).toBe(1);
  });

  test.each([
    ['neither a token nor a request id', {}, 'either token or requestId, and not both'],
    [
      'both',
      { token: 'a.b.c', requestId: '8b7f1c1e-0000-4000-8000-000000000000' },
      'either token or requestId, and not both',
    ],
    ['a request id that would change the search', { requestId: '" || true' }, 'a Lambda request id, such as'],
    [
      'a request id in the local mode',
      { requestId: '8b7f1c1e-0000-4000-8000-000000000000' },
      'no log is kept that could be searched (explain --log-line',
    ],
  ])('refuses %s', async (_what, fields, message) => {
    const refusal = admin({ command: 'explain', ...fields });

    await expect(refusal).rejects.toMatchObject({
      name: 'CommandInvalid',
      message: expect.stringContaining(message),
    });
  });
});

describe('the bundled authorizer', () => {
  it('does not carry the guide to refusals', () => {
    const bundle = (name: string) =>
      readFileSync(join(import.meta.dirname, '..', '..', '..', 'dist', 'lambda', name, 'index.js'), 'utf8');
    const { meaning } = DENIAL_GUIDE.token_revoked;

    expect(bundle('revocations')).toContain(meaning.slice(0, 25));
    expect(bundle('authorizer')).not.toContain(meaning.slice(0, 25));
  });
});
