import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { IssuerSettings } from '../../lambda/environment.ts';
import { ENVIRONMENT } from '../../lambda/environment.ts';
import type { InvocationResult } from '../../playground/lambda-runtime.ts';
import { LambdaFunction } from '../../playground/lambda-runtime.ts';
import type { TestTable } from './a-revocation-table.ts';

/** What came of one event: the answer on the wire, and the one line in the log. */
export interface Outcome {
  readonly result: InvocationResult;
  readonly line: string;
  readonly entry: Readonly<Record<string, unknown>>;
}

/** The bundled authorizer in a thread of its own, as the local mode runs it, with its log. */
export interface LoggingFunction {
  invoke(event: unknown): Promise<Outcome>;
  close(): Promise<void>;
}

export function aLoggingFunction(
  issuers: readonly IssuerSettings[],
  table: TestTable,
  variables: Readonly<Record<string, string>> = {},
): LoggingFunction {
  const lines: string[] = [];
  const lambda = new LambdaFunction(
    {
      name: 'under-test',
      arn: 'arn:aws:lambda:us-east-1:123456789012:function:under-test',
      file: join(import.meta.dirname, '..', '..', 'dist', 'lambda', 'authorizer', 'index.js'),
      exportName: 'handler',
      environment: {
        [ENVIRONMENT.issuers]: JSON.stringify(issuers),
        [ENVIRONMENT.tableName]: table.tableName,
        [ENVIRONMENT.localMode]: '1',
        AWS_ENDPOINT_URL_DYNAMODB: table.endpoint,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        ...variables,
      },
      timeoutSeconds: 10,
      memoryMegabytes: 512,
    },
    (line) => lines.push(line),
  );
  return {
    invoke: async (event) => {
      const before = lines.length;
      const result = await lambda.invoke(JSON.stringify(event) ?? 'null');
      // The line comes by another channel than the answer.
      for (let turns = 0; lines.length === before && turns < 10_000; turns += 1) await nextTurn();
      const written = lines.slice(before);
      const [line = ''] = written;
      if (written.length !== 1)
        throw new Error(`${written.length} lines, ${JSON.stringify(result)}: ${written.join('\n')}`);
      return { result, line, entry: JSON.parse(line) as Record<string, unknown> };
    },
    close: () => lambda.close(),
  };
}

/** The event of a REST API TOKEN authorizer. */
export function aTokenEvent(authorizationToken: unknown) {
  return {
    type: 'TOKEN',
    authorizationToken,
    methodArn: 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/GET/orders',
  };
}
