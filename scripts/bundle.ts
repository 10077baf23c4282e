import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const LAMBDAS = ['authorizer', 'revocations', 'revocation-endpoint', 'introspection-endpoint', 'demo'];

/**
 * Bundles each function into one file: `dist/lambda/<name>/index.js`. The stack, the npm package, the local mode and
 * the tests all use these very files.
 */
export async function bundleLambdas(): Promise<void> {
  await Promise.all(
    LAMBDAS.map((name) => {
      const folder = join(root, 'dist', 'lambda', name);
      mkdirSync(folder, { recursive: true });
      // Not `.cjs`, which Lambda finds and emulators of it do not; this says that index.js is CommonJS all the same.
      writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
      return build({
        entryPoints: [join(root, 'lambda', name, 'handler.ts')],
        outfile: join(folder, 'index.js'),
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
      });
    }),
  );
}

if (import.meta.main) await bundleLambdas();
