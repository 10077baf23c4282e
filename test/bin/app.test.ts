import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '../..');
let folder: string;
let printed: string;

// As the CDK command line does it, and with an environment in which no credentials are to be found.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'revocable-authorizer-'));
  const { context } = JSON.parse(await readFile(join(root, 'cdk.json'), 'utf8'));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['bin/app.ts'], {
    cwd: root,
    env: { PATH: process.env['PATH'], CDK_OUTDIR: folder, CDK_CONTEXT_JSON: JSON.stringify(context) },
  });
  printed = stdout + stderr;
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('bin/app.ts', () => {
  it('synthesizes the stack of authorizer.config.ts, and warns about nothing', async () => {
    const template = JSON.parse(await readFile(join(folder, 'RevocableAuthorizer.template.json'), 'utf8'));
    expect(Object.keys(template.Outputs)).toContain('AuthorizerFunctionArn');
    expect(printed).toBe('');
  });

  it('has had cdk-nag look at it', async () => {
    const report = JSON.parse(await readFile(join(folder, 'validation-report.json'), 'utf8'));
    expect(report.pluginReports).toEqual([]);
  });

  it('notes no warning for the command line to print', async () => {
    const manifest = await readFile(join(folder, 'manifest.json'), 'utf8');
    expect(manifest).not.toContain('aws:cdk:warning');
  });
});
