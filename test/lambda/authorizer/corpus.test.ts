import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hostileTokens } from '../../corpus/corpus.ts';
import { findLeaks } from '../../corpus/find-leaks.ts';
import { legalTokens } from '../../corpus/legal-tokens.ts';
import type { World } from '../../corpus/world.ts';
import { ISSUER_NAMES, newWorld, serveKeySets } from '../../corpus/world.ts';
import type { LoggingFunction, Outcome } from '../../support/a-logging-function.ts';
import { aLoggingFunction, aTokenEvent } from '../../support/a-logging-function.ts';
import type { TestTable } from '../../support/a-revocation-table.ts';
import { aRevocationTable } from '../../support/a-revocation-table.ts';

/** The field that may hold what stands in a token: only what the issuer publishes, too. */
const KID = /"kid":"(?:[^"\\]|\\.)*",?/;

interface Shot {
  readonly name: string;
  readonly authorization: string;
  readonly reason?: string;
  readonly outcome: Outcome;
}

let world: World;
let table: TestTable;
let keyServer: { url: string; close(): Promise<void> };
let authorizer: LoggingFunction;
let hostile: Shot[];
let legal: Shot[];

beforeAll(async () => {
  table = await aRevocationTable();
  world = newWorld(Math.floor(Date.now() / 1000));
  keyServer = await serveKeySets(world);
  const issuers = ISSUER_NAMES.map((name) => world.settings(name, keyServer.url));
  authorizer = aLoggingFunction(issuers, table);
  hostile = await fire(hostileTokens(world));
  legal = await fire(legalTokens(world));
}, 60_000);
afterAll(() => Promise.all([authorizer.close(), keyServer.close(), table.close()]));

async function fire<T extends { name: string; authorization: string }>(tokens: readonly T[]) {
  const shots: (T & { outcome: Outcome })[] = [];
  for (const token of tokens) {
    shots.push({ ...token, outcome: await authorizer.invoke(aTokenEvent(token.authorization)) });
  }
  return shots;
}

describe('the bundled authorizer, fed with the corpus', () => {
  it('has at least 400 hostile and 40 legal tokens to go through', () => {
    expect(new Set(hostile.map(({ authorization }) => authorization)).size).toBeGreaterThanOrEqual(400);
    expect(new Set(legal.map(({ authorization }) => authorization)).size).toBeGreaterThanOrEqual(40);
  });

  it('refuses every hostile token with Unauthorized and nothing else', () => {
    const others = hostile.filter(
      ({ outcome }) => outcome.result.ok || outcome.result.error.errorMessage !== 'Unauthorized',
    );
    expect(others.map(({ name }) => name)).toEqual([]);
  });

  it('logs the right reason for each hostile token', () => {
    const named = (shots: readonly Shot[], reason: (shot: Shot) => unknown) =>
      Object.fromEntries(shots.map((shot) => [shot.name, `denial ${reason(shot)}`]));
    expect(
      Object.fromEntries(
        hostile.map(({ name, outcome: { entry } }) => [name, `${entry['decision']} ${entry['reason']}`]),
      ),
    ).toEqual(named(hostile, ({ reason }) => reason));
  });

  it('allows every legal token', () => {
    const refused = legal.filter(({ outcome: { entry } }) => entry['decision'] !== 'allow');
    expect(refused.map(({ name, outcome }) => `${name}: ${outcome.entry['reason']}`)).toEqual([]);
    expect(legal.every(({ outcome }) => outcome.result.ok)).toBe(true);
  });

  it('meets no error of the library that the checks before it should have spared it', () => {
    expect(hostile.filter(({ outcome: { entry } }) => entry['anomaly'])).toEqual([]);
  });

  it('logs nothing but the listed fields', () => {
    const fields = new Set([...hostile, ...legal].flatMap(({ outcome: { entry } }) => Object.keys(entry)));
    expect([...fields].sort()).toEqual([
      'ambiguousKid',
      'coldStart',
      'decision',
      'durationMs',
      'issuer',
      'jti',
      'kid',
      'kind',
      'level',
      'reason',
      'requestId',
      'route',
      'sub',
    ]);
  });

  it('logs nothing out of any token: no 12 characters of a claims or signature part, no text among the claims', () => {
    const shots = [...hostile, ...legal];
    const known = JSON.stringify([world.keySets, ISSUER_NAMES.map((name) => world.settings(name, ''))]);
    const log = shots.map(({ outcome }) => outcome.line.replace(KID, '')).join('\n');
    const authorizations = shots.map(({ authorization }) => authorization);
    expect(findLeaks(log, authorizations, known)).toEqual([]);
  });

  it('logs the kid of a published key, never one that a stranger made up', () => {
    const published = Object.values(world.keySets)
      .flat()
      .map((jwk) => (jwk as { kid?: unknown } | null)?.kid);
    const logged = [...hostile, ...legal].flatMap(({ outcome: { entry } }) => entry['kid'] ?? []);
    expect(logged.length).toBeGreaterThan(100);
    expect(logged.filter((kid) => !published.includes(kid))).toEqual([]);
  });

  it('finds a leak when there is one', () => {
    const [shot] = legal;
    const [, claims = '', signature = ''] = shot?.authorization.split('.') ?? [];
    const decoded = Buffer.from(claims, 'base64url').toString();
    for (const leak of [claims.slice(20, 32), signature.slice(-12), 'subject-of-the-corpus', decoded]) {
      expect(findLeaks(`{"x":"${leak}"}`, [shot?.authorization ?? ''], '')).not.toEqual([]);
    }
  });

  it('writes one line for each, whatever control characters stand in it', () => {
    const lines = [...hostile, ...legal].map(({ outcome }) => outcome.line);
    expect(lines.filter((line) => /\p{Cc}/u.test(line))).toEqual([]);
  });
});
