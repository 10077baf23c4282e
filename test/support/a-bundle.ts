import { createRequire } from 'node:module';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { Context } from 'aws-lambda';
import type { IssuerSettings } from '../../lambda/environment.ts';
import { ENVIRONMENT } from '../../lambda/environment.ts';

const require = createRequire(import.meta.url);

/** Loads a bundled function, the very file that is deployed, with a fresh start-up for every call. */
export function aBundle<Answer>(
  name: 'authorizer' | 'revocations' | 'revocation-endpoint' | 'introspection-endpoint',
  environment: {
    issuers: readonly IssuerSettings[];
    tableName: string;
    /** Further variables; read at start-up, so that the next bundle does not get them. */
    variables?: Readonly<Record<string, string>>;
  },
): (event: unknown) => Promise<Answer> {
  process.env[ENVIRONMENT.issuers] = JSON.stringify(environment.issuers);
  process.env[ENVIRONMENT.tableName] = environment.tableName;
  process.env[ENVIRONMENT.localMode] = '1';
  process.env['POWERTOOLS_LOG_LEVEL'] ??= 'SILENT';
  const file = join(import.meta.dirname, '..', '..', 'dist', 'lambda', name, 'index.js');
  jest.resetModules();
  // The deadline of a look-up has tests of its own; the others must not fail on a loaded machine.
  const variables = {
    [ENVIRONMENT.lookUp]: JSON.stringify({ deadlineMs: 10_000 }),
    ...environment.variables,
  };
  Object.assign(process.env, variables);
  const { handler } = require(file) as { handler: (event: unknown, context: Context) => Promise<Answer> };
  for (const name of Object.keys(variables)) delete process.env[name];
  return (event) => handler(event, aContext());
}

function aContext(): Context {
  const deadline = Date.now() + 25_000;
  return {
    awsRequestId: '00000000-0000-4000-8000-000000000000',
    functionName: 'under-test',
    getRemainingTimeInMillis: () => deadline - Date.now(),
  } as Context;
}
