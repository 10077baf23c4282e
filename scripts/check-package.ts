// Proves the package as a consumer gets it: packs it, unpacks it beside the peers, synthesizes an app with it, runs its CLI.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const consumer = mkdtempSync(join(tmpdir(), 'consumer-'));
const run = (command: string, args: readonly string[], cwd = consumer) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

const APP = `
const { App, Stack } = require('aws-cdk-lib');
const { MockIntegration, RestApi } = require('aws-cdk-lib/aws-apigateway');
const { Issuer, RevocableAuthorizer } = require('revocable-authorizer');
const app = new App({ outdir: 'cdk.out' });
const stack = new Stack(app, 'Orders');
const authorizer = new RevocableAuthorizer(stack, 'Authorizer', {
  issuers: [Issuer.oidc('https://idp.example.com/', { audience: 'orders' })],
});
const api = new RestApi(stack, 'Api');
api.root.addMethod('GET', new MockIntegration(), { authorizer: authorizer.forRestApi() });
authorizer.addDenialResponses(api);
app.synth();

const { Revocations } = require('revocable-authorizer/client');
new Revocations({ functionName: 'revocations', actor: 'check' });
const { requireAuthorizer } = require('revocable-authorizer/backend');
requireAuthorizer(async () => ({ statusCode: 200 }));
`;

try {
  const [{ filename }] = JSON.parse(
    run('npm', ['pack', '--json', '--silent', '--pack-destination', consumer], root),
  );
  const modules = join(consumer, 'node_modules');
  mkdirSync(modules);
  run('tar', ['-xzf', join(consumer, filename), '-C', modules]);
  run('mv', [join(modules, 'package'), join(modules, 'revocable-authorizer')]);
  for (const peer of ['aws-cdk-lib', 'constructs', '@aws-sdk/client-lambda']) {
    mkdirSync(dirname(join(modules, peer)), { recursive: true });
    symlinkSync(join(root, 'node_modules', peer), join(modules, peer), 'dir');
  }

  writeFileSync(join(consumer, 'app.cjs'), APP);
  run(process.execPath, ['app.cjs']);
  const template = JSON.parse(readFileSync(join(consumer, 'cdk.out', 'Orders.template.json'), 'utf8'));
  const assets = Object.values<{ Type: string; Metadata?: Record<string, string> }>(template.Resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Metadata }) => Metadata?.['aws:asset:path'] ?? '');
  if (assets.length !== 2) throw new Error(`The app has ${assets.length} functions instead of 2.`);

  const cli = join(modules, 'revocable-authorizer', 'dist', 'cli', 'cli.js');
  if (!run(process.execPath, [cli, '--help']).includes('revoke')) throw new Error('The CLI shows no help.');
  if (!existsSync(join(modules, 'revocable-authorizer', 'LICENSE')))
    throw new Error('The package has no LICENSE.');
  console.log(`${filename}: an app synthesizes with it, and its CLI runs.`);
} finally {
  rmSync(consumer, { recursive: true, force: true });
}
