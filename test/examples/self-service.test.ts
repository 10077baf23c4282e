import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type { APIGatewayAuthorizerResult, APIGatewayProxyResult } from 'aws-lambda';
import { SelfServiceStack } from '../../examples/self-service/self-service-stack.ts';
import { ENVIRONMENT } from '../../lambda/environment.ts';
import { aBundle } from '../support/a-bundle.ts';
import type { TestTable } from '../support/a-revocation-table.ts';
import { aRevocationTable } from '../support/a-revocation-table.ts';
import type { InvokeServer } from '../support/an-invoke-server.ts';
import { anInvokeServer, useLambda } from '../support/an-invoke-server.ts';
import type { TestIssuer } from '../support/an-issuer.ts';
import { anIssuer } from '../support/an-issuer.ts';

describe('the stack of the self-service example', () => {
  let template: Template;
  beforeAll(() => {
    template = Template.fromStack(new SelfServiceStack(new App(), 'SelfService'));
  });

  it('lets the account pages invoke the admin function and keep their sessions, and gives them no right to the rest', () => {
    const [policy] = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) =>
      id.startsWith('Account'),
    );
    const statements = policy?.[1]['Properties'].PolicyDocument.Statement;
    expect(statements.map(({ Action }: { Action: unknown }) => Action)).toEqual([
      'lambda:InvokeFunction',
      ['dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:DeleteItem'],
    ]);
    expect(JSON.stringify(statements)).not.toContain('AuthorizerTable');
  });

  it('has every page behind the authorizer, which tells them the session', () => {
    const methods = Object.values(template.findResources('AWS::ApiGateway::Method'));
    const pages = methods.filter(({ Properties }) => Properties.HttpMethod !== 'OPTIONS');
    expect(pages).toHaveLength(4);
    for (const { Properties } of pages) expect(Properties.AuthorizationType).toBe('CUSTOM');
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          REVOCABLE_AUTHORIZER_CONTEXT: '{"session":"origin_jti","issuedAt":"iat"}',
        }),
      },
    });
  });
});

