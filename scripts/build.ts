import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { bundleLambdas } from './bundle.ts';

rmSync('dist', { recursive: true, force: true });
await bundleLambdas();

// Declarations come from the compiler. It keeps './x.ts' in them, and they must say CommonJS like the code beside them.
execFileSync('tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' });
for (const file of readdirSync('dist', { recursive: true, encoding: 'utf8' })) {
  if (!file.endsWith('.d.ts')) continue;
  const text = readFileSync(`dist/${file}`, 'utf8').replaceAll(/(from '\.\.?\/[^']+)\.ts'/g, "$1.cjs'");
  writeFileSync(`dist/${file.replace(/\.d\.ts$/, '.d.cts')}`, text);
  rmSync(`dist/${file}`);
}

// CommonJS, one file each: a default `cdk init` app and its Jest are CommonJS, and ES modules can import it all the same.
await build({
  entryPoints: {
    'lib/index': 'lib/index.ts',
    'client/index': 'client/index.ts',
    'lambda/backend/index': 'lambda/backend/index.ts',
  },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
  logLevel: 'warning',
});

// The command line tool carries everything it needs, so that the package has no dependencies of its own.
await build({
  entryPoints: ['bin/cli.ts'],
  outfile: 'dist/cli/cli.js',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  mainFields: ['module', 'main'],
  logLevel: 'warning',
});
