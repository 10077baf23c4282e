// Writes the documents that are made of tables in the code; with --check it only compares, and fails when one is stale.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderDenials } from './render-denials.ts';

const file = join(import.meta.dirname, '..', 'docs', 'denials.md');
const text = renderDenials();

if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
  console.error('docs/denials.md is not what the code says; run: node scripts/generate-docs.ts');
  process.exit(1);
}
