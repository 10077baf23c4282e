import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, jest, test } from '@jest/globals';
import { requireAuthorizer } from '../../../lambda/backend/require-authorizer.ts';
import { aProxyEvent } from '../../support/a-proxy-event.ts';
import { KINDS } from '../../support/an-authorizer-event.ts';

const CONTEXT = { sub: 'alice', iss: 'https://idp.example/', jti: 'j-1' };

describe('requireAuthorizer', () => {
  test.each(KINDS)('calls the backend behind a %s authorizer with the event and the caller', async (kind) => {
    const event = aProxyEvent(kind, CONTEXT);
    const handler = requireAuthorizer(async (given, { sub }) => ({ given, sub }));

    await expect(handler(event)).resolves.toEqual({ given: event, sub: 'alice' });
  });

  test.each(KINDS)('answers 403 without a %s authorizer, and does not call the backend', async (kind) => {
    const backend = jest.fn(async () => ({ statusCode: 200 }));

    await expect(requireAuthorizer(backend)(aProxyEvent(kind))).resolves.toEqual({
      statusCode: 403,
      headers: { 'Content-Type': 'application/json' },
      body: '{"message":"Forbidden"}',
    });
    expect(backend).not.toHaveBeenCalled();
  });

  it('leaves the errors of the backend alone', async () => {
    const handler = requireAuthorizer(async () => {
      throw new Error('out of teapots');
    });

    await expect(handler(aProxyEvent('rest-token', CONTEXT))).rejects.toThrow('out of teapots');
  });

  it('makes a handler that Node.js 24 takes on Lambda: without a callback', () => {
    expect(requireAuthorizer(async () => ({})).length).toBeLessThan(3);
  });
});

describe('revocable-authorizer/backend', () => {
  it('depends on nothing', () => {
    const folder = join(import.meta.dirname, '../../../lambda/backend');
    const imports = readdirSync(folder).flatMap((file) => [
      ...readFileSync(join(folder, file), 'utf8').matchAll(/from '([^']+)'/g),
    ]);

    expect(imports.map(([, from]) => from).filter((from) => !from?.startsWith('./'))).toEqual([]);
  });
});
