// Prints who may call what: the reports that the last synthesis wrote beside the templates, their tables aligned.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alignTables } from './align-tables.ts';

const folder = process.argv[2] ?? join(import.meta.dirname, '..', 'cdk.out');
const reports = readdirSync(folder).filter((name) => /^routes\..+\.md$/.test(name));
if (reports.length === 0) {
  console.error(`${folder} holds no report: no authorizer of this application is attached to an API.`);
  process.exit(1);
}
for (const name of reports.sort()) console.log(alignTables(readFileSync(join(folder, name), 'utf8')));
