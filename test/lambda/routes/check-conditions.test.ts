import { describe, expect, it, test } from '@jest/globals';
import type { RouteConditions } from '../../../lambda/route-table.ts';
import { checkConditions } from '../../../lambda/routes/check-conditions.ts';
import { growth } from '../../support/growth.ts';

const NOW = 1_800_000_000;
const check = (conditions: Parameters<typeof checkConditions>[0], all: Record<string, unknown>) =>
  checkConditions(
    conditions,
    { subject: 'alice', all, issuer: { id: 'idp', graceSeconds: 5 } },
    { groupsClaim: 'roles' },
    NOW,
  );

const MET: [RouteConditions, Record<string, unknown>][] = [
  [{ scopes: ['a', 'b'] }, { scope: 'b a' }],
  [{ scopes: ['a'] }, { scp: 'a b' }],
  [{ scopes: ['a'] }, { scp: ['a'] }],
  [{ scopes: ['a', 'b'] }, { scope: ['a', 'b'] }],
  [{ scopes: ['a', 'b'] }, { scope: '  b   a ' }],
  [{ anyScope: ['x', 'a'] }, { scope: 'a' }],
  [{ groups: ['a', 'b'] }, { roles: ['b', 'a'] }],
  [{ anyGroup: ['y', 'a'] }, { roles: 'x, a' }],
  [{ groups: ['a', 'b c'] }, { roles: 'a,b c' }],
  [{ groups: ['a', 'b c'] }, { roles: ' a  ,   b c ' }],
  [{ groups: ['Domain Admins'] }, { roles: 'Domain Admins' }],
  [{ claims: { n: { equals: 7 } } }, { n: 7 }],
  [{ claims: { n: { oneOf: ['x', true] } } }, { n: true }],
  [{ claims: { n: { contains: 'x' } } }, { n: ['x'] }],
  [{ claims: { n: { contains: 'x' } } }, { n: 'y x' }],
  [{ claims: { n: { present: true } } }, { n: false }],
  [{ acr: ['silver', 'gold'] }, { acr: 'gold' }],
  [{ amr: ['mfa', 'pwd'] }, { amr: ['pwd', 'mfa'] }],
  [{ maxAuthAgeSeconds: 60 }, { auth_time: NOW - 60 }],
  [{ maxAuthAgeSeconds: 60 }, { auth_time: NOW + 5 }],
  [{ notBefore: NOW, notAfter: NOW }, {}],
  [{ subjects: ['alice'] }, {}],
  [{ issuers: ['other', 'idp'] }, {}],
];

const UNMET: [Parameters<typeof checkConditions>[0], Record<string, unknown>, string][] = [
  [{ scopes: ['a', 'b'] }, { scope: 'a' }, 'scope'],
  [{ scopes: ['a'] }, {}, 'scope'],
  [{ scopes: ['a'] }, { scope: 'ab' }, 'scope'],
  [{ scopes: ['a'] }, { scope: 'b', scp: 'a' }, 'scope'],
  [{ scopes: ['a'] }, { scope: null, scp: 'a' }, 'scope'],
  [{ scopes: ['a'] }, { scp: { a: true } }, 'scope'],
  [{ anyScope: ['a', 'b'] }, { scope: 'c' }, 'scope'],
  [{ groups: ['a', 'b'] }, { roles: ['a'] }, 'access'],
  [{ anyGroup: ['a'] }, { roles: { a: true } }, 'access'],
  [{ claims: { n: { equals: 7 } } }, { n: '7' }, 'access'],
  [{ claims: { n: { oneOf: ['x'] } } }, { n: ['x'] }, 'access'],
  [{ claims: { n: { contains: 'x' } } }, { n: 'xy' }, 'access'],
  [{ claims: { n: { present: true } } }, { n: null }, 'access'],
  [{ claims: { n: { present: true } } }, { n: '' }, 'access'],
  [{ claims: { n: { present: true } } }, { n: [] }, 'access'],
  [{ claims: { n: { oneOf: ['x'], contains: 'y' } } }, { n: 'x' }, 'access'],
  [{ claims: { ['toString' as string]: { present: true as const } } }, {}, 'access'],
  [{ acr: ['gold'] }, { acr: ['gold'] }, 'authentication'],
  [{ amr: ['mfa'] }, { amr: 'mfa' }, 'authentication'],
  [{ amr: ['mfa'] }, {}, 'authentication'],
  [{ maxAuthAgeSeconds: 60 }, { auth_time: NOW - 61 }, 'authentication'],
  [{ maxAuthAgeSeconds: 60 }, { auth_time: NOW + 6 }, 'authentication'],
  [{ maxAuthAgeSeconds: 60 }, { auth_time: String(NOW) }, 'authentication'],
  [{ maxAuthAgeSeconds: 60 }, {}, 'authentication'],
  [{ notBefore: NOW + 1 }, {}, 'access'],
  [{ notAfter: NOW - 1 }, {}, 'access'],
  [{ subjects: ['bob'] }, {}, 'access'],
  [{ issuers: ['other'] }, {}, 'access'],
  [{ nobody: true }, { scope: 'a' }, 'access'],
];