describe('the pages of the self-service example', () => {
  let issuer: TestIssuer;
  let table: TestTable;
  let lambda: InvokeServer;
  let cognito: Server;
  let authorizer: (event: unknown) => Promise<APIGatewayAuthorizerResult>;
  let account: (event: never) => Promise<APIGatewayProxyResult>;
  /** What Cognito was asked, and what it answers. */
  const asked: string[] = [];
  let cognitoAnswer: { status: number; body: object };

  beforeAll(async () => {
    issuer = await anIssuer();
    table = await aRevocationTable();
    const settings = issuer.settings({ kind: 'cognito', audience: null, requireSession: true });
    const environment = { issuers: [settings], tableName: table.tableName };
    process.env[ENVIRONMENT.context] = JSON.stringify({ session: 'origin_jti', issuedAt: 'iat' });
    authorizer = aBundle('authorizer', environment);
    lambda = await anInvokeServer(aBundle('revocations', environment));
    useLambda(lambda);
    cognito = createServer(async (request, response) => {
      asked.push(`${String(request.headers['x-amz-target']).split('.')[1]} ${await text(request)}`);
      response.writeHead(cognitoAnswer.status).end(JSON.stringify(cognitoAnswer.body));
    }).listen(0, '127.0.0.1');
    await once(cognito, 'listening');
    process.env['AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER'] =
      `http://127.0.0.1:${(cognito.address() as AddressInfo).port}`;
    process.env['REVOCATIONS_FUNCTION'] = 'admin';
    process.env['SESSIONS_TABLE'] = 'Sessions';
    process.env['CLIENT_ID'] = 'web';
    process.env['PAGE'] = 'https://app.example.com';
    const client = new DynamoDBClient({ endpoint: table.endpoint });
    await client.send(
      new CreateTableCommand({
        TableName: 'Sessions',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: ['subject', 'session'].map((AttributeName) => ({
          AttributeName,
          AttributeType: 'S' as const,
        })),
        KeySchema: [
          { AttributeName: 'subject', KeyType: 'HASH' },
          { AttributeName: 'session', KeyType: 'RANGE' },
        ],
      }),
    );
    client.destroy();
    account = (await import('../../examples/self-service/account.ts')).handler as typeof account;
  });
  afterAll(async () => {
    delete process.env[ENVIRONMENT.context];
    cognito.closeAllConnections();
    cognito.close();
    await lambda.close();
    await table.close();
    await issuer.close();
  });
  beforeEach(() => {
    asked.length = 0;
    lambda.onInvoke = () => undefined;
    cognitoAnswer = { status: 200, body: {} };
  });

  const now = () => Math.floor(Date.now() / 1000);
  /** A token of a device, as Cognito would give it now, or get by refreshing. */
  const tokenOf = (subject: string, device: string, iat = now() - 60) =>
    issuer.token({
      claims: {
        sub: subject,
        aud: undefined,
        origin_jti: `${subject} on ${device}`,
        token_use: 'access',
        client_id: 'web',
        iat,
      },
    });
  const authorize = (token: string) =>
    authorizer({
      type: 'TOKEN',
      authorizationToken: `Bearer ${token}`,
      methodArn: 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/GET/orders',
    });
  const isLive = (token: string) =>
    authorize(token).then(
      () => true,
      (error: Error) => {
        if (error.message !== 'Unauthorized') throw error;
        return false;
      },
    );

  /** Calls a page as API Gateway would, through the authorizer. */
  async function call(token: string, httpMethod: string, resource: string, body: string | null = null) {
    const { context } = await authorize(token);
    const passedOn = Object.fromEntries(
      Object.entries(context ?? {}).map(([name, value]) => [name, String(value)]),
    );
    const {
      statusCode,
      headers,
      body: answer,
    } = await account({
      httpMethod,
      resource,
      body,
      headers: { Authorization: `Bearer ${token}` },
      requestContext: { authorizer: passedOn, identity: { userAgent: 'Test' } },
    } as never);
    expect(headers).toMatchObject({ 'Access-Control-Allow-Origin': 'https://app.example.com' });
    return { status: statusCode, ...JSON.parse(answer) };
  }

  it('shows the devices that have called', async () => {
    const laptop = tokenOf('ann', 'laptop');
    await call(tokenOf('ann', 'phone'), 'GET', '/sessions');
    const { sessions } = await call(laptop, 'GET', '/sessions');
    expect(sessions).toEqual([
      { session: 'ann on laptop', device: 'Test', lastSeenAt: expect.any(Number), isThisOne: true },
      { session: 'ann on phone', device: 'Test', lastSeenAt: expect.any(Number), isThisOne: false },
    ]);
  });

  it('signs one device out, with what it gets by refreshing, and at Cognito', async () => {
    const laptop = tokenOf('bob', 'laptop');
    const phone = tokenOf('bob', 'phone');
    await call(phone, 'GET', '/sessions');

    const answer = await call(laptop, 'POST', '/logout', '{"refreshToken":"r-1"}');

    expect(answer).toMatchObject({ status: 200, effectiveFrom: expect.any(Number) });
    expect(asked).toEqual(['RevokeToken {"Token":"r-1","ClientId":"web"}']);
    expect(await isLive(laptop)).toBe(false);
    expect(await isLive(tokenOf('bob', 'laptop', now()))).toBe(false);
    expect(await isLive(phone)).toBe(true);
    expect((await call(phone, 'GET', '/sessions')).sessions).toHaveLength(1);
  });

  it('signs all other devices out, those too that refreshed later, and leaves this one alone', async () => {
    const laptop = tokenOf('cat', 'laptop', now() - 60);
    const phone = tokenOf('cat', 'phone', now() - 30);
    const tablet = tokenOf('cat', 'tablet', now() - 90);
    const silent = tokenOf('cat', 'watch that never called', now() - 90);
    const stranger = tokenOf('dan', 'phone');
    for (const token of [phone, tablet]) await call(token, 'GET', '/sessions');

    await expect(call(laptop, 'POST', '/logout/others')).resolves.toEqual({ status: 200, signedOut: 2 });

    expect(await isLive(laptop)).toBe(true);
    expect(await isLive(tokenOf('cat', 'laptop', now()))).toBe(true);
    expect(await isLive(stranger)).toBe(true);
    for (const token of [phone, tablet, silent, tokenOf('cat', 'phone', now())]) {
      expect(await isLive(token)).toBe(false);
    }
    expect((await call(laptop, 'GET', '/sessions')).sessions).toHaveLength(1);
  });

  it('goes on where it stopped when signing the others out is repeated', async () => {
    const laptop = tokenOf('eve', 'laptop');
    const phone = tokenOf('eve', 'phone', now());
    await call(phone, 'GET', '/sessions');
    lambda.onInvoke = (count) =>
      count === lambda.payloads.length && isSession(lambda.payloads) ? trouble : undefined;

    await expect(call(laptop, 'POST', '/logout/others')).resolves.toMatchObject({ status: 503 });
    expect(await isLive(phone)).toBe(true);

    lambda.onInvoke = () => undefined;
    await expect(call(laptop, 'POST', '/logout/others')).resolves.toMatchObject({
      status: 200,
      signedOut: 1,
    });
    expect(await isLive(phone)).toBe(false);
  });

  it('signs out everywhere: at Cognito first, then every token issued until now', async () => {
    const laptop = tokenOf('fay', 'laptop');
    const phone = tokenOf('fay', 'phone', now());
    cognitoAnswer = { status: 500, body: {} };
    await expect(call(laptop, 'POST', '/logout/everywhere')).resolves.toMatchObject({ status: 503 });
    expect(await isLive(laptop)).toBe(true);

    cognitoAnswer = {
      status: 400,
      body: { __type: 'NotAuthorizedException', message: 'Access Token has been revoked' },
    };
    const answer = await call(laptop, 'POST', '/logout/everywhere');

    expect(answer).toMatchObject({ status: 200, safeSignInFrom: expect.any(Number) });
    expect(asked).toEqual(Array(2).fill(`GlobalSignOut {"AccessToken":"${laptop}"}`));
    expect([await isLive(laptop), await isLive(phone)]).toEqual([false, false]);
    expect(await isLive(tokenOf('fay', 'phone', answer.safeSignInFrom - 1))).toBe(false);
  });

  it('does not pretend to have signed out of a Cognito that does not let it', async () => {
    cognitoAnswer = {
      status: 400,
      body: { __type: 'NotAuthorizedException', message: 'Access Token does not have required scopes' },
    };
    await expect(call(tokenOf('gus', 'phone'), 'POST', '/logout/everywhere')).rejects.toThrow(
      'required scopes',
    );
  });

  it('refuses what did not come by the authorizer, and a body that is no JSON', async () => {
    const event = { httpMethod: 'POST', resource: '/logout', requestContext: {} };
    await expect(account(event as never)).resolves.toMatchObject({ statusCode: 403 });
    await expect(call(tokenOf('hal', 'phone'), 'POST', '/logout', '{')).resolves.toMatchObject({
      status: 400,
    });
  });
});

const trouble = { status: 503 };

function isSession(payloads: readonly unknown[]): boolean {
  const { target } = payloads.at(-1) as { target?: { dimension?: string } };
  return target?.dimension === 'session';
}
