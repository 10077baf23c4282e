import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it, test } from '@jest/globals';

const root = join(import.meta.dirname, '..');

interface Import {
  readonly file: string;
  /** A path from the root, or the name of a package. */
  readonly from: string;
}

const files = ['lambda', 'lib', 'bin', 'playground'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name)),
);
const imports: Import[] = files.flatMap((file) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import) '([^']+)'|import\('([^']+)'\)/g)].map(
    (match) => {
      const specifier = match[1] ?? match[2] ?? '';
      return {
        file,
        from: specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : specifier,
      };
    },
  ),
);
const importersOf = (from: RegExp) =>
  [...new Set(imports.filter((each) => from.test(each.from)).map(({ file }) => file))].sort();

describe('the architecture', () => {
  it('lets the functions import nothing from the constructs, the tools or the local mode', () => {
    expect(
      imports.filter(({ file, from }) => file.startsWith('lambda/') && /^(lib|bin|playground)\//.test(from)),
    ).toEqual([]);
  });

  it('lets the constructs meet the functions in a few files alone', () => {
    const crossing = imports.filter(
      ({ file, from }) => file.startsWith('lib/') && from.startsWith('lambda/'),
    );
    expect([...new Set(crossing.map(({ from }) => from))].sort()).toEqual([
      'lambda/authorizer/private-network.ts',
      'lambda/environment.ts',
      'lambda/route-table.ts',
    ]);
  });

  test.each([
    [
      /^@aws-sdk\/client-dynamodb/,
      [
        'lambda/dynamodb-client.ts',
        'lambda/revocation-item.ts',
        'lambda/revocation-ledger.ts',
        'lambda/revocation-store.ts',
        'lambda/revocations/flush-turns.ts',
        'playground/dynamodb.ts',
      ],
    ],
    [/^aws-jwt-verify/, ['lambda/authorizer/verify-signature.ts']],
    [/^@smithy\//, ['lambda/dynamodb-client.ts', 'lambda/signed-request.ts']],
    [
      /^@middy\/core/,
      expect.arrayContaining(['lambda/authorizer/handler.ts', 'lambda/revocations/handler.ts']),
    ],
    [/^@aws-sdk\/client-lambda/, ['bin/commands/invoke-admin.ts']],
  ])('keeps %s in its place', (from, expected) => {
    expect(importersOf(from)).toEqual(expected);
  });

  it('lets only the handlers of the functions read the environment', () => {
    const readers = files.filter(
      (file) => /^lambda\/(?!demo)/.test(file) && /process\.env/.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(readers).toEqual([
      'lambda/authorizer/handler.ts',
      'lambda/introspection-endpoint/handler.ts',
      'lambda/revocation-endpoint/handler.ts',
      'lambda/revocations/handler.ts',
    ]);
  });

  it('lets the local mode listen in one place, which refuses web pages', () => {
    const listening = files.filter(
      (file) =>
        file.startsWith('playground/') &&
        /\bcreateServer\b|\.listen\(/.test(
          readFileSync(join(root, file), 'utf8').replaceAll('LocalServer.listen(', ''),
        ),
    );
    expect(listening).toEqual(['playground/listen-on-loopback.ts']);
  });

  it('has no file whose name says nothing', () => {
    expect(
      files.filter((file) => /(^|\/)(utils?|common|shared|helpers?|types|misc)\.ts$/.test(file)),
    ).toEqual([]);
  });
});
