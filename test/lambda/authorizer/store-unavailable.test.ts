// The bundled authorizer when its table does not answer.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LookUpSettings } from '../../../lambda/environment.ts';
import { ENVIRONMENT } from '../../../lambda/environment.ts';
import type { Answer } from '../../../lambda/revocations/apply-command.ts';
import type { RouteTable } from '../../../lambda/route-table.ts';
import { aBundle } from '../../support/a-bundle.ts';
import type { FaultyNetwork } from '../../support/a-faulty-network.ts';
import { aFaultyNetwork } from '../../support/a-faulty-network.ts';
import type { TestTable } from '../../support/a-revocation-table.ts';
import { aRevocationTable, useDynamoDb } from '../../support/a-revocation-table.ts';
import type { TestIssuer } from '../../support/an-issuer.ts';
import { anIssuer } from '../../support/an-issuer.ts';

let issuer: TestIssuer;
let table: TestTable;
let network: FaultyNetwork;

beforeEach(async () => {
  [issuer, table] = await Promise.all([anIssuer(), aRevocationTable()]);
  network = await aFaultyNetwork(table.endpoint);
  useDynamoDb(network.endpoint);
});
afterEach(async () => {
  await Promise.all([issuer.close(), network.close()]);
  await table.close();
});

function anAuthorizer(
  lookUp: LookUpSettings,
  routes?: RouteTable,
): (token: string, route?: string) => Promise<unknown> {
  const variables = {
    [ENVIRONMENT.lookUp]: JSON.stringify(lookUp),
    ...(routes && { [ENVIRONMENT.routes]: JSON.stringify(routes) }),
  };
  const authorizer = aBundle<unknown>('authorizer', { ...environment(), variables });
  return (token, route = 'GET/orders') =>
    authorizer({
      type: 'TOKEN',
      authorizationToken: `Bearer ${token}`,
      methodArn: `arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/${route}`,
    });
}

const environment = () => ({ issuers: [issuer.settings()], tableName: table.tableName });
const FAULT = /^revocation_store_unavailable: /;

describe('when the table does not answer', () => {
  it('fails for every token by default, also for one that it has just found live', async () => {
    const authorize = anAuthorizer({ deadlineMs: 2000 });
    const token = issuer.token();
    await authorize(token);
    network.plan = () => 'reset';

    await expect(authorize(token)).rejects.toThrow(FAULT);
  });

  it('lets those through, and no others, that it found live in the time that its owner allows', async () => {
    const authorize = anAuthorizer({ deadlineMs: 2000, allowOnStoreUnavailableSeconds: 60 });
    const [known, stranger] = [issuer.token(), issuer.token()];
    await authorize(known);
    network.plan = () => 'reset';

    await expect(authorize(known)).resolves.toMatchObject({ principalId: 'alice' });
    await expect(authorize(stranger)).rejects.toThrow(FAULT);
    const otherSandbox = anAuthorizer({ deadlineMs: 2000, allowOnStoreUnavailableSeconds: 60 });
    await expect(otherSandbox(known)).rejects.toThrow(FAULT);
  });

  it('lets nobody through on a route that the owner has not listed', async () => {
    const authorize = anAuthorizer({
      deadlineMs: 2000,
      allowOnStoreUnavailableSeconds: 60,
      allowOnStoreUnavailableRoutes: ['GET /orders', 'GET /orders/{id}'],
    });
    const token = issuer.token();
    await authorize(token, 'POST/orders');
    network.plan = () => 'reset';

    await expect(authorize(token, 'GET/orders/42')).resolves.toMatchObject({ principalId: 'alice' });
    await expect(authorize(token, 'POST/orders')).rejects.toThrow(FAULT);
    await expect(authorize(token, 'GET/orders/42/items')).rejects.toThrow(FAULT);
  });

  it('lets nobody through on a route that has a rule of its own beside the listed one', async () => {
    const authorize = anAuthorizer(
      {
        deadlineMs: 2000,
        allowOnStoreUnavailableSeconds: 60,
        allowOnStoreUnavailableRoutes: ['GET /orders/{id}', '$default'],
      },
      {
        rules: ['GET /orders/{id}', 'GET /orders/export'].map((route) => ({ route, anyone: true as const })),
      },
    );
    const token = issuer.token();
    await authorize(token, 'GET/orders/42');
    network.plan = () => 'reset';

    await expect(authorize(token, 'GET/orders/42')).resolves.toMatchObject({ principalId: 'alice' });
    await expect(authorize(token, 'GET/orders/export')).rejects.toThrow(FAULT);
  });

  it('never lets a token through that it has found revoked', async () => {
    const authorize = anAuthorizer({ deadlineMs: 2000, allowOnStoreUnavailableSeconds: 60 });
    const token = issuer.token();
    await authorize(token);
    const target = { dimension: 'token', token };
    await aBundle<Answer>(
      'revocations',
      environment(),
    )({ command: 'revoke', target, reason: 'r', actor: 'a' });
    await expect(authorize(token)).rejects.toThrow(/^Unauthorized$/);
    network.plan = () => 'reset';

    await expect(authorize(token)).rejects.toThrow(/^Unauthorized$/);
  });

  it('never lets a token through that has expired meanwhile', async () => {
    const authorize = anAuthorizer({ deadlineMs: 2000, allowOnStoreUnavailableSeconds: 60 });
    const token = issuer.token({ claims: { exp: Math.floor(Date.now() / 1000) } }); // and the grace of 2 s
    await authorize(token);
    network.plan = () => 'reset';
    await new Promise((resolve) => setTimeout(resolve, 2000));

    await expect(authorize(token)).rejects.toThrow(/^Unauthorized$/);
  });
});
