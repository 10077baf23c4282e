import { App } from 'aws-cdk-lib';
import { RestTokenStack } from './rest-token-stack.ts';

new RestTokenStack(new App(), 'ExampleRestToken');
