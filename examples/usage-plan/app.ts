import { App } from 'aws-cdk-lib';
import { UsagePlanStack } from './usage-plan-stack.ts';

new UsagePlanStack(new App(), 'ExampleUsagePlan');
