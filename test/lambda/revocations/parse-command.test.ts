import { describe, expect, it, test } from '@jest/globals';
import { parseCommand } from '../../../lambda/revocations/parse-command.ts';

const by = { reason: 'why', actor: 'who' };
const token = { dimension: 'token', jti: 'j', exp: 1_800_000_000 };
const subject = { dimension: 'subject', subject: 'alice' };

describe('parseCommand', () => {
  test.each([
    [{ command: 'revoke', target: token, ...by }],
    [{ command: 'revoke', target: { ...token, issuer: 'https://idp.example.com' }, ...by }],
    [{ command: 'revoke', target: { dimension: 'token', token: 'eyJ.e30.x' }, ...by }],
    [{ command: 'revoke', target: subject, before: 1_700_000_000, ...by }],
    [{ command: 'revoke', target: subject, block: true, ...by }],
    [{ command: 'revoke', target: { dimension: 'session', session: 's' }, ...by, ticket: 'T', dryRun: true }],
    [{ command: 'revoke', target: { dimension: 'client', client: 'c' }, block: true, ...by }],
    [{ command: 'revoke', target: { dimension: 'key', kid: 'k' }, ...by }],
    [{ command: 'reinstate', target: { dimension: 'key', thumbprint: 'A'.repeat(43) }, ...by }],
    [{ command: 'revoke', target: { dimension: 'issuer' }, before: 1_700_000_000, ...by }],
    [{ command: 'revoke', target: { dimension: 'claim', claim: 'tenant', value: 42 }, ...by }],
    [{ command: 'reinstate', target: subject, keepBefore: 1_700_000_000, ...by }],
    [{ command: 'history', target: { dimension: 'issuer', issuer: 'i' }, limit: 5 }],
    [{ command: 'list', dimension: 'claim', claim: 'tenant', value: 'v', since: 5, limit: 1 }],
    [{ command: 'reinstate', target: { dimension: 'token', jti: 'j' }, ...by }],
    [{ command: 'check', target: subject }],
    [{ command: 'list', limit: 100, cursor: 'A'.repeat(43) }],
  ])('accepts %j', (command) => {
    expect(parseCommand(command)).toEqual(command);
  });

  it('lists 50 when no limit is named', () => {
    expect(parseCommand({ command: 'list' })).toEqual({ command: 'list', limit: 50 });
  });

  const seconds = 'whole seconds since 1970-01-01T00:00:00Z (not milliseconds)';
  test.each<[string, unknown, string]>([
    [
      'no object',
      null,
      'command: received null; allowed: an object with "command": "revoke", "reinstate", "check", "list", "history" or "explain"',
    ],
    [
      'no command',
      {},
      'command: received nothing; allowed: an object with "command": "revoke", "reinstate", "check", "list", "history" or "explain"',
    ],
    [
      'another command',
      { command: 'delete' },
      'command: received "delete"; allowed: an object with "command": "revoke", "reinstate", "check", "list", "history" or "explain"',
    ],
    [
      'an unknown field',
      { command: 'revoke', target: subject, ...by, untill: 5 },
      'untill: received 5; allowed: no field of this name, in this kind of command',
    ],
    [
      'an unknown field of the target',
      { command: 'check', target: { ...subject, jti: 'j' } },
      'target.jti: received "j"; allowed: no field of this name, in this kind of command',
    ],
    [
      'no reason',
      { command: 'revoke', target: subject, actor: 'who' },
      'reason: received nothing; allowed: a string of 1 to 512 bytes',
    ],
    [
      'an empty reason',
      { command: 'revoke', target: subject, actor: 'who', reason: '' },
      'reason: received ""; allowed: a string of 1 to 512 bytes',
    ],
    [
      'an actor that is no string',
      { command: 'revoke', target: subject, reason: 'why', actor: 7 },
      'actor: received 7; allowed: a string of 1 to 256 bytes',
    ],
    [
      'no name of a key',
      { command: 'check', target: { dimension: 'key' } },
      'target: received ["dimension"]; allowed: either kid or thumbprint',
    ],
    [
      'two names of a key',
      { command: 'check', target: { dimension: 'key', kid: 'k', thumbprint: 'A'.repeat(43) } },
      'target: received ["dimension","kid","thumbprint"]; allowed: either kid or thumbprint',
    ],
    [
      'a thumbprint of another length',
      { command: 'check', target: { dimension: 'key', thumbprint: 'A' } },
      'target.thumbprint: received "A"; allowed: a SHA-256 thumbprint (RFC 7638), 43 characters of base64url',
    ],
    [
      'no target',
      { command: 'check' },
      'target: received nothing; allowed: an object with "dimension": "token", "session", "subject", "client", "key", "issuer" or "claim"',
    ],
    [
      'an unknown dimension',
      { command: 'check', target: { dimension: 'tenant' } },
      'target.dimension: received "tenant"; allowed: an object with "dimension": "token", "session", "subject", "client", "key", "issuer" or "claim"',
    ],
    [
      'an exp in milliseconds',
      { command: 'revoke', target: { ...token, exp: 1_800_000_000_000 }, ...by },
      `target.exp: received 1800000000000; allowed: ${seconds}`,
    ],
    [
      'an exp with a fraction',
      { command: 'revoke', target: { ...token, exp: 1.5 }, ...by },
      `target.exp: received 1.5; allowed: ${seconds}`,
    ],
    [
      'an exp that is text',
      { command: 'revoke', target: { ...token, exp: '1800000000' }, ...by },
      `target.exp: received "1800000000"; allowed: ${seconds}`,
    ],
    [
      'a jti without exp',
      { command: 'revoke', target: { dimension: 'token', jti: 'j' }, ...by },
      `target.exp: received nothing; allowed: the exp of the token, ${seconds}`,
    ],
    [
      'neither token nor jti',
      { command: 'check', target: { dimension: 'token' } },
      'target: received ["dimension"]; allowed: either token, or jti (with exp and issuer)',
    ],
    [
      'token and jti',
      { command: 'check', target: { ...token, token: 'x' } },
      'target: received ["dimension","token","jti","exp"]; allowed: either token, or jti (with exp and issuer)',
    ],
    [
      'a cut-off for a token',
      { command: 'revoke', target: token, before: 1_700_000_000, ...by },
      'before: received 1700000000; allowed: nothing for a token: it is revoked for good',
    ],
    [
      'a cut-off and a block',
      { command: 'revoke', target: subject, before: 1, block: true, ...by },
      'before: received 1; allowed: either before (a cut-off) or block (until reinstated), not both',
    ],
    [
      'a block that is false',
      { command: 'revoke', target: subject, block: false, ...by },
      'block: received false; allowed: true, or left out',
    ],
    [
      'half of a surrogate pair',
      { command: 'check', target: { dimension: 'subject', subject: '\ud800' } },
      'target.subject: received "\\ud800"; allowed: a string without unpaired surrogates',
    ],
    [
      'a block of a key',
      { command: 'revoke', target: { dimension: 'key', kid: 'k' }, block: true, ...by },
      'block: received true; allowed: nothing for a key: it is revoked for good',
    ],
    [
      'a cut-off that stays of a session',
      { command: 'reinstate', target: { dimension: 'session', session: 's' }, keepBefore: 5, ...by },
      'keepBefore: received 5; allowed: nothing for a session: it is revoked for good',
    ],
    [
      'a claim that is a fraction',
      { command: 'check', target: { dimension: 'claim', claim: 'tenant', value: 1.5 } },
      'target.value: received 1.5; allowed: a string of 1 to 1024 bytes, or a whole number',
    ],
    [
      'a client without its name',
      { command: 'check', target: { dimension: 'client' } },
      'target.client: received nothing; allowed: a string of 1 to 1024 bytes',
    ],
    [
      'a value of no dimension',
      { command: 'list', value: 'v' },
      'dimension: received nothing; allowed: "token", "session", "subject", "client", "key", "issuer" or "claim", beside a value',
    ],
    [
      'a value of no claim',
      { command: 'list', dimension: 'claim', value: 'v' },
      'claim: received nothing; allowed: the name of the claim that holds the value',
    ],
    [
      'a claim of another dimension',
      { command: 'list', dimension: 'subject', claim: 'tenant' },
      'claim: received "tenant"; allowed: the name of a claim, beside "dimension": "claim" only',
    ],
    [
      'a value of an issuer',
      { command: 'list', dimension: 'issuer', value: 'v' },
      'value: received "v"; allowed: nothing beside "dimension": "issuer"; give issuer',
    ],
    [
      'a limit beyond the page',
      { command: 'list', limit: 101 },
      'limit: received 101; allowed: a whole number from 1 to 100',
    ],
    [
      'a cursor of its own making',
      { command: 'list', cursor: 'x!' },
      'cursor: received "x!"; allowed: the cursor of the page before',
    ],
  ])('refuses %s, and says what is allowed', (_what, command, message) => {
    expect(() => parseCommand(command)).toThrow(message);
    expect(() => parseCommand(command)).toThrow(expect.objectContaining({ name: 'CommandInvalid', message }));
  });

  it('never repeats what looks like a token', () => {
    const pasted = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2ln';

    expect(() => parseCommand({ command: 'list', cursor: pasted })).toThrow(
      'cursor: received what looks like a token (not shown); allowed: the cursor of the page before',
    );
  });
});
