import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ENVIRONMENT, TABLE } from '../../lambda/environment.ts';
import { startCli } from '../support/a-cli.ts';
import type { ServerProcess } from '../support/a-process.ts';
import { aDynamoDbProcess, anAdminProcess } from '../support/a-process.ts';
import type { TestTable } from '../support/a-revocation-table.ts';
import { aRevocationTableAt } from '../support/a-revocation-table.ts';

const SUBJECTS = 10_000;
const ISSUER = {
  kind: 'oidc',
  id: 'main',
  issuers: ['https://idp.example/'],
  audience: null,
  graceSeconds: 5,
};

let home: string;
let dynamoDb: ServerProcess;
let table: TestTable;
let admin: ServerProcess;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'bulk-test-'));
  dynamoDb = await aDynamoDbProcess();
  table = await aRevocationTableAt(dynamoDb.url);
  admin = await anAdminProcess({
    [ENVIRONMENT.issuers]: JSON.stringify([ISSUER]),
    [ENVIRONMENT.tableName]: table.tableName,
    [ENVIRONMENT.localMode]: '1',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  });
});

afterAll(async () => {
  await admin.close();
  await dynamoDb.close();
  rmSync(home, { recursive: true });
});

describe('a bulk revoke of 10,000 subjects that is killed half-way', () => {
  it('ends complete when it is given again, with each subject revoked once', async () => {
    const file = join(home, 'subjects.csv');
    const subjects = Array.from({ length: SUBJECTS }, (_, index) => `subject-${index}`);
    const rows = subjects.map((subject) => `subject,${subject}`);
    writeFileSync(file, ['dimension,subject', ...rows].join('\r\n'));
    const acknowledged = (): number =>
      existsSync(`${file}.journal`)
        ? readFileSync(`${file}.journal`, 'utf8').split('"acknowledged"').length - 1
        : 0;
    const args = ['bulk', 'revoke', '--file', file, '--reason', 'leaked', '--concurrency', '16', '--json'];
    const env = { HOME: home, AWS_ENDPOINT_URL_LAMBDA: admin.url };

    const first = startCli(args, { env });
    while (acknowledged() < SUBJECTS / 2 && first.child.exitCode === null) await sleep(100);
    first.child.kill('SIGKILL');
    await expect(first.ended).resolves.toEqual({ code: null, stdout: '', stderr: '' });
    const done = acknowledged();
    // The clock moves on: a second run that cut off at its own time would change what the first one did.
    await sleep(1100);
    const second = await startCli(args, { env }).ended;

    expect(second).toMatchObject({ code: 0, stderr: '' });
    const summary = JSON.parse(second.stdout);
    expect(summary).toMatchObject({ failed: 0, notSent: 0, skipped: done, isResumed: true });
    expect(summary.changed + summary.unchanged).toBe(SUBJECTS - done);
    const items = await table.items();
    const subjectsOf = (entry: RegExp) =>
      items.filter((item) => entry.test(item[TABLE.sortKey]?.S ?? '')).map((item) => item['value']?.S);
    expect(subjectsOf(/^state$/).sort()).toEqual(subjects.toSorted());
    expect(subjectsOf(/^change#/).sort()).toEqual(subjects.toSorted());
    expect(new Set(items.map((item) => item['revokedBefore']?.N)).size).toBe(1);
    expect(existsSync(`${file}.journal`)).toBe(false);
  }, 180_000);
});
