import { describe, expect, it, test } from '@jest/globals';
import { IdentitySource } from '../../lib/identity-source.ts';
import { isDefaultSource, readIdentitySources } from '../../lib/read-identity-sources.ts';

const HEADER = IdentitySource.header('Authorization');
const COOKIE = IdentitySource.cookie('token');
const read = (sources: unknown, cacheTtlSeconds = 0) =>
  readIdentitySources('RevocableAuthorizer "A"', sources, cacheTtlSeconds);

describe('readIdentitySources', () => {
  it('takes the Authorization header when told nothing, as the function does', () => {
    expect(read(undefined).map(({ settings }) => settings)).toEqual([
      { in: 'header', name: 'authorization' },
    ]);
    expect(isDefaultSource(read(undefined))).toBe(true);
    expect(isDefaultSource(read([IdentitySource.header('AUTHORIZATION')]))).toBe(true);
  });

  test.each([[[COOKIE]], [[HEADER, COOKIE]], [[IdentitySource.header('X-Token')]]])(
    'tells other sources from it: %#',
    (sources) => {
      expect(read(sources)).toEqual(sources);
      expect(isDefaultSource(read(sources))).toBe(false);
    },
  );

  test.each<[string, unknown, string]>([
    ['an empty list', [], 'option "identitySources" is []; give a list'],
    ['one that is not in a list', HEADER, 'option "identitySources" is an IdentitySource; give a list'],
    ['the words of API Gateway', ['$request.header.Authorization'], 'holds "$request.header.Authorization"'],
    ['one twice', [HEADER, IdentitySource.header('authorization')], 'the header authorization twice'],
    [
      'too many',
      Array.from({ length: 6 }, (_, index) => IdentitySource.cookie(`c${index}`)),
      'holds 6 sources; give at most 5.',
    ],
  ])('refuses %s', (_what, sources, message) => {
    expect(() => read(sources)).toThrow(message);
  });

  it('refuses a results cache beside several sources, and says why', () => {
    expect(() => read([HEADER, COOKIE], 300)).toThrow(
      'RevocableAuthorizer "A": option "identitySources" holds several places for the token, and option "resultsCacheTtl" is 300 seconds; API Gateway caches only by identity sources that every request has',
    );
    expect(() => read([HEADER, IdentitySource.webSocketProtocol()], 300)).not.toThrow();
    expect(() => read([COOKIE], 300)).not.toThrow();
  });
});
