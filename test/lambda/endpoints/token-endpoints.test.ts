import { hash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from '@jest/globals';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { ENVIRONMENT } from '../../../lambda/environment.ts';
import { aBundle } from '../../support/a-bundle.ts';
import type { TestTable } from '../../support/a-revocation-table.ts';
import { aRevocationTable } from '../../support/a-revocation-table.ts';
import type { InvokeServer } from '../../support/an-invoke-server.ts';
import { anInvokeServer, useLambda } from '../../support/an-invoke-server.ts';
import type { TestIssuer } from '../../support/an-issuer.ts';
import { anIssuer, signedToken } from '../../support/an-issuer.ts';

/** Seconds that no grace of an issuer reaches. */
const AHEAD_SECONDS = 300;

const SECRET = 'a secret of web: with a colon + and a plus';
const ROLE = 'arn:aws:sts::123456789012:assumed-role/backend/i-1';

type Endpoint = (event: unknown) => Promise<APIGatewayProxyResult>;

let issuer: TestIssuer;
let stranger: TestIssuer;
let table: TestTable;
let lambda: InvokeServer;
let admin: (event: unknown) => Promise<unknown>;

beforeAll(async () => {
  issuer = await anIssuer();
  stranger = await anIssuer();
  table = await aRevocationTable();
  admin = aBundle('revocations', { issuers: [issuer.settings()], tableName: table.tableName });
  lambda = await anInvokeServer(admin);
  useLambda(lambda);
  process.env[ENVIRONMENT.revocationsFunctionName] = 'admin';
});
beforeEach(() => {
  lambda.payloads.length = 0;
  lambda.onInvoke = () => undefined;
});
afterEach(() => {
  delete process.env[ENVIRONMENT.endpointClients];
});
afterAll(async () => {
  delete process.env[ENVIRONMENT.revocationsFunctionName];
  await lambda.close();
  await table.close();
  await stranger.close();
  await issuer.close();
});

function anEndpoint(name: 'revocation' | 'introspection', authentication: 'IAM' | 'Basic' = 'IAM'): Endpoint {
  if (authentication === 'Basic') {
    process.env[ENVIRONMENT.endpointClients] = JSON.stringify({ web: hash('sha256', SECRET) });
  }
  return aBundle(`${name}-endpoint`, { issuers: [issuer.settings()], tableName: table.tableName });
}

const basic = (id: string, secret: string) =>
  `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;

function aRequest(
  form: Record<string, string> | string,
  changes: { authorization?: string; userArn?: string | null } = {},
) {
  const { authorization, userArn = ROLE } = changes;
  return {
    httpMethod: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      ...(authorization !== undefined && { Authorization: authorization }),
    },
    body: typeof form === 'string' ? form : String(new URLSearchParams(form)),
    isBase64Encoded: false,
    requestContext: { identity: { userArn } },
  };
}

async function isActive(token: string): Promise<boolean> {
  const { body } = await anEndpoint('introspection')(aRequest({ token }));
  return JSON.parse(body).active;
}

const NO_STORE = { 'Cache-Control': 'no-store', Pragma: 'no-cache' };

describe('both endpoints', () => {
  describe.each(['revocation', 'introspection'] as const)('the %s endpoint', (name) => {
    test.each([
      ['no token', 'token_type_hint=access_token'],
      ['an empty token', 'token='],
      ['two tokens', 'token=a&token=b'],
      ['two hints', 'token=a&token_type_hint=access_token&token_type_hint=refresh_token'],
      ['nothing', ''],
    ])('refuses %s as an invalid request', async (_what, form) => {
      const { statusCode, headers, body } = await anEndpoint(name)(aRequest(form));
      expect({ statusCode, headers }).toMatchObject({ statusCode: 400, headers: NO_STORE });
      expect(JSON.parse(body)).toMatchObject({ error: 'invalid_request' });
    });

    it('refuses what is no form', async () => {
      const request = {
        ...aRequest({ token: issuer.token() }),
        headers: { 'content-type': 'application/json' },
      };
      await expect(anEndpoint(name)(request)).resolves.toMatchObject({ statusCode: 400 });
    });

    test.each([
      ['nothing', undefined],
      ['a wrong secret', basic('web', 'guess')],
      ['another client', basic('mobile', SECRET)],
      ['an unknown client with an inherited name', basic('constructor', SECRET)],
      ['no secret', `Basic ${Buffer.from('web').toString('base64')}`],
      ['another scheme', `Bearer ${SECRET}`],
      ['a stray percent sign', `Basic ${Buffer.from('web:%').toString('base64')}`],
    ])('refuses a client that authenticates with %s', async (_what, authorization) => {
      const request = aRequest({ token: issuer.token() }, { ...(authorization && { authorization }) });
      const { statusCode, headers, body } = await anEndpoint(name, 'Basic')(request);
      expect(statusCode).toBe(401);
      expect(headers).toMatchObject({ ...NO_STORE, 'WWW-Authenticate': expect.stringMatching(/^Basic /) });
      expect(JSON.parse(body)).toMatchObject({ error: 'invalid_client' });
      expect(lambda.payloads).toEqual([]);
    });

    test.each<[string, (authorization: string) => object]>([
      [
        'twice',
        (authorization) => ({
          headers: { Authorization: authorization },
          multiValueHeaders: { Authorization: [authorization, authorization] },
        }),
      ],
      [
        'and once with a wrong secret',
        (authorization) => ({
          headers: { Authorization: authorization },
          multiValueHeaders: { Authorization: [basic('web', 'guess'), authorization] },
        }),
      ],
      ['in two spellings', (authorization) => ({ headers: { Authorization: authorization, authorization } })],
      [
        'in two spellings, each in a list',
        (authorization) => ({
          multiValueHeaders: { Authorization: [authorization], AUTHORIZATION: [authorization] },
        }),
      ],
      [
        'once, and once more with another scheme',
        (authorization) => ({
          headers: { Authorization: authorization },
          multiValueHeaders: { Authorization: [authorization, 'Bearer x'] },
        }),
      ],
    ])('refuses a client that authenticates %s', async (_what, headersOf) => {
      const request = aRequest({ token: issuer.token() });
      const { headers, multiValueHeaders } = headersOf(basic('web', SECRET)) as Record<string, object>;
      const event = { ...request, headers: { ...request.headers, ...headers }, multiValueHeaders };

      await expect(anEndpoint(name, 'Basic')(event)).resolves.toMatchObject({ statusCode: 401 });
      await expect(anEndpoint(name)(event)).resolves.toMatchObject({ statusCode: 401 });
      expect(lambda.payloads).toEqual([]);
    });

    it('takes a client that authenticates once, told in both ways', async () => {
      const request = aRequest(
        { token: issuer.token({ claims: { client_id: 'web' } }) },
        { authorization: basic('web', SECRET) },
      );
      const multiValueHeaders = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, [value]]),
      );

      await expect(anEndpoint(name, 'Basic')({ ...request, multiValueHeaders })).resolves.toMatchObject({
        statusCode: 200,
      });
    });

    it('refuses a form with two content types', async () => {
      const types = ['application/x-www-form-urlencoded', 'application/json'];
      const event = { ...aRequest({ token: issuer.token() }), multiValueHeaders: { 'Content-Type': types } };
      await expect(anEndpoint(name)(event)).resolves.toMatchObject({ statusCode: 400 });
    });

    it('refuses a request that IAM did not authenticate, should API Gateway ever let one through', async () => {
      const request = aRequest({ token: issuer.token() }, { userArn: null });
      await expect(anEndpoint(name)(request)).resolves.toMatchObject({ statusCode: 401 });
    });

    it('reads a form that API Gateway has encoded', async () => {
      const request = aRequest({ token: issuer.token() });
      const encoded = {
        ...request,
        body: Buffer.from(request.body).toString('base64'),
        isBase64Encoded: true,
      };
      await expect(anEndpoint(name)(encoded)).resolves.toMatchObject({ statusCode: 200 });
    });
  });
});

describe('the revocation endpoint', () => {
  it('revokes a token, and says no more than that', async () => {
    const token = issuer.token();
    const other = issuer.token();

    await expect(
      anEndpoint('revocation')(aRequest({ token, token_type_hint: 'access_token' })),
    ).resolves.toEqual({
      statusCode: 200,
      headers: { 'Content-Type': 'application/json', ...NO_STORE },
      body: '',
    });
    expect([await isActive(token), await isActive(other)]).toEqual([false, true]);
    expect(lambda.payloads).toMatchObject([
      { command: 'revoke', actor: ROLE, target: { dimension: 'token' } },
    ]);
  });

  it('never revokes by a token whose signature is not right', async () => {
    const jti = 'of-somebody-else';
    const victim = issuer.token({ claims: { jti } });
    const forged = [
      issuer.token({ claims: { jti }, signingKey: stranger.privateKey }),
      `${victim.split('.').slice(0, 2).join('.')}.AAAA`,
      signedToken({ alg: 'none', typ: 'JWT' }, { iss: issuer.url, jti }, issuer.privateKey),
    ];
    for (const token of forged) {
      await expect(anEndpoint('revocation')(aRequest({ token }))).resolves.toMatchObject({ statusCode: 200 });
    }
    expect(lambda.payloads).toEqual([]);
    expect(await isActive(victim)).toBe(true);
  });

  test.each([
    ['garbage', () => 'garbage'],
    ['an expired token', () => issuer.token({ claims: { iat: 1_600_000_000, exp: 1_600_003_600 } })],
    ['a token of another issuer', () => stranger.token()],
    ['a token for another audience', () => issuer.token({ claims: { aud: 'billing' } })],
    ['a token of a megabyte', () => 'a'.repeat(1_000_000)],
  ])('answers %s as if it were revoked now, and revokes nothing', async (_what, tokenOf) => {
    await expect(anEndpoint('revocation')(aRequest({ token: tokenOf() }))).resolves.toMatchObject({
      statusCode: 200,
      body: '',
    });
    expect(lambda.payloads).toEqual([]);
  });

  it('says that refresh tokens are none of its business', async () => {
    const request = aRequest({ token: 'opaque', token_type_hint: 'refresh_token' });
    const { statusCode, body } = await anEndpoint('revocation')(request);
    expect(statusCode).toBe(400);
    expect(JSON.parse(body)).toMatchObject({ error: 'unsupported_token_type' });
  });

  it('takes a wrong hint for what it is', async () => {
    const token = issuer.token();
    await anEndpoint('revocation')(aRequest({ token, token_type_hint: 'refresh_token' }));
    expect(await isActive(token)).toBe(false);
  });

  it('lets a client revoke what was issued to it, and nothing else', async () => {
    const endpoint = anEndpoint('revocation', 'Basic');
    const authorization = basic('web', SECRET);
    const own = issuer.token({ claims: { client_id: 'web' } });
    const others = [issuer.token({ claims: { client_id: 'mobile' } }), issuer.token()];

    await expect(endpoint(aRequest({ token: own }, { authorization }))).resolves.toMatchObject({
      statusCode: 200,
    });
    expect(lambda.payloads).toMatchObject([{ actor: 'web' }]);
    for (const token of others) {
      const { statusCode, body } = await endpoint(aRequest({ token }, { authorization }));
      expect(statusCode).toBe(400);
      expect(JSON.parse(body)).toMatchObject({ error: 'unauthorized_client' });
    }
    expect(lambda.payloads).toHaveLength(1);
  });

  it('asks to try again when the revocation was not confirmed', async () => {
    lambda.onInvoke = () => ({ status: 503 });
    const answer = await anEndpoint('revocation')(aRequest({ token: issuer.token() }));
    expect(answer).toMatchObject({ statusCode: 503, headers: { ...NO_STORE, 'Retry-After': '1' } });
  });
});

describe('a token that cannot be judged yet', () => {
  const soon = () => Math.floor(Date.now() / 1000) + AHEAD_SECONDS;
  /** Its issuer published the key a moment after an unknown `kid` made the endpoint look for new keys. */
  async function aTokenOfAKeyInCoolDown(endpoint: Endpoint): Promise<string> {
    const unknown = issuer.token({ header: { kid: 'made-up' } });
    await expect(endpoint(aRequest({ token: unknown }))).resolves.toMatchObject({ statusCode: 200 });
    const added = { ...stranger.jwk, kid: 'rotated' };
    issuer.answer = { status: 200, body: JSON.stringify({ keys: [issuer.jwk, added] }) };
    return issuer.token({ header: { kid: 'rotated' }, signingKey: stranger.privateKey });
  }
  afterEach(() => {
    issuer.answer = { status: 200, body: JSON.stringify({ keys: [issuer.jwk] }) };
  });

  test.each([
    ['issued in the future', () => issuer.token({ claims: { iat: soon(), exp: soon() + 60 } })],
    ['valid in the future only', () => issuer.token({ claims: { nbf: soon() } })],
  ])('is not acknowledged as revoked when it is %s', async (_what, tokenOf) => {
    for (const hint of ['access_token', 'refresh_token']) {
      const request = aRequest({ token: tokenOf(), token_type_hint: hint });
      const { statusCode, headers, body } = await anEndpoint('revocation')(request);
      expect({ statusCode, headers }).toMatchObject({ statusCode: 503, headers: { 'Retry-After': '1' } });
      expect(JSON.parse(body)).toMatchObject({ error: 'temporarily_unavailable' });
    }
    expect(lambda.payloads).toEqual([]);
    expect(await isActive(tokenOf())).toBe(false);
  });

  it('is not acknowledged as revoked while its new key is not looked for', async () => {
    const endpoint = anEndpoint('revocation');
    const token = await aTokenOfAKeyInCoolDown(endpoint);

    await expect(endpoint(aRequest({ token }))).resolves.toMatchObject({ statusCode: 503 });
    expect(lambda.payloads).toEqual([]);
    const afresh = anEndpoint('revocation');
    await expect(afresh(aRequest({ token }))).resolves.toMatchObject({ statusCode: 200 });
    expect(lambda.payloads).toHaveLength(1);
  });

  it('is not called inactive while its new key is not looked for', async () => {
    const endpoint = anEndpoint('introspection');
    const token = await aTokenOfAKeyInCoolDown(endpoint);

    await expect(endpoint(aRequest({ token }))).resolves.toMatchObject({ statusCode: 503 });
    expect(await isActive(token)).toBe(true);
  });
});

describe('a token whose issuer has replaced the key under its kid', () => {
  const publish = (...keys: readonly object[]) => {
    issuer.answer = { status: 200, body: JSON.stringify({ keys }) };
  };
  const signedByTheNewKey = () => issuer.token({ signingKey: stranger.privateKey });
  /** An endpoint that remembers the old key. */
  async function aWarmEndpoint(name: 'revocation' | 'introspection'): Promise<Endpoint> {
    const endpoint = anEndpoint(name);
    await endpoint(aRequest({ token: issuer.token() }));
    lambda.payloads.length = 0;
    return endpoint;
  }
  afterEach(() => publish(issuer.jwk));

  it('is revoked', async () => {
    const endpoint = await aWarmEndpoint('revocation');
    publish({ ...stranger.jwk, kid: issuer.kid });
    const token = signedByTheNewKey();

    await expect(endpoint(aRequest({ token }))).resolves.toMatchObject({ statusCode: 200 });
    expect(lambda.payloads).toHaveLength(1);
    expect(await isActive(token)).toBe(false);
  });

  it('is not acknowledged as revoked while both keys are published, since it is accepted when one of them goes', async () => {
    publish(issuer.jwk, { ...stranger.jwk, kid: issuer.kid });
    for (const token of [issuer.token(), signedByTheNewKey()]) {
      const request = aRequest({ token, token_type_hint: 'refresh_token' });
      const { statusCode, body } = await anEndpoint('revocation')(request);
      expect(statusCode).toBe(503);
      expect(JSON.parse(body)).toMatchObject({ error: 'temporarily_unavailable' });
      expect(await isActive(token)).toBe(false);
    }
    expect(lambda.payloads).toEqual([]);
  });

  it('is called active', async () => {
    const endpoint = await aWarmEndpoint('introspection');
    publish({ ...stranger.jwk, kid: issuer.kid });
    const { body } = await endpoint(aRequest({ token: signedByTheNewKey() }));

    expect(JSON.parse(body)).toMatchObject({ active: true });
  });

  test.each(['revocation', 'introspection'] as const)(
    'is not judged by the %s endpoint while the new key is not looked for',
    async (name) => {
      const endpoint = await aWarmEndpoint(name);
      const token = signedByTheNewKey();
      const before = issuer.fetches;
      await expect(endpoint(aRequest({ token }))).resolves.toMatchObject({ statusCode: 200 });
      expect(issuer.fetches).toBe(before + 1);
      publish({ ...stranger.jwk, kid: issuer.kid });

      await expect(endpoint(aRequest({ token }))).resolves.toMatchObject({ statusCode: 503 });
      expect(issuer.fetches).toBe(before + 1);
      expect(lambda.payloads).toEqual([]);
    },
  );
});

describe('the introspection endpoint', () => {
  it('shows an active token', async () => {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      jti: 'j-1',
      iat: now - 5,
      nbf: now - 5,
      exp: now + 60,
      scope: 'orders:read',
      client_id: 'web',
    };
    const { statusCode, headers, body } = await anEndpoint('introspection')(
      aRequest({ token: issuer.token({ claims: { ...claims, email: 'alice@example.com' } }) }),
    );
    expect({ statusCode, headers }).toEqual({
      statusCode: 200,
      headers: { 'Content-Type': 'application/json', ...NO_STORE },
    });
    expect(JSON.parse(body)).toEqual({
      active: true,
      token_type: 'Bearer',
      iss: issuer.url,
      sub: 'alice',
      aud: 'orders',
      ...claims,
    });
  });

  test.each([
    ['garbage', async () => 'garbage'],
    ['a forged token', async () => issuer.token({ signingKey: stranger.privateKey })],
    ['an expired token', async () => issuer.token({ claims: { iat: 1_600_000_000, exp: 1_600_003_600 } })],
    [
      'a revoked token',
      async () => {
        const token = issuer.token();
        const by = { reason: 'test', actor: 'test' };
        await admin({ command: 'revoke', target: { dimension: 'token', token }, ...by });
        return token;
      },
    ],
    [
      'a token of a blocked subject',
      async () => {
        const target = { dimension: 'subject', subject: 'mallory' };
        await admin({ command: 'revoke', target, block: true, reason: 'test', actor: 'test' });
        return issuer.token({ claims: { sub: 'mallory' } });
      },
    ],
  ])('says of %s that it is not active, and not why', async (_what, tokenOf) => {
    const { statusCode, body } = await anEndpoint('introspection')(aRequest({ token: await tokenOf() }));
    expect(statusCode).toBe(200);
    expect(body).toBe('{"active":false}');
  });

  it('asks to try again when the table does not answer, rather than say active', async () => {
    const endpoint = process.env['AWS_ENDPOINT_URL_DYNAMODB'];
    process.env['AWS_ENDPOINT_URL_DYNAMODB'] = 'http://127.0.0.1:1';
    try {
      const answer = await anEndpoint('introspection')(aRequest({ token: issuer.token() }));
      expect(answer).toMatchObject({ statusCode: 503 });
    } finally {
      process.env['AWS_ENDPOINT_URL_DYNAMODB'] = endpoint;
    }
  });
});
