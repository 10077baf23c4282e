// Keeps the documents true: their TypeScript compiles, the npm scripts and files that they name exist.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const snippets = join(root, 'dist', 'snippets');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const documents = [
  ...readdirSync(root),
  ...['docs', 'playground', 'examples']
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        join(folder, name),
      ),
    ),
].filter((name) => name.endsWith('.md'));

const problems: string[] = [];
rmSync(snippets, { recursive: true, force: true });
mkdirSync(snippets, { recursive: true });

for (const document of documents) {
  const text = readFileSync(join(root, document), 'utf8');

  const blocks = [...text.matchAll(/^```ts\n(.*?)^```$/gms)];
  for (const [index, [, code = '']] of blocks.entries()) {
    const name = `${document.replaceAll(/[^a-z]+/gi, '-')}-${index}.ts`;
    writeFileSync(join(snippets, name), code.replaceAll("'./lib/index.ts'", "'revocable-authorizer'"));
  }
  for (const [, script = ''] of text.matchAll(/npm run (?:-s )?([\w:-]+)/g)) {
    if (!(script in scripts))
      problems.push(`${document} names the npm script ${script}, which does not exist.`);
  }
  for (const [, link = ''] of text.matchAll(/\]\((?!https?:)([^)#\s]+)[^)]*\)/g)) {
    if (!existsSync(join(root, dirname(document), link)))
      problems.push(`${document} links to ${link}, which does not exist.`);
  }
}

writeFileSync(
  join(snippets, 'tsconfig.json'),
  JSON.stringify({
    extends: '../../tsconfig.json',
    compilerOptions: {
      paths: {
        'revocable-authorizer': ['../../lib/index.ts'],
        'revocable-authorizer/backend': ['../../lambda/backend/index.ts'],
        'revocable-authorizer/client': ['../../client/index.ts'],
      },
    },
    include: ['.'],
  }),
);
try {
  execFileSync('tsc', ['-p', snippets], { stdio: 'inherit' });
} catch {
  problems.push('A code block of the documents does not compile; see above.');
}

for (const problem of problems) console.error(problem);
console.log(`${documents.length} documents, ${readdirSync(snippets).length - 1} code blocks.`);
process.exit(problems.length === 0 ? 0 : 1);
