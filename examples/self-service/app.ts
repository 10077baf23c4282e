import { App } from 'aws-cdk-lib';
import { SelfServiceStack } from './self-service-stack.ts';

new SelfServiceStack(new App(), 'SelfService');