/** Everything but U+0020 that a regular expression takes for white space. */
const OTHER_SPACE = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).filter(
  (character) => character !== ' ' && /\s/.test(character),
);

describe('checkConditions', () => {
  it('takes the space alone for what separates scopes (RFC 6749 section 3.3), words and groups', () => {
    expect(OTHER_SPACE).toEqual(expect.arrayContaining(['\t', '\n', '\u00a0', '\u3000']));
    for (const space of OTHER_SPACE) {
      const words = [`admin${space}read`, `${space}admin`, `admin${space}`];
      for (const text of words) {
        expect(check({ anyScope: ['admin', 'read'] }, { scope: text })).toHaveLength(1);
        expect(check({ anyScope: ['admin', 'read'] }, { scp: `write ${text}` })).toHaveLength(1);
        expect(check({ claims: { n: { contains: 'admin' } } }, { n: text })).toHaveLength(1);
        expect(check({ anyGroup: ['admin', 'read'] }, { roles: `users,${text},others` })).toHaveLength(1);
        expect(check({ groups: [text] }, { roles: `users, ${text}` })).toEqual([]);
      }
    }
  });

  it('splits a text in a time that grows with its length', () => {
    const spaces = (length: number) => () => check({ groups: ['a'] }, { roles: `x${' '.repeat(length)}y` });

    expect(growth(spaces, 5000)).toBeLessThan(40);
  });

  test.each(MET)('finds %j met by %j', (conditions, all) => {
    expect(check(conditions, all)).toEqual([]);
  });

  test.each(UNMET)('finds %j not met by %j', (conditions, all, kind) => {
    expect(check(conditions, all)).toEqual([{ kind, missing: expect.any(String) }]);
  });

  it('takes the issuers of the table for a rule with conditions alone', () => {
    const claims = { subject: 'alice', all: {}, issuer: { id: 'idp', graceSeconds: 0 } };
    const missing = (rule: Parameters<typeof checkConditions>[0]) =>
      checkConditions(rule, claims, { issuers: ['other'] }, NOW).map((unmet) => unmet.missing);

    expect(missing({ subjects: ['alice'] })).toEqual(['issuer other']);
    expect(missing({ anyone: true })).toEqual([]);
    expect(missing({ nobody: true })).toEqual(['nobody may call it']);
  });

  it('looks for no group where no claim is named for them', () => {
    const all = { groups: ['a'], undefined: ['a'] };
    const unmet = checkConditions(
      { groups: ['a'] },
      { subject: 'alice', all, issuer: { id: 'idp', graceSeconds: 0 } },
      {},
      NOW,
    );

    expect(unmet).toEqual([{ kind: 'access', missing: 'group a' }]);
  });

  test.each<[RouteConditions, string]>([
    [{ anyScope: ['a', 'b'] }, 'any scope of a, b'],
    [{ groups: ['a'] }, 'group a'],
    [{ anyGroup: ['a', 'b'] }, 'any group of a, b'],
    [{ acr: ['silver', 'gold'] }, 'acr silver or gold'],
    [{ notBefore: NOW + 9 }, `not before ${NOW + 9}`],
    [{ notAfter: NOW - 9 }, `not after ${NOW - 9}`],
    [{ subjects: ['bob'] }, 'a listed subject'],
    [{ issuers: ['a', 'b'] }, 'issuer a or b'],
  ])('says of %j that %s is missing', (conditions, missing) => {
    expect(check(conditions, {})).toEqual([expect.objectContaining({ missing })]);
  });

  it('names everything that is missing, as the table says it, and nothing of the token', () => {
    const missing = check(
      { scopes: ['a', 'b'], amr: ['mfa'], maxAuthAgeSeconds: 9, claims: { tenant: { equals: 'acme' } } },
      { scope: 'secret', tenant: 'secret' },
    ).map((each) => each.missing);

    expect(missing).toEqual(['scope a', 'scope b', 'claim tenant', 'amr mfa', 'max_age 9']);
  });
});
