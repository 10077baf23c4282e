// Entry of the local mode, `npm start`: the stack of this clone on one loopback port, without AWS and without Docker.
import { styleText } from 'node:util';
import { startDynamoDb } from './dynamodb.ts';
import { findAddresses } from './find-addresses.ts';
import { LocalServer } from './local-server.ts';
import { openStack } from './open-stack.ts';
import type { Options } from './parse-options.ts';
import { HELP, parseOptions } from './parse-options.ts';
import { synthesize } from './synthesize.ts';
import { Template } from './template.ts';
import { formatWalkthrough, runWalkthrough } from './walkthrough.ts';

const INTERRUPTED = 130;

/** Requests and what the functions log, beside the answers on standard output. */
function log(line: string): void {
  console.error(styleText('dim', line, { stream: process.stderr }));
}

async function start(options: Options, signal: AbortSignal) {
  const { port, isBundled, dynamoDbEndpoint, allowedOrigins } = options;
  const server = await LocalServer.listen(port, log, allowedOrigins);
  const { origin } = server;
  const assembly = await synthesize({ isBundled, signal });
  const endpoint = dynamoDbEndpoint ?? (await startDynamoDb()).endpoint;
  const { apis, functions } = await openStack({
    server,
    assembly,
    template: Template.read(assembly),
    dynamoDbEndpoint: endpoint,
    log,
  });

  const isEmbedded = dynamoDbEndpoint === undefined;
  console.log(`The local mode is ready at ${origin}. Ctrl-C ends it.

  ${apis.describe(origin).join('\n  ')}
  ${origin}/issuer   POST /issuer/token mints any token
  AWS_ENDPOINT_URL_LAMBDA=${origin}   ${functions.names.join(', ')}
  AWS_ENDPOINT_URL_DYNAMODB=${endpoint}   ${isEmbedded ? 'embedded, empty at each start' : 'yours'}
  ${allowedOrigins.length > 0 ? `Web pages of ${allowedOrigins.join(', ')} are let in.` : NO_PAGES}
`);
  return findAddresses(origin, apis.settings, functions.names);
}

async function main(): Promise<void> {
  const interruption = new AbortController();
  const options = parseOptions(process.argv.slice(2), process.env);
  if (options.isHelp) return console.log(HELP);
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

const NO_PAGES = 'No web page is let in; npm start -- --allow-origin <origin> lets yours in.';

const NO_WALKTHROUGH =
  'The stack has no API with a protected GET route, or no admin function, so there is no walkthrough; ' +
  'demo: true in authorizer.config.ts adds them.';

try {
  await main();
} catch (error) {
  const isDebug = process.env['REVOCABLE_AUTHORIZER_DEBUG'] === '1';
  console.error(isDebug ? error : `error: ${(error as Error).message}`);
  process.exit(1);
}
