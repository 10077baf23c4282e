import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { ENVIRONMENT } from '../lambda/environment.ts';
import { controlPlane } from './control-plane.ts';
import { createTables } from './dynamodb.ts';
import { invokeApi } from './invoke-api.ts';
import { Issuer } from './issuer.ts';
import { LambdaFunctions } from './lambda-functions.ts';
import { LocalApis, PREFIXES } from './local-apis.ts';
import type { LocalServer } from './local-server.ts';
import { localValues } from './local-values.ts';
import type { Template } from './template.ts';

interface Options {
  readonly server: LocalServer;
  /** The folder of the cloud assembly, where the code of the functions lies. */
  readonly assembly: string;
  readonly template: Template;
  /** Where the tables are, or are created. */
  readonly dynamoDbEndpoint: string;
  /** Gets a line about each thing that happens; never a token. */
  readonly log: (line: string) => void;
}

/** A stack that is being served. */
export interface OpenStack {
  readonly apis: LocalApis;
  readonly functions: LambdaFunctions;
}

/** Serves a stack on the server: its APIs, functions and tables, the issuer, and what of AWS its functions call. */
export async function openStack(options: Options): Promise<OpenStack> {
  const { server, assembly, template, dynamoDbEndpoint, log } = options;
  const { origin } = server;
  const lookup = localValues(template, `${origin}/issuer`);
  await createTables(template, lookup, dynamoDbEndpoint);

  const issuer = new Issuer(`${origin}/issuer`);
  const functions = new LambdaFunctions({
    assembly,
    template,
    lookup,
    environment: (declared) => ({
      ...issuer.adopt(declared),
      [ENVIRONMENT.localMode]: '1',
      AWS_ENDPOINT_URL_API_GATEWAY: origin,
      AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: `${origin}${PREFIXES.webSocket}`,
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDbEndpoint,
      AWS_ENDPOINT_URL_SSM: origin,
    }),
    log: (name, line) => log(`[${name}] ${line}`),
  });
  const apis = new LocalApis({ template, lookup, functions, log });

  const app = new Hono<{ Bindings: HttpBindings }>()
    .route('/issuer', issuer.routes())
    .route('/', invokeApi(functions, log))
    .route('/', controlPlane({ template, lookup, flush: (...stage) => apis.flush(...stage) }));
  apis.serve(app, server);
  app.onError((error, c) => {
    log(`The local mode failed: ${error.stack}`);
    return c.json({ message: 'The local mode itself failed; its terminal says why.' }, 500);
  });
  server.serve(app);
  return { apis, functions };
}
