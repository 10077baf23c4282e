import { App } from 'aws-cdk-lib';
import { RestRequestStack } from './rest-request-stack.ts';

new RestRequestStack(new App(), 'ExampleRestRequest');
