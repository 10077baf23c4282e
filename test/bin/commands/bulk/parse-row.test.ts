import { describe, expect, it, test } from '@jest/globals';
import { CliError } from '../../../../bin/cli-error.ts';
import type { RowContext } from '../../../../bin/commands/bulk/parse-row.ts';
import { parseRow } from '../../../../bin/commands/bulk/parse-row.ts';

const NEW_YEAR = 1_767_225_600;
const REVOKE: RowContext = {
  command: 'revoke',
  defaults: { reason: 'leaked' },
  startedAt: NEW_YEAR,
  now: NEW_YEAR,
};
const REINSTATE: RowContext = { ...REVOKE, command: 'reinstate' };

function aToken(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.${part({ not: 'a signature' })}`;
}

describe('parseRow', () => {
  test.each<[Record<string, unknown>, object]>([
    [{ dimension: 'subject', value: 'a' }, { target: { dimension: 'subject', subject: 'a' } }],
    [
      { dimension: 'subject', subject: 'a', issuer: 'i' },
      { target: { dimension: 'subject', subject: 'a', issuer: 'i' } },
    ],
    [{ dimension: 'session', session: 's' }, { target: { dimension: 'session', session: 's' } }],
    [
      { dimension: 'client', client: 'c', block: 'TRUE' },
      { target: { dimension: 'client', client: 'c' }, block: true },
    ],
    [{ dimension: 'key', value: 'k' }, { target: { dimension: 'key', kid: 'k' } }],
    [{ dimension: 'issuer', issuer: 'i' }, { target: { dimension: 'issuer', issuer: 'i' } }],
    [
      { dimension: 'issuer', before: '-1h' },
      { target: { dimension: 'issuer' }, before: NEW_YEAR - 3600 },
    ],
    [
      { dimension: 'claim', claim: 'tenant', value: 42 },
      { target: { dimension: 'claim', claim: 'tenant', value: 42 } },
    ],
    [
      { dimension: 'token', value: 'j', exp: '2026-01-01T00:00:00Z' },
      { target: { dimension: 'token', jti: 'j', exp: NEW_YEAR } },
    ],
    [
      { dimension: 'subject', value: 'a', before: NEW_YEAR },
      { target: { dimension: 'subject', subject: 'a' }, before: NEW_YEAR },
    ],
    [
      { dimension: 'subject', value: 'a', reason: 'own', ticket: 'T', actor: 'me', block: false, before: '' },
      { target: { dimension: 'subject', subject: 'a' }, reason: 'own', ticket: 'T', actor: 'me' },
    ],
    [
      { dimension: 'subject', value: 'a', line: 7, error: 'failed before' },
      { target: { dimension: 'subject', subject: 'a' } },
    ],
  ])('reads %j', (row, expected) => {
    expect(parseRow(2, row, REVOKE).command).toEqual({ command: 'revoke', reason: 'leaked', ...expected });
  });

  it('names a whole token by what it says, and keeps nothing else of it', () => {
    const token = aToken({ iss: 'https://idp.example/', jti: 'j', exp: NEW_YEAR + 0.5, sub: 'alice' });

    const row = parseRow(
      2,
      { dimension: 'token', token },
      { ...REVOKE, defaults: { reason: 'r', issuer: 'other' } },
    );
    expect(row.command).toEqual({
      command: 'revoke',
      target: { dimension: 'token', issuer: 'https://idp.example/', jti: 'j', exp: NEW_YEAR },
      reason: 'r',
    });
    expect(JSON.stringify(row)).not.toContain(token);
  });

  it('keeps a cut-off when it reinstates', () => {
    const row = parseRow(2, { dimension: 'subject', value: 'a', keepBefore: '-1m' }, REINSTATE);
    expect(row.command).toMatchObject({ command: 'reinstate', keepBefore: NEW_YEAR - 60 });
  });

  test.each<[string, Record<string, unknown>, RowContext, boolean]>([
    ['a cut-off without a time', { dimension: 'subject', value: 'a' }, REVOKE, true],
    ['a cut-off with a time', { dimension: 'subject', value: 'a', before: 'now' }, REVOKE, false],
    ['a block', { dimension: 'subject', value: 'a', block: true }, REVOKE, false],
    ['a session', { dimension: 'session', value: 'a' }, REVOKE, false],
    ['a reinstatement', { dimension: 'subject', value: 'a' }, REINSTATE, false],
  ])('tells whether %s wants the time of the run', (_what, row, context, expected) => {
    expect(parseRow(2, row, context).isCutOffNow).toBe(expected);
  });

  test.each<[string, Record<string, unknown>, object]>([
    ['before', { dimension: 'subject', value: 'a', before: '5' }, { before: 5 }],
    ['block', { dimension: 'subject', value: 'a', block: 'false' }, {}],
    ['nothing', { dimension: 'subject', value: 'a' }, { block: true }],
    ['a dimension that knows no block', { dimension: 'session', value: 'a' }, {}],
  ])('lets a row with %s decide over a default block', (_what, row, expected) => {
    const { command } = parseRow(2, row, { ...REVOKE, defaults: { reason: 'r', block: true } });
    const { before, block } = command;
    expect({ ...(before !== undefined && { before }), ...(block !== undefined && { block }) }).toEqual(
      expected,
    );
  });

  test.each<[string, Record<string, unknown>, RowContext, string]>([
    ['no dimension', { value: 'a' }, REVOKE, 'the dimension is missing; allowed are token, session, subject'],
    [
      'an unknown dimension',
      { dimension: 'user', value: 'a' },
      REVOKE,
      'the dimension is "user"; allowed are',
    ],
    ['an unknown field', { dimension: 'subject', sub: 'a' }, REVOKE, '"sub" is no field of a row'],
    ['no value', { dimension: 'subject', value: '' }, REVOKE, 'there is no subject, which names the subject'],
    [
      'two values',
      { dimension: 'subject', value: 'a', subject: 'b' },
      REVOKE,
      'value and subject mean the same',
    ],
    [
      'a field of another dimension',
      { dimension: 'subject', value: 'a', jti: 'b' },
      REVOKE,
      'jti does not go with',
    ],
    [
      'a value of an issuer',
      { dimension: 'issuer', value: 'i' },
      REVOKE,
      'value does not go with the dimension issuer',
    ],
    ['no name of a claim', { dimension: 'claim', value: 'a' }, REVOKE, 'target.claim: received nothing'],
    ['a number for a subject', { dimension: 'subject', value: 42 }, REVOKE, 'target.subject: received 42'],
    ['a jti without exp', { dimension: 'token', jti: 'j' }, REVOKE, 'target.exp: received nothing'],
    [
      'an impossible time',
      { dimension: 'subject', value: 'a', before: 'x' },
      REVOKE,
      'before "x" is not a point in time',
    ],
    [
      'a time that is no text',
      { dimension: 'subject', value: 'a', before: {} },
      REVOKE,
      'before is not a point in time',
    ],
    [
      'a cut-off in the future',
      { dimension: 'subject', value: 'a', before: NEW_YEAR + 301 },
      REVOKE,
      'before lies in the future',
    ],
    [
      'a cut-off and a block',
      { dimension: 'subject', value: 'a', before: 'now', block: true },
      REVOKE,
      'not both',
    ],
    [
      'a cut-off of a session',
      { dimension: 'session', value: 'a', before: 'now' },
      REVOKE,
      'nothing for a session',
    ],
    [
      'an unclear block',
      { dimension: 'subject', value: 'a', block: 'x' },
      REVOKE,
      'block is "x"; allowed are true and false',
    ],
    [
      'keepBefore to revoke',
      { dimension: 'subject', value: 'a', keepBefore: 'now' },
      REVOKE,
      'belongs to reinstate',
    ],
    [
      'before to reinstate',
      { dimension: 'subject', value: 'a', before: 'now' },
      REINSTATE,
      'before belongs to revoke',
    ],
    [
      'no reason',
      { dimension: 'subject', value: 'a' },
      { ...REVOKE, defaults: {} },
      'reason: received nothing',
    ],
    [
      'an issuer beside a token',
      { dimension: 'token', token: 'a.b.c', issuer: 'i' },
      REVOKE,
      'issuer does not go with token',
    ],
    ['what is no token', { dimension: 'token', token: 'a.b.c' }, REVOKE, 'the token is no JWT with an iss'],
    [
      'a token without jti',
      { dimension: 'token', token: aToken({ iss: 'i', exp: 1 }) },
      REVOKE,
      'the token is no JWT',
    ],
    [
      'a token as a jti',
      { dimension: 'token', jti: aToken({}), exp: 1 },
      REVOKE,
      'a whole token stands where its jti is',
    ],
  ])('refuses %s', (_what, row, context, problem) => {
    const refusal = () => parseRow(2, row, context);
    expect(refusal).toThrow(CliError);
    expect(refusal).toThrow(problem);
    expect(refusal).not.toThrow(/ey[\w-]+\.[\w-]+\./);
  });

  it('names the same row by the same digest, whenever it is read', () => {
    const row = { dimension: 'subject', value: 'a', before: '-1h' };
    const tomorrow = { ...REVOKE, startedAt: NEW_YEAR + 86_400, now: NEW_YEAR + 86_400 };
    const { digest } = parseRow(2, row, REVOKE);

    expect(
      parseRow(9, { before: '-1h', value: 'a', dimension: 'subject', ticket: '' }, tomorrow).digest,
    ).toBe(digest);
    const others = [
      parseRow(2, { ...row, value: 'b' }, REVOKE),
      parseRow(2, { ...row, before: '-2h' }, REVOKE),
      parseRow(2, row, { ...REVOKE, defaults: { reason: 'other' } }),
      parseRow(2, { dimension: 'subject', value: 'a' }, REVOKE),
      parseRow(2, { dimension: 'subject', value: 'a' }, REINSTATE),
    ];
    expect(new Set([digest, ...others.map((other) => other.digest)]).size).toBe(6);
  });
});
