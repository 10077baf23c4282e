// The CDK app with the stacks on which the route table is compared.
import { App, Duration } from 'aws-cdk-lib';
import { RoutesStack } from './routes-stack.ts';

const app = new App();
new RoutesStack(app, 'Routes', {});
new RoutesStack(app, 'RoutesByPolicy', { httpApiAnswer: 'iam' });
new RoutesStack(app, 'RoutesBesidePolicy', { hasOpenPolicy: true });
new RoutesStack(app, 'RoutesCached', { httpApiAnswer: 'iam', resultsCacheTtl: Duration.minutes(5) });
