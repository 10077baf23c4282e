// Entry of the local mode, `npm start`: the stack of this clone on one loopback port, without AWS and without Docker.
import { styleText } from 'node:util';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { ENVIRONMENT } from '../lambda/environment.ts';
import { createTables, startDynamoDb } from './dynamodb.ts';
import { findAddresses } from './find-addresses.ts';
import { invokeApi } from './invoke-api.ts';
import { Issuer } from './issuer.ts';
import { LambdaFunctions } from './lambda-functions.ts';
import { LocalServer } from './local-server.ts';
import { localValues } from './local-values.ts';
import type { Options } from './parse-options.ts';
import { parseOptions } from './parse-options.ts';
import { readRestApi } from './read-rest-api.ts';
import { RestApi } from './rest-api.ts';
import { restRoutes } from './rest-routes.ts';
import { synthesize } from './synthesize.ts';
import { Template } from './template.ts';
import { formatWalkthrough, runWalkthrough } from './walkthrough.ts';

const INTERRUPTED = 130;

/** Requests and what the functions log, beside the answers on standard output. */
function log(line: string): void {
  console.error(styleText('dim', line, { stream: process.stderr }));
}

async function start({ port, isBundled, dynamoDbEndpoint }: Options, signal: AbortSignal) {
  const server = await LocalServer.listen(port, log);
  const { origin } = server;
  const assembly = await synthesize({ isBundled, signal });
  const template = Template.read(assembly);
  const lookup = localValues(template, `${origin}/issuer`);

  const endpoint = dynamoDbEndpoint ?? (await startDynamoDb()).endpoint;
  await createTables(template, lookup, endpoint);

  const issuer = new Issuer(`${origin}/issuer`);
  const functions = new LambdaFunctions({
    assembly,
    template,
    lookup,
    environment: (declared) => ({
      ...issuer.adopt(declared),
      [ENVIRONMENT.localMode]: '1',
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    }),
    log: (name, line) => log(`[${name}] ${line}`),
  });
  const settings = readRestApi(template, lookup);
  const addresses = settings && findAddresses(origin, settings, functions.names);

  const app = new Hono<{ Bindings: HttpBindings }>()
    .route('/issuer', issuer.routes())
    .route('/', invokeApi(functions, log));
  if (settings) app.route('/', restRoutes(new RestApi(settings, { functions, log }), '/rest'));
  app.onError((error, c) => {
    log(`The local mode failed: ${error.stack}`);
    return c.json({ message: 'The local mode itself failed; its terminal says why.' }, 500);
  });
  server.serve(app);

  const isEmbedded = dynamoDbEndpoint === undefined;
  console.log(`The local mode is ready at ${origin}. Ctrl-C ends it.

  ${origin}/rest     ${
    settings?.routes
      .filter(({ httpMethod }) => httpMethod !== 'OPTIONS')
      .map(({ httpMethod, resourcePath }) => `${httpMethod} ${resourcePath}`)
      .join(', ') ?? 'no REST API in the stack'
  }
  ${origin}/issuer   POST /issuer/token mints any token
  AWS_ENDPOINT_URL_LAMBDA=${origin}   ${functions.names.join(', ')}
  AWS_ENDPOINT_URL_DYNAMODB=${endpoint}   ${isEmbedded ? 'embedded, empty at each start' : 'yours'}
`);
  return addresses;
}

async function main(): Promise<void> {
  const interruption = new AbortController();
  const options = parseOptions(process.argv.slice(2), process.env);
  let isServing = false;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      interruption.abort(); // ends the child processes; threads and sockets end with this one
      process.exit(isServing ? 0 : INTERRUPTED);
    });
  }

  const addresses = await start(options, interruption.signal);
  if (options.isWalkthrough) {
    if (!addresses) throw new Error(NO_WALKTHROUGH);
    const differences = await runWalkthrough({ addresses, print: console.log, signal: interruption.signal });
    for (const difference of differences) console.error(`Not as expected: ${difference}`);
    if (differences.length === 0) console.log('\nEvery answer was as expected.');
    process.exit(differences.length === 0 ? 0 : 1);
  }
  isServing = true;
  if (addresses) {
    console.log(`Paste these into another terminal, in this folder:\n\n${formatWalkthrough(addresses)}\n`);
  } else {
    console.log(NO_WALKTHROUGH);
  }
}

const NO_WALKTHROUGH =
  'The stack has no REST API with a protected GET method, or no admin function, so there is no walkthrough; ' +
  'demo: true in authorizer.config.ts adds them.';

try {
  await main();
} catch (error) {
  const isDebug = process.env['REVOCABLE_AUTHORIZER_DEBUG'] === '1';
  console.error(isDebug ? error : `error: ${(error as Error).message}`);
  process.exit(1);
}
