import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { Option } from 'commander';
import { decodeToken } from '../../lambda/authorizer/decode-token.ts';
import { Fault } from '../../lambda/fault.ts';
import type { RouteTable } from '../../lambda/route-table.ts';
import { issuersOf } from '../../lambda/route-table.ts';
import type { RuleCheck } from '../../lambda/routes/check-rules.ts';
import { openRules } from '../../lambda/routes/check-rules.ts';
import type { RoutedRequest } from '../../lambda/routes/match-route.ts';
import type { RoutedApi } from '../../lambda/routes/parse-route.ts';
import { VERBS } from '../../lambda/routes/parse-route.ts';
import { decodePath } from '../../lambda/routes/read-path.ts';
import { readRouteTable } from '../../lambda/routes/read-route-table.ts';
import { CliError } from '../cli-error.ts';
import type { Finish } from '../exit-codes.ts';
import { escapeControls, escapeJsonControls } from './escape-controls.ts';
import { paint } from './format-record.ts';
import { nowSeconds, parseTime } from './parse-time.ts';
import { readCredentials } from './read-token.ts';

const APIS = ['rest', 'http', 'websocket'] as const satisfies readonly RoutedApi[];

interface CanOptions {
  readonly routes: string;
  readonly claims?: string;
  readonly api?: RoutedApi;
  /** The id of the issuer of the token. */
  readonly issuer?: string;
  /** NumericDate, seconds since the epoch. */
  readonly at?: number;
  readonly json?: boolean;
}

const HELP = `
Whose claims:
  a token               from stdin, or asked for without being shown
  --claims <file>       a JSON object of claims

The claims are taken as they are: neither signature nor lifetime nor revocations are checked, and nothing is sent.
"explain" does that. The table is the file routes.<stack>.<authorizer>.json, which synthesis writes beside the templates.

For a WebSocket API the method is '$connect', in quotes, and the path is left out. The path is given as it is sent,
percent-encoded. On an HTTP API (--api http) a slash at its end counts, and the rule $default takes what no other takes.

Examples:
  revocable-authorizer can GET /orders/1 --routes cdk.out/routes.Orders.Authorizer.json < token.txt
  revocable-authorizer can POST /orders --routes routes.json --claims claims.json --at 2026-01-01T00:00:00Z`;

/** Adds `can`. */
export function addCanCommand(program: Command, finish: Finish): void {
  program
    .command('can')
    .description(
      'tell whether the route table lets the holder of some claims call a route, by which rule, and what is missing',
    )
    .argument('<method>', `${VERBS.join(', ')}, or $connect`)
    .argument('[path]', 'the path as a client sends it, without the stage and the query (default: /)')
    .requiredOption('--routes <file>', 'the route table (JSON), as synthesis writes it')
    .option('--claims <file>', 'take the claims from this file (JSON)')
    .addOption(
      new Option('--api <kind>', 'the kind of the API (default: rest, or websocket for $connect)').choices(
        APIS,
      ),
    )
    .option(
      '--issuer <id>',
      'the id of the issuer, where rules name issuers (default: the claim iss, if it is such an id)',
    )
    .option(
      '--at <time>',
      'ask about another time than now, in NumericDate seconds or RFC 3339',
      (text: string) => parseTime(text, '--at'),
    )
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', HELP)
    .action(async (method: string, path: string | undefined, options: CanOptions) => {
      const request = readRequest(method, path, options.api);
      const table = readTable(options.routes);
      const claims = await readClaims(options.claims);
      const { sub } = claims;
      const issuer = { id: options.issuer ?? String(claims['iss']), graceSeconds: 0 };
      const check = openRules(table)(
        { all: claims, subject: typeof sub === 'string' ? sub : '', issuer },
        request,
        options.at ?? nowSeconds(),
      );
      requireValues(table, check);
      if (options.issuer === undefined) requireKnownIssuer(table, check, issuer.id);
      const isAllowed = check.denial === undefined || check.denial.isLogOnly;
      const what = request.api === 'websocket' ? method : `${method} /${request.path}`;
      finish(options.json ? toJson(check, isAllowed) : describe(what, check), isAllowed ? 'done' : 'notLive');
    });
}

