import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from '@jest/globals';
import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import { FOREVER, revocationKey } from '../../../lambda/revocation.ts';
import { aBundle } from '../../support/a-bundle.ts';
import type { TestTable } from '../../support/a-revocation-table.ts';
import { aRevocationTable } from '../../support/a-revocation-table.ts';
import type { TestIssuer } from '../../support/an-issuer.ts';
import { anIssuer } from '../../support/an-issuer.ts';

const STAGE = 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod';

let issuer: TestIssuer;
let table: TestTable;
let authorizer: (event: unknown) => Promise<APIGatewayAuthorizerResult>;

beforeAll(async () => {
  [issuer, table] = await Promise.all([anIssuer(), aRevocationTable()]);
});
afterAll(() => Promise.all([issuer.close(), table.close()]));
beforeEach(() => {
  authorizer = aBundle('authorizer', { issuers: [issuer.settings()], tableName: table.tableName });
});

const anEvent = (authorizationToken: unknown, path = 'GET/orders') => ({
  type: 'TOKEN',
  authorizationToken,
  methodArn: `${STAGE}/${path}`,
});

async function aRecord(
  dimension: 'token' | 'subject',
  value: string,
  revokedBefore: number,
  expiresAt?: number,
) {
  await table.putItem({
    key: { S: revocationKey({ dimension, issuerId: 'test-issuer', value }) },
    entry: { S: 'state' },
    dimension: { S: dimension },
    issuer: { S: 'test-issuer' },
    value: { S: value },
    revokedBefore: { N: String(revokedBefore) },
    ...(expiresAt !== undefined && { expiresAt: { N: String(expiresAt) } }),
    reason: { S: 'a test' },
    actor: { S: 'a tester' },
    changedAt: { N: '1' },
    nonce: { S: 'n' },
  });
}

