// What each kind of API gets from the deployed bundle: the same decision, in its own form.
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { readAuthorizerContext } from '../../../lambda/backend/read-authorizer-context.ts';
import { ENVIRONMENT } from '../../../lambda/environment.ts';
import { FOREVER, revocationKey } from '../../../lambda/revocation.ts';
import { aBundle } from '../../support/a-bundle.ts';
import type { LoggingFunction } from '../../support/a-logging-function.ts';
import { aLoggingFunction } from '../../support/a-logging-function.ts';
import { aProxyEvent } from '../../support/a-proxy-event.ts';
import type { TestTable } from '../../support/a-revocation-table.ts';
import { aRevocationTable } from '../../support/a-revocation-table.ts';
import type { Kind, Sent } from '../../support/an-authorizer-event.ts';
import { anAuthorizerEvent, bearer, KINDS, STAGES } from '../../support/an-authorizer-event.ts';
import type { TestIssuer } from '../../support/an-issuer.ts';
import { anIssuer } from '../../support/an-issuer.ts';

const IDENTITY_SOURCES = JSON.stringify([
  { in: 'header', name: 'authorization' },
  { in: 'cookie', name: 'token' },
  { in: 'query', name: 'access_token' },
  { in: 'subprotocol', name: 'bearer' },
]);

let issuer: TestIssuer;
let table: TestTable;
let authorizer: (event: unknown) => Promise<unknown>;

beforeAll(async () => {
  [issuer, table] = await Promise.all([anIssuer(), aRevocationTable()]);
  authorizer = aBundleWith({});
  await table.putItem({
    key: { S: revocationKey({ dimension: 'token', issuerId: 'test-issuer', value: 'stolen' }) },
    entry: { S: 'state' },
    dimension: { S: 'token' },
    issuer: { S: 'test-issuer' },
    value: { S: 'stolen' },
    revokedBefore: { N: String(FOREVER) },
    reason: { S: 'a test' },
    actor: { S: 'a tester' },
    changedAt: { N: '1' },
    nonce: { S: 'n' },
  });
});
afterAll(() => Promise.all([issuer.close(), table.close()]));

function aBundleWith(variables: Readonly<Record<string, string>>) {
  return aBundle<unknown>('authorizer', {
    issuers: [issuer.settings()],
    tableName: table.tableName,
    variables: { [ENVIRONMENT.identitySources]: IDENTITY_SOURCES, ...variables },
  });
}

const policy = (kind: Kind, Effect: 'Allow' | 'Deny') => ({
  Version: '2012-10-17',
  Statement: [{ Action: 'execute-api:Invoke', Effect, Resource: `${STAGES[kind]}/*` }],
});

/** That a bundle says no to an event, in the way of its kind. */
async function expectRefusal(answer: Promise<unknown>, kind: Kind): Promise<void> {
  if (kind === 'http-2.0') return expect(answer).resolves.toEqual({ isAuthorized: false });
  if (kind === 'http-1.0') {
    return expect(answer).resolves.toEqual({ principalId: 'denied', policyDocument: policy(kind, 'Deny') });
  }
  return expect(answer).rejects.toThrow(/^Unauthorized$/);
}

describe.each(KINDS)('the bundled authorizer, asked by a %s authorizer', (kind) => {
  it('allows a live token on the whole stage', async () => {
    const token = issuer.token({ claims: { jti: 'live' } });
    const context = { sub: 'alice', iss: issuer.url, jti: 'live' };

    await expect(authorizer(anAuthorizerEvent(kind, bearer(token)))).resolves.toEqual(
      kind === 'http-2.0'
        ? { isAuthorized: true, context }
        : { principalId: 'alice', policyDocument: policy(kind, 'Allow'), context },
    );
  });

  it('refuses no token, garbage, an expired token and a revoked one', async () => {
    const past = Math.floor(Date.now() / 1000) - 60;
    const tokens = [
      'garbage',
      issuer.token({ claims: { iat: past - 60, exp: past } }),
      issuer.token({ claims: { jti: 'stolen' } }),
    ];

    for (const sent of [{}, ...tokens.map(bearer)]) {
      await expectRefusal(authorizer(anAuthorizerEvent(kind, sent)), kind);
    }
  });

  it('throws a fault, and does not refuse, when the table cannot be read', async () => {
    const cut = aBundle('authorizer', { issuers: [issuer.settings()], tableName: 'NoSuchTable' });

    await expect(cut(anAuthorizerEvent(kind, bearer(issuer.token())))).rejects.toThrow(
      /^revocation_store_unavailable: /,
    );
  });
});

