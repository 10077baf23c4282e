import { describe, expect, it, test } from '@jest/globals';
import { resolveIssuer, resolveTarget } from '../../../lambda/revocations/resolve-target.ts';
import { aTrustedIssuer } from '../../support/a-trusted-issuer.ts';

const OLD = 'https://old.example.com';
const a = aTrustedIssuer({ id: 'a', issuers: [OLD, 'https://alias.example.com'] });
const b = aTrustedIssuer({ id: 'b', issuers: ['https://b.example.com'] });

describe('resolveIssuer', () => {
  test.each([
    ['its id', 'a'],
    ['its iss', OLD],
    ['an alias', 'https://alias.example.com'],
  ])('finds an issuer by %s', (_what, named) => {
    expect(resolveIssuer('issuer', named, [b, a])).toBe(a);
  });

  it('takes the only issuer when none is named', () => {
    expect(resolveIssuer('issuer', undefined, [a])).toBe(a);
  });

  test.each([
    [
      'a name that no issuer has',
      'https://x.example.com',
      'received "https://x.example.com"; allowed: "a" or "b"',
    ],
    ['no name where there are several', undefined, 'received nothing; allowed: "a" or "b"'],
  ])('refuses %s', (_what, named, message) => {
    expect(() => resolveIssuer('issuer', named, [a, b])).toThrow(`issuer: ${message}`);
  });

  it('refuses a name that two issuers have, and revokes for neither', () => {
    const keepsTheOldName = { ...b, id: OLD };
    const issuers = [a, keepsTheOldName];
    const message = `target.issuer: received "${OLD}"; allowed: a name of one issuer, and this is one of several`;
    expect(() => resolveTarget({ dimension: 'subject', subject: 'alice', issuer: OLD }, issuers)).toThrow(
      message,
    );
  });
});