function readRequest(
  method: string,
  path: string | undefined,
  api: RoutedApi = method === '$connect' ? 'websocket' : 'rest',
): RoutedRequest {
  if ((method === '$connect') !== (api === 'websocket')) {
    throw new CliError(
      'refused',
      `the method is ${quote(method)}, and --api is ${api}; $connect belongs to websocket, and nothing else does`,
    );
  }
  if (api === 'websocket') {
    if (path === undefined) return { api, method, path: '' };
    throw new CliError('refused', '$connect has no path; leave it out');
  }
  if (!VERBS.some((verb) => verb === method)) {
    throw new CliError(
      'refused',
      `the method is ${quote(method)}; give one that a client sends, in capitals: ${VERBS.join(', ')}, or $connect for a WebSocket API`,
    );
  }
  if (!/^\/[^?#\s{}]*$/.test(path ?? '/')) {
    // What follows may be a secret.
    const [shown = ''] = (path ?? '').split(/[?#]/);
    throw new CliError(
      'refused',
      `the path is ${quote(shown)}${shown === path ? '' : ' and a query'}; give it as a client sends it, such as /orders/1, without host, stage, query and {variables}`,
    );
  }
  const sent = (path ?? '/').slice(1);
  // As API Gateway does.
  return { api, method, path: api === 'http' ? decodePath(sent) : sent };
}

function readTable(file: string): RouteTable {
  const table = JSON.stringify(readJson('--routes', file));
  try {
    return readRouteTable(table);
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    // Without the code and the variable of the function.
    const why = cause.message.replace(/^config_invalid: \w+[,:] /, '').replace(/\.$/, '');
    throw new CliError(
      'refused',
      `--routes ${quote(file)} holds no route table (${why}); give the file routes.<stack>.<authorizer>.json that synthesis writes`,
      { cause },
    );
  }
}

/** An issuer has its `iss` as its id, unless its owner gave another one: then only a rule without issuers can decide. */
function requireKnownIssuer(table: RouteTable, { rule: route }: RuleCheck, id: string): void {
  const rule = table.rules.find((each) => each.route === route);
  const named = new Set([...(table.issuers ?? []), ...table.rules.flatMap((each) => each.issuers ?? [])]);
  if (rule === undefined || issuersOf(rule, table) === undefined || named.has(id)) return;
  const known = [...named].map(quote).join(', ');
  throw new CliError(
    'refused',
    `the table has rules for the issuers ${known}, and the claim "iss" is none of these ids; give the id of the token's issuer as --issuer`,
  );
}

/** Synthesis writes `${LogicalId}` for what is known only at deployment, and no claim would ever be equal to that. */
function requireValues(table: RouteTable, check: RuleCheck): void {
  const rule = table.rules.find(({ route }) => route === check.rule);
  if (rule === undefined) return;
  const claim = (rule.groups ?? rule.anyGroup) ? table.groupsClaim : undefined;
  const asked = { ...rule, issuers: issuersOf(rule, table) };
  const [placeholder] = /\$\{[^}]*\}/.exec(JSON.stringify([asked, claim])) ?? [];
  if (placeholder === undefined) return;
  throw new CliError(
    'refused',
    `the rule ${quote(rule.route)} has ${placeholder} for a value that is known only at deployment; write that value into a copy of the file, and give the copy as --routes`,
  );
}

async function readClaims(file: string | undefined): Promise<Readonly<Record<string, unknown>>> {
  if (file !== undefined) {
    const claims = readJson('--claims', file);
    if (isObject(claims)) return claims;
    throw new CliError(
      'refused',
      `--claims ${quote(file)} holds ${Array.isArray(claims) ? 'a list' : claims === null ? 'null' : `a ${typeof claims}`}, and not a JSON object; give the claims of one token, such as {"scope":"orders:read"}`,
    );
  }
  const decoded = decodeToken(await readCredentials(process.stdin, process.stderr));
  if (decoded.ok) return decoded.value.unverifiedClaims;
  throw new CliError(
    'refused',
    'what was given on stdin is no JWT whose claims could be read; "explain" shows why, and --claims takes claims without a token',
  );
}

function readJson(option: string, file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const why =
      cause instanceof SyntaxError ? 'it is not JSON' : ((cause as NodeJS.ErrnoException).code ?? 'unknown');
    throw new CliError('refused', `${option} ${quote(file)} could not be read (${why})`, { cause });
  }
}

function describe(what: string, { rule: route, denial }: RuleCheck): string {
  const by = route === undefined ? 'no rule is about it' : `by the rule "${escapeControls(route)}"`;
  const unverified = 'The claims were taken as they are: nothing of the token was verified.';
  if (denial === undefined) return `${paint('green', 'yes')}: ${escapeControls(what)}, ${by}\n${unverified}`;
  const missing = denial.missing.map((each) => `  missing: ${escapeControls(each)}`);
  const answer = denial.isLogOnly
    ? `${paint('yellow', 'yes')}: ${escapeControls(what)}, ${by}, which only logs that it would refuse (${denial.reason})`
    : `${paint('red', 'no')}: ${escapeControls(what)}, ${by} (${denial.reason})`;
  return [answer, ...missing, unverified].join('\n');
}

function toJson({ rule: route, denial }: RuleCheck, isAllowed: boolean): string {
  return escapeJsonControls(
    JSON.stringify({
      command: 'can',
      allowed: isAllowed,
      verified: false,
      rule: route ?? null,
      reason: denial?.reason ?? null,
      missing: denial?.missing ?? [],
      logOnly: denial?.isLogOnly ?? false,
    }),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
