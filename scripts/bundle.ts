import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const LAMBDAS = ['authorizer', 'revocations', 'demo'];

/**
 * Bundles each function into one file: `dist/lambda/<name>/index.cjs`. The stack, the npm package, the local mode and
 * the tests all use these very files.
 */
export async function bundleLambdas(): Promise<void> {
  await Promise.all(
    LAMBDAS.map((name) =>
      build({
        entryPoints: [join(root, 'lambda', name, 'handler.ts')],
        outfile: join(root, 'dist', 'lambda', name, 'index.cjs'),
        bundle: true,
        platform: 'node',
        target: 'node24',
        // As an ES module the SDK's `import 'node:http'` loads all of undici (nodejs/node#59686): a fifth of the start-up.
        format: 'cjs',
        mainFields: ['module', 'main'], // the SDK's ES modules tree-shake
        minify: true,
        keepNames: true, // fault lines name the class of an unexpected error
        legalComments: 'none',
        logLevel: 'warning',
      }),
    ),
  );
}

if (import.meta.main) await bundleLambdas();