describe.each(KINDS.filter((kind) => kind !== 'rest-token'))(
  'the bundled authorizer, asked by a %s authorizer that sees the whole request',
  (kind) => {
    const places: [string, (token: string) => Sent][] = [
      ['a cookie', (token) => ({ headers: [['Cookie', `token=${token}`]] })],
      ['the query string', (token) => ({ query: [['access_token', token]] })],
      ...(kind === 'websocket'
        ? ([
            ['a subprotocol', (token) => ({ headers: [['Sec-WebSocket-Protocol', `bearer, ${token}`]] })],
          ] as [string, (token: string) => Sent][])
        : []),
    ];

    test.each(places)('allows a live token in %s', async (_where, place) => {
      await expect(authorizer(anAuthorizerEvent(kind, place(issuer.token())))).resolves.toMatchObject(
        kind === 'http-2.0' ? { isAuthorized: true } : { policyDocument: policy(kind, 'Allow') },
      );
    });

    test.each(places)(
      'refuses a live token in %s beside the same one in the header',
      async (_where, place) => {
        const token = issuer.token();
        const [header, other] = [bearer(token), place(token)];
        const both = {
          headers: [...(header.headers ?? []), ...(other.headers ?? [])],
          query: other.query ?? [],
        };

        await expectRefusal(authorizer(anAuthorizerEvent(kind, both)), kind);
      },
    );
  },
);

