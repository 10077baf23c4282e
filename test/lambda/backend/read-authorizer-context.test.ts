import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import {
  AuthorizerContextMissing,
  readAuthorizerContext,
} from '../../../lambda/backend/read-authorizer-context.ts';
import { aProxyEvent } from '../../support/a-proxy-event.ts';
import { KINDS } from '../../support/an-authorizer-event.ts';

const CONTEXT = {
  sub: 'alice',
  iss: 'https://idp.example/',
  jti: 'j-1',
  scope: 'a b',
  seats: 7,
  admin: true,
};

describe('readAuthorizerContext', () => {
  test.each(KINDS)('reads who called, as texts, behind a %s authorizer', (kind) => {
    expect(readAuthorizerContext(aProxyEvent(kind, CONTEXT))).toEqual({
      sub: 'alice',
      iss: 'https://idp.example/',
      jti: 'j-1',
      scope: 'a b',
      seats: '7',
      admin: 'true',
    });
  });

  test.each(KINDS)('refuses a request that came without a %s authorizer', (kind) => {
    expect(() => readAuthorizerContext(aProxyEvent(kind))).toThrow(AuthorizerContextMissing);
    expect(() => readAuthorizerContext(aProxyEvent(kind))).toThrow(
      expect.objectContaining({ statusCode: 403, name: 'AuthorizerContextMissing' }),
    );
  });

  test.each(['sub', 'iss', 'jti'])('refuses a context without %s', (name) => {
    for (const value of [undefined, '', null, {}]) {
      const event = { requestContext: { authorizer: { ...CONTEXT, [name]: value } } };

      expect(() => readAuthorizerContext(event)).toThrow(AuthorizerContextMissing);
    }
  });

  it('takes no context from where another kind of API has it', () => {
    const lambda = { lambda: CONTEXT };

    expect(() => readAuthorizerContext({ requestContext: { authorizer: lambda } })).toThrow();
    expect(() =>
      readAuthorizerContext({ version: '2.0', requestContext: { authorizer: CONTEXT } }),
    ).toThrow();
  });

  it('takes no context from what the client sends', () => {
    const forged = { authorizer: CONTEXT, requestContext: { authorizer: CONTEXT } };
    const event = { headers: forged, body: JSON.stringify(forged), queryStringParameters: forged };

    expect(() => readAuthorizerContext({ ...aProxyEvent('rest-token'), ...event })).toThrow();
  });

  it('takes the claims of a JWT authorizer for none of ours', () => {
    const jwt = { claims: { sub: 'alice', iss: 'i', jti: 'j' }, scopes: null };

    expect(() =>
      readAuthorizerContext({ version: '2.0', requestContext: { authorizer: { jwt } } }),
    ).toThrow();
    expect(() => readAuthorizerContext({ version: '1.0', requestContext: { authorizer: jwt } })).toThrow();
  });

  it('answers anything with a context that says who called, or with that error', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (authorizer, requestContext) => {
        for (const event of [authorizer, { requestContext }, { requestContext: { authorizer } }]) {
          try {
            const { sub, iss, jti } = readAuthorizerContext(event);
            expect([sub, iss, jti].every((text) => typeof text === 'string' && text !== '')).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(AuthorizerContextMissing);
          }
        }
      }),
    );
  });
});
