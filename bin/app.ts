import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import config from '../authorizer.config.ts';
import { AuthorizerStack } from '../lib/authorizer-stack.ts';

const app = new App();
new AuthorizerStack(app, config);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