describe('the bundled authorizer', () => {
  it('answers payload 2.0 by a policy when told to', async () => {
    const withPolicy = aBundleWith({ [ENVIRONMENT.httpApiAnswer]: 'iam' });

    await expect(
      withPolicy(anAuthorizerEvent('http-2.0', bearer(issuer.token({ claims: { jti: 'j' } })))),
    ).resolves.toEqual({
      principalId: 'alice',
      policyDocument: policy('http-2.0', 'Allow'),
      context: { sub: 'alice', iss: issuer.url, jti: 'j' },
    });
    await expect(withPolicy(anAuthorizerEvent('http-2.0'))).resolves.toEqual({
      principalId: 'denied',
      policyDocument: policy('http-2.0', 'Deny'),
    });
  });

  it('passes on the claims that it is told to, and the key of the usage plan', async () => {
    const told = aBundleWith({
      [ENVIRONMENT.context]: '{"tenant":"tenant_id","groups":"groups"}',
      [ENVIRONMENT.usageIdentifierKeyClaim]: 'client_id',
    });
    const claims = { tenant_id: 7, groups: ['a', 'b'], client_id: 'c'.repeat(26) };

    await expect(
      told(anAuthorizerEvent('rest-token', bearer(issuer.token({ claims })))),
    ).resolves.toMatchObject({
      context: { tenant: 7, groups: 'a b' },
      usageIdentifierKey: 'c'.repeat(26),
    });
    await expectRefusal(
      told(anAuthorizerEvent('rest-request', bearer(issuer.token({ claims: { groups: 'a' } })))),
      'rest-request',
    );
  });

  test.each(KINDS)('leaves a claim of an odd form out of the context of %s', async (kind) => {
    const told = aBundleWith({
      [ENVIRONMENT.context]: '{"tenant":"tenant_id","groups":{"claim":"groups","required":false}}',
    });
    const claims = { tenant_id: { id: 7 }, groups: ['my group'], jti: 'j' };
    const answer = await told(anAuthorizerEvent(kind, bearer(issuer.token({ claims }))));

    expect(answer).toMatchObject({ context: { sub: 'alice', iss: issuer.url, jti: 'j' } });
    expect(answer).not.toHaveProperty('leftOut');
    const { context } = answer as { context: object };
    expect(Object.keys(context)).toEqual(['sub', 'iss', 'jti']);
  });

  test.each(KINDS)('lets no control character of a claim into the response to %s', async (kind) => {
    const authorize = aBundleWith({});
    for (const text of ['a\nb', 'a\u0000', '\u001b[2J', 'a\u2028b']) {
      const claims = { sub: text, jti: text, scope: text, client_id: text };
      const answer = await authorize(anAuthorizerEvent(kind, bearer(issuer.token({ claims }))));

      const name = expect.stringMatching(/^[\w-]{16}$/);
      const context = { sub: name, iss: issuer.url, jti: name };
      expect(answer).toMatchObject(
        kind === 'http-2.0' ? { isAuthorized: true, context } : { principalId: name, context },
      );
      const passedOn = (answer as { context: Readonly<Record<string, unknown>> }).context;
      expect(readAuthorizerContext(aProxyEvent(kind, passedOn))).toEqual(context);
      expect(JSON.stringify(answer)).not.toMatch(/\\u00|\\n|\u2028/);
    }
  });

  it('throws the fault response_too_large for a token whose claims do not fit into an answer', async () => {
    const told = aBundleWith({ [ENVIRONMENT.context]: '{"a":"long","b":"long","c":"long"}' });
    const token = issuer.token({ claims: { long: 'x'.repeat(2500) } });

    await expect(told(anAuthorizerEvent('http-2.0', bearer(token)))).rejects.toThrow(/^response_too_large: /);
  });

  test.each([
    [ENVIRONMENT.identitySources, '[]'],
    [ENVIRONMENT.identitySources, '[{"in":"body","name":"token"}]'],
    [ENVIRONMENT.identitySources, 'header'],
    [ENVIRONMENT.httpApiAnswer, 'both'],
    [ENVIRONMENT.context, '{"a.b":"c"}'],
    [ENVIRONMENT.context, '{"a":7}'],
    [ENVIRONMENT.context, '{"a":{"claim":"b","required":"no"}}'],
  ])('does not start with %s %j', (name, value) => {
    expect(() => aBundleWith({ [name]: value })).toThrow(/^config_invalid: /);
  });

  it('never allows a mutated event without its token', async () => {
    const live = issuer.token();
    const mutation = fc.dictionary(
      fc.constantFrom(
        'type',
        'version',
        'methodArn',
        'routeArn',
        'headers',
        'multiValueHeaders',
        'cookies',
        'queryStringParameters',
        'requestContext',
        'authorizationToken',
        'identitySource',
      ),
      fc.oneof(fc.constantFrom(null, 'TOKEN', 'REQUEST', '1.0', '2.0', 'Bearer x', {}, []), fc.jsonValue()),
      { maxKeys: 4 },
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...KINDS), fc.boolean(), mutation, async (kind, hasToken, fields) => {
        const event = { ...anAuthorizerEvent(kind, hasToken ? bearer(live) : {}), ...fields };
        const answer = await authorizer(event).catch((error: Error) => error.message);
        if (typeof answer === 'string') {
          expect(answer).toMatch(/^(Unauthorized$|event_unrecognized: )/);
        } else if (!JSON.stringify(event).includes(live)) {
          expect(JSON.stringify(answer)).not.toMatch(/"Allow"|"isAuthorized":true/);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the log of the authorizer', () => {
  let logging: LoggingFunction;
  beforeAll(() => {
    logging = aLoggingFunction([issuer.settings()], table, {
      [ENVIRONMENT.identitySources]: IDENTITY_SOURCES,
      [ENVIRONMENT.usageIdentifierKeyClaim]: 'client_id',
    });
  });
  afterAll(() => logging.close());

  test.each(KINDS)(
    'names the kind and the route of a %s request, and its address if it is told',
    async (kind) => {
      const token = issuer.token({ claims: { client_id: 'the-secret-key-of-a-plan' } });
      const { entry, line } = await logging.invoke(anAuthorizerEvent(kind, bearer(token)));

      expect(entry).toMatchObject({
        decision: 'allow',
        kind,
        route: `${STAGES[kind].split(':').at(-1)}/${kind === 'websocket' ? '$connect' : 'GET'}`,
      });
      expect(entry['sourceIp']).toBe(kind === 'rest-token' ? undefined : '192.0.2.7');
      expect(line).not.toContain('orders');
      expect(line).not.toContain('the-secret-key-of-a-plan');
    },
  );

  test.each(['rest-request', 'http-1.0', 'http-2.0', 'websocket'] as const)(
    'holds no token out of the address of a %s request, allowed, refused or not recognized',
    async (kind) => {
      const token = issuer.token();
      const event = anAuthorizerEvent(kind, { query: [['access_token', token]] });
      const forged = anAuthorizerEvent(kind, { query: [['access_token', `${token.slice(0, -4)}AAAA`]] });

      for (const each of [event, forged, { ...event, version: 'x' }]) {
        const { line } = await logging.invoke(each);
        for (const part of token.split('.').slice(0, 2)) expect(line).not.toContain(part);
      }
    },
  );
});
