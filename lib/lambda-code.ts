import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';

// The published package is one CommonJS file, dist/lib/index.cjs, with the bundles at dist/lambda/.
const isPublished = import.meta.filename.endsWith('.cjs');
const bundles = join(import.meta.dirname, isPublished ? '../lambda' : '../dist/lambda');

/** Returns the code of a function: the bundle made by `npm run bundle`, or the one that the npm package carries. */
export function lambdaCode(
  name: 'authorizer' | 'revocations' | 'revocation-endpoint' | 'introspection-endpoint' | 'demo',
): Code {
  return Code.fromAsset(join(bundles, name));
}
