import type { Command } from 'commander';
import { explainLine } from '../../lambda/explain/explain-line.ts';
import type { DecisionGround, Explanation } from '../../lambda/explain/explanation.ts';
import { explanationOf, groundOf } from '../../lambda/explain/explanation.ts';
import { CliError } from '../cli-error.ts';
import type { ExitName, Finish } from '../exit-codes.ts';
import { askAdmin } from './ask-admin.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { addConnectionOptions } from './connection-options.ts';
import { escapeJsonControls } from './escape-controls.ts';
import type { OfflineOptions } from './explain-offline.ts';
import { formatExplanation } from './format-explanation.ts';
import { ExplainAnswer } from './parse-answer.ts';
import { parseTime } from './parse-time.ts';
import { readCredentials, readText } from './read-token.ts';
import { resolveConnection } from './resolve-connection.ts';

interface ExplainOptions extends ConnectionOptions, OfflineOptions {
  readonly logLine?: boolean;
  readonly reason?: string;
  readonly requestId?: string;
  /** NumericDate, seconds since the epoch. */
  readonly since?: number;
}

const HELP = `
What to explain, one of:
  a token               from stdin, or asked for without being shown; the admin function checks it as the authorizer does
  with --jwks           the same without AWS, against keys in a file; revocations are not checked
  --log-line            a line of the authorizer's log, from stdin
  --reason              a denial reason or fault code alone
  --request-id          the line with this id in the authorizer's log, which the admin function searches

The request id is that of the authorizer's Lambda invocation: "requestId" in its log lines,
$context.authorizer.requestId in the access log of the API, the id of the function in an X-Ray trace. The "requestId"
in the body of a refusal is another one, $context.requestId of API Gateway, which the authorizer is not told; an access
log that has both leads from one to the other.`;

/** Adds `explain`. */
export function addExplainCommand(program: Command, finish: Finish): void {
  const command = program
    .command('explain')
    .description(
      'show which check of the authorizer refuses a token, what was expected, and what to do; never shows the token',
    )
    .option('--jwks <file>', 'check offline against this key set (JSON); needs --issuer')
    .option('--issuer <url>', 'offline: the accepted iss, letter by letter')
    .option('--audience <audience...>', 'offline: accepted aud, or client ids of Cognito (default: any)')
    .option('--kind <kind>', 'offline: cognito or oidc', 'oidc')
    .option('--algorithm <alg...>', 'offline: allowed signature algorithms (default: RS256)')
    .option('--log-line', 'explain a line of the log')
    .option('--reason <code>', 'explain a denial reason or fault code')
    .option('--request-id <id>', "explain the decision with this id in the authorizer's log")
    .option(
      '--since <time>',
      'with --request-id: where to begin, in NumericDate seconds or RFC 3339 (default: a day ago)',
      (text: string) => parseTime(text, '--since'),
    )
    .addHelpText('after', HELP);
  addConnectionOptions(command).action(async (options: ExplainOptions) => {
    const { explanation, json } = await explain(options);
    finish(options.json ? json : formatExplanation(explanation), exitOf(explanation));
  });
}

function exitOf({ decision }: Pick<Explanation, 'decision'>): ExitName {
  return decision === 'allow' ? 'done' : 'notLive';
}

interface Explained {
  readonly explanation: ExplainAnswer;
  readonly json: string;
}

async function explain(options: ExplainOptions): Promise<Explained> {
  requireOneSubject(options);
  const { reason, requestId, since, jwks } = options;
  if (reason !== undefined) return local(explanationOf(requireGround(reason)));
  if (options.logLine) return local(await explainLineOnStdin());
  if (jwks !== undefined) {
    // Lazily, so that no other command waits for the verifier.
    const { explainOffline } = await import('./explain-offline.ts');
    return local(await explainOffline(await readCredentials(process.stdin, process.stderr), options));
  }
  const connection = resolveConnection(options, process.env);
  const subject =
    requestId === undefined
      ? { token: await readCredentials(process.stdin, process.stderr) }
      : { requestId, ...(since !== undefined && { since }) };
  const { answer, json } = await askAdmin(connection, { command: 'explain', ...subject }, ExplainAnswer);
  return { explanation: answer, json };
}

function local(explanation: Explanation): Explained {
  const answer = { command: 'explain' as const, ...explanation };
  return { explanation: answer as ExplainAnswer, json: escapeJsonControls(JSON.stringify(answer)) };
}

function requireOneSubject(options: ExplainOptions): void {
  const subjects = [
    options.jwks !== undefined && '--jwks',
    options.logLine && '--log-line',
    options.reason !== undefined && '--reason',
    options.requestId !== undefined && '--request-id',
  ].filter((name) => typeof name === 'string');
  if (subjects.length > 1) {
    throw new CliError('refused', `${subjects.join(' and ')} exclude each other; give one of them`);
  }
  const offline = [
    options.issuer !== undefined && '--issuer',
    options.audience !== undefined && '--audience',
    options.algorithm !== undefined && '--algorithm',
  ].find((name) => typeof name === 'string');
  if (offline !== undefined && options.jwks === undefined) {
    throw new CliError('refused', `${offline} belongs to --jwks; the admin function knows its issuers`);
  }
  if (options.since !== undefined && options.requestId === undefined) {
    throw new CliError('refused', '--since belongs to --request-id');
  }
}

function requireGround(reason: string): DecisionGround {
  const ground = groundOf(reason);
  if (ground !== undefined) return ground;
  throw new CliError(
    'refused',
    `--reason is ${JSON.stringify(reason.slice(0, 80))}, which is no denial reason and no fault code; docs/denials.md lists them`,
  );
}

async function explainLineOnStdin(): Promise<Explanation> {
  const found = explainLine(await readText(process.stdin));
  if (found !== undefined) return found.explanation;
  throw new CliError(
    'refused',
    `what was given on stdin is no decision of the authorizer's log: it takes one line with a JSON object that has "decision" and, unless it is allow, "reason"`,
  );
}
