import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { AuthorizerStack } from '../lib/authorizer-stack.ts';

/** One stack per configuration: REVOCABLE_AUTHORIZER_CONFIG names another file, from the root of the repository. */
const file = process.env['REVOCABLE_AUTHORIZER_CONFIG'] ?? 'authorizer.config.ts';
const { default: config } = await import(pathToFileURL(join(import.meta.dirname, '..', file)).href);

const app = new App();
new AuthorizerStack(app, config);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
