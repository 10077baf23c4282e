import { parseArgs } from 'node:util';

/** How the local mode was asked to run. */
export interface Options {
  /** 0: any free port. */
  readonly port: number;
  /** Runs the walkthrough and ends. */
  readonly isWalkthrough: boolean;
  /** Takes the bundles in dist/lambda as they are. */
  readonly isBundled: boolean;
  /** Where a DynamoDB runs already; absent: the embedded one is used. */
  readonly dynamoDbEndpoint?: string;
}

export const USAGE = 'npm start [-- --walkthrough]';
const DEFAULT_PORT = 4010;

/**
 * Reads the command line and the environment.
 *
 * @param args without the program's own name
 * @throws {Error} one sentence that names what is wrong, the value, and what is allowed
 */
export function parseOptions(args: readonly string[], environment: NodeJS.ProcessEnv): Options {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: { walkthrough: { type: 'boolean' }, 'no-bundle': { type: 'boolean' } },
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const unknown = [
    ...positionals,
    ...tokens.flatMap((token) =>
      token.kind === 'option' && !['walkthrough', 'no-bundle'].includes(token.name) ? token.rawName : [],
    ),
  ];
  if (unknown.length > 0) throw new Error(`Unknown argument "${unknown[0]}"; usage: ${USAGE}`);
  const endpoint = environment['AWS_ENDPOINT_URL_DYNAMODB'];
  if (endpoint && !URL.canParse(endpoint)) {
    throw new Error(
      `AWS_ENDPOINT_URL_DYNAMODB is "${endpoint}", which is no URL; set it to one such as http://127.0.0.1:8000, or unset it.`,
    );
  }
  return {
    port: parsePort(environment['PORT']),
    isWalkthrough: values['walkthrough'] === true,
    isBundled: values['no-bundle'] === true,
    ...(endpoint && { dynamoDbEndpoint: endpoint }),
  };
}

function parsePort(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_PORT;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw new Error(
    `PORT is "${text}"; it must be a whole number from 1 to 65535, or 0 for any free port, for example: PORT=4011 npm start`,
  );
}