describe('the bundled authorizer', () => {
  it('allows a live token on the whole stage, with a flat context', async () => {
    const token = issuer.token({ claims: { jti: 'j-1', scope: 'orders:read', client_id: 'web' } });

    await expect(authorizer(anEvent(`Bearer ${token}`))).resolves.toEqual({
      principalId: 'alice',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: `${STAGE}/*` }],
      },
      context: { sub: 'alice', iss: issuer.url, jti: 'j-1', scope: 'orders:read', clientId: 'web' },
    });
  });

  it('gives the same policy whatever path was asked, wildcards in it included', async () => {
    const token = issuer.token();
    const answer = await authorizer(anEvent(`Bearer ${token}`));

    await expect(authorizer(anEvent(`Bearer ${token}`, 'GET/*/../a:b/$x?'))).resolves.toEqual(answer);
  });

  test.each([
    ['no token', undefined],
    ['null', null],
    ['garbage', 'Bearer garbage'],
    ['another scheme', 'Basic YWxpY2U6c2VjcmV0'],
  ])('refuses %s with exactly Unauthorized', async (_what, authorization) => {
    const refusal = authorizer(anEvent(authorization));

    await expect(refusal).rejects.toThrow(/^Unauthorized$/);
    await refusal.catch((error) => {
      expect(Object.keys(error)).toEqual([]);
      expect(error.stack).toBe('Error: Unauthorized');
    });
  });

  it('throws a fresh error for each refusal', async () => {
    const [first, second] = await Promise.allSettled([1, 2].map(() => authorizer(anEvent(undefined))));

    expect([first, second]).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    expect((first as PromiseRejectedResult).reason).not.toBe((second as PromiseRejectedResult).reason);
  });

  test.each<[string, Record<string, unknown>]>([
    ['an expired token', { exp: Math.floor(Date.now() / 1000) - 3 }],
    ['a token of a foreign issuer', { iss: 'https://evil.example' }],
    ['a token for another audience', { aud: 'billing' }],
    ['a token without exp', { exp: undefined }],
    ['a token without jti', { jti: undefined }],
    ['a token from the future', { iat: Math.floor(Date.now() / 1000) + 600 }],
    ['a token that lives for ten years', { exp: Math.floor(Date.now() / 1000) + 315_360_000 }],
  ])('refuses %s', async (_what, claims) => {
    await expect(authorizer(anEvent(`Bearer ${issuer.token({ claims })}`))).rejects.toThrow(/^Unauthorized$/);
  });

  it('refuses a token that somebody else signed under the good key id', async () => {
    const stranger = await anIssuer();
    const token = issuer.token({ signingKey: stranger.privateKey });
    await stranger.close();

    await expect(authorizer(anEvent(`Bearer ${token}`))).rejects.toThrow(/^Unauthorized$/);
  });

  it('refuses a revoked token, and only that one', async () => {
    await aRecord('token', 'stolen', FOREVER);

    await expect(
      authorizer(anEvent(`Bearer ${issuer.token({ claims: { jti: 'stolen' } })}`)),
    ).rejects.toThrow(/^Unauthorized$/);
    await expect(authorizer(anEvent(`Bearer ${issuer.token()}`))).resolves.toMatchObject({
      principalId: 'alice',
    });
  });

  test.each([
    ['refuses', -1, true],
    ['refuses', 0, true],
    ['allows', 1, false],
  ])('%s a token issued %i s after the cut-off of its subject', async (_verb, offset, isRevoked) => {
    const cutOff = Math.floor(Date.now() / 1000) - 120;
    await aRecord('subject', 'bob', cutOff);

    const answer = authorizer(
      anEvent(`Bearer ${issuer.token({ claims: { sub: 'bob', iat: cutOff + offset } })}`),
    );

    await (isRevoked
      ? expect(answer).rejects.toThrow(/^Unauthorized$/)
      : expect(answer).resolves.toMatchObject({ principalId: 'bob' }));
  });

  it('ignores a record past its expiry that DynamoDB has not deleted yet', async () => {
    await aRecord('token', 'long-ago', FOREVER, Math.floor(Date.now() / 1000) - 1);

    await expect(
      authorizer(anEvent(`Bearer ${issuer.token({ claims: { jti: 'long-ago' } })}`)),
    ).resolves.toBeDefined();
  });

  it("reads nothing from one issuer's records for another", async () => {
    await aRecord('token', 'shared-jti', FOREVER);
    authorizer = aBundle('authorizer', {
      issuers: [issuer.settings({ id: 'other-issuer' })],
      tableName: table.tableName,
    });

    await expect(
      authorizer(anEvent(`Bearer ${issuer.token({ claims: { jti: 'shared-jti' } })}`)),
    ).resolves.toBeDefined();
  });

  it('throws a fault, and does not deny, when the table cannot be read', async () => {
    authorizer = aBundle('authorizer', { issuers: [issuer.settings()], tableName: 'NoSuchTable' });

    await expect(authorizer(anEvent(`Bearer ${issuer.token()}`))).rejects.toThrow(
      /^revocation_store_unavailable: /,
    );
  });

  it('throws a fault, and does not deny, when an item of the table is no revocation', async () => {
    await table.putItem({
      key: { S: revocationKey({ dimension: 'token', issuerId: 'test-issuer', value: 'damaged' }) },
      entry: { S: 'state' },
      revokedBefore: { S: 'soon' },
    });

    await expect(
      authorizer(anEvent(`Bearer ${issuer.token({ claims: { jti: 'damaged' } })}`)),
    ).rejects.toThrow(/^revocation_store_unavailable: /);
  });

  it('throws a fault, and does not deny, when the keys cannot be had', async () => {
    const settings = issuer.settings({ jwksUri: 'http://127.0.0.1:1/jwks' });
    authorizer = aBundle('authorizer', { issuers: [settings], tableName: table.tableName });

    await expect(authorizer(anEvent(`Bearer ${issuer.token()}`))).rejects.toThrow(/^jwks_unavailable: /);
  });

  it('finds the keys by OpenID Connect discovery when it was given no address', async () => {
    const { jwksUri, ...settings } = issuer.settings();
    authorizer = aBundle('authorizer', { issuers: [settings], tableName: table.tableName });

    await expect(authorizer(anEvent(`Bearer ${issuer.token()}`))).resolves.toBeDefined();
  });

  test.each([
    ['nothing', undefined],
    ['an empty object', {}],
    ['an event of AppSync', { authorizationToken: 'a.b.c', requestContext: { queryString: '{ orders }' } }],
    ['an ARN of something else', { type: 'TOKEN', methodArn: 'arn:aws:s3:::bucket' }],
  ])('throws the fault event_unrecognized for %s', async (_what, event) => {
    await expect(authorizer(event)).rejects.toThrow(/^event_unrecognized: /);
  });

  it('fetches the keys once for many tokens', async () => {
    const before = issuer.fetches;
    await Promise.all(Array.from({ length: 5 }, () => authorizer(anEvent(`Bearer ${issuer.token()}`))));

    expect(issuer.fetches - before).toBe(1);
  });
});
