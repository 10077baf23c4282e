import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDynamoDb } from '../../playground/dynamodb.ts';
import { LocalServer } from '../../playground/local-server.ts';
import { openStack } from '../../playground/open-stack.ts';
import { Template } from '../../playground/template.ts';
import type { Gateway } from './gateway.ts';

/** One stack of a cloud assembly behind the local gateway, in this process. */
export interface LocalStack {
  readonly origin: string;
  readonly gateway: Gateway;
  readonly close: () => Promise<void>;
}

export async function openLocalStack(assembly: string, name: string): Promise<LocalStack> {
  const log = () => {}; // what differs is reported with its request
  const dynamoDb = await startDynamoDb();
  const server = await LocalServer.listen(0, log);
  const { origin } = server;
  const { functions } = await openStack({
    server,
    assembly,
    template: new Template(JSON.parse(readFileSync(join(assembly, `${name}.template.json`), 'utf8'))),
    dynamoDbEndpoint: dynamoDb.endpoint,
    log,
  });
  return {
    origin,
    gateway: {
      lambdaEndpoint: origin,
      revocations: 'Authorizer-Revocations',
      rest: { origin, base: '/rest' },
      http: { origin, base: '/http' },
    },
    close: async () => {
      server.close();
      dynamoDb.close();
      await functions.close();
    },
  };
}
