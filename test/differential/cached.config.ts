import { Duration } from 'aws-cdk-lib';
import { defineConfig } from '../../lib/index.ts';

/** The demo with results caches, for the comparison of the local gateway with a deployment. */
export default defineConfig({
  demo: true,
  stackName: 'CachedAuthorizer',
  resultsCacheTtl: Duration.minutes(5),
});
