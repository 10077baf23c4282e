import { parseArgs } from 'node:util';

/** How the local mode was asked to run. */
export interface Options {
  /** 0: any free port. */
  readonly port: number;
  /** Prints the help and ends. */
  readonly isHelp: boolean;
  /** Runs the walkthrough and ends. */
  readonly isWalkthrough: boolean;
  /** Takes the bundles in dist/lambda as they are. */
  readonly isBundled: boolean;
  /** The origins whose web pages are let in. */
  readonly allowedOrigins: readonly string[];
  /** Where a DynamoDB runs already; absent: the embedded one is used. */
  readonly dynamoDbEndpoint?: string;
}

const USAGE = 'npm start [-- [--walkthrough] [--allow-origin <origin>]... [--no-bundle] [--help]]';
const DEFAULT_PORT = 4010;

export const HELP = `Usage: ${USAGE}

  --walkthrough            Runs the walkthrough, and exits with 0 if every response is as expected.
  --allow-origin <origin>  Lets the web pages of this origin call the local APIs, for example
                           http://localhost:3000. Repeat it for more origins.
  --no-bundle              Uses the bundles in dist/lambda as they are.
  --help                   Prints this help.

Environment: PORT, AWS_ENDPOINT_URL_DYNAMODB and REVOCABLE_AUTHORIZER_DEBUG; see playground/README.md.`;

const OPTIONS = {
  walkthrough: { type: 'boolean' },
  'allow-origin': { type: 'string', multiple: true },
  'no-bundle': { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/**
 * Reads the command line and the environment.
 *
 * @param args without the program's own name
 * @throws {Error} one sentence that names what is wrong, the value, and what is allowed
 */
export function parseOptions(args: readonly string[], environment: NodeJS.ProcessEnv): Options {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: OPTIONS,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const unknown = [
    ...positionals,
    ...tokens.flatMap((token) =>
      token.kind === 'option' && !Object.hasOwn(OPTIONS, token.name) ? token.rawName : [],
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
    isHelp: values['help'] === true,
    isWalkthrough: values['walkthrough'] === true,
    isBundled: values['no-bundle'] === true,
    allowedOrigins: (values['allow-origin'] ?? []).map(parseOrigin),
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

/** @param value without its option's value, `parseArgs` says `true` */
function parseOrigin(value: string | boolean): string {
  const text = typeof value === 'string' ? value : '';
  const isOrigin = /^https?:\/\/[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
  if (isOrigin) return text;
  throw new Error(
    `--allow-origin is "${text}"; it must be one origin as a browser writes it, for example: npm start -- --allow-origin http://localhost:3000`,
  );
}
