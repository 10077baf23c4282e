import { App } from 'aws-cdk-lib';
import { HttpApiStack } from './http-api-stack.ts';

new HttpApiStack(new App(), 'ExampleHttpApi');
