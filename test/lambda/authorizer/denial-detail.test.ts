import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import { ENVIRONMENT } from '../../../lambda/environment.ts';
import { aBundle } from '../../support/a-bundle.ts';
import type { TestIssuer } from '../../support/an-issuer.ts';
import { anIssuer } from '../../support/an-issuer.ts';

const STAGE = 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod';

let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await anIssuer();
});
afterAll(() => issuer.close());
afterEach(() => {
  delete process.env[ENVIRONMENT.denialDetail];
});

function start(detail: string, settings = issuer.settings()) {
  process.env[ENVIRONMENT.denialDetail] = detail;
  const authorizer = aBundle<APIGatewayAuthorizerResult>('authorizer', {
    issuers: [settings],
    tableName: 'NoSuchTable',
  });
  return (token: string | undefined) =>
    authorizer({ type: 'TOKEN', authorizationToken: token, methodArn: `${STAGE}/GET/orders` });
}

const expired = () => `Bearer ${issuer.token({ claims: { exp: Math.floor(Date.now() / 1000) - 3 } })}`;

describe('the bundled authorizer with the denial detail reason', () => {
  it('denies the stage and names the reason', async () => {
    await expect(start('reason')(expired())).resolves.toEqual({
      principalId: 'denied',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [{ Action: 'execute-api:Invoke', Effect: 'Deny', Resource: `${STAGE}/*` }],
      },
      context: { reason: 'token_expired', error: 'invalid_token' },
    });
  });

  it('still throws Unauthorized where no token was offered', async () => {
    await expect(start('reason')(undefined)).rejects.toThrow(/^Unauthorized$/);
  });

  it('never denies for a fault, because a Deny can be cached', async () => {
    const settings = issuer.settings({ jwksUri: 'http://127.0.0.1:1/jwks' });

    await expect(start('reason', settings)(`Bearer ${issuer.token()}`)).rejects.toThrow(
      /^jwks_unavailable: /,
    );
  });
});

describe('the bundled authorizer', () => {
  it('refuses to start with a denial detail that does not exist', () => {
    expect(() => start('full')).toThrow(
      'config_invalid: REVOCABLE_AUTHORIZER_DENIAL_DETAIL is none of generic, reason',
    );
  });
});
