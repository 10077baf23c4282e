import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { parseTime } from './parse-time.ts';
import { parseToken, readToken } from './read-token.ts';

/** What a command is about, as the admin function wants it. */
export type Target =
  | { readonly dimension: 'token'; readonly token: string }
  | { readonly dimension: 'token'; readonly issuer?: string; readonly jti: string; readonly exp?: number }
  | { readonly dimension: 'subject'; readonly issuer?: string; readonly subject: string };

/** How a token is named on the command line. */
export interface TokenOptions {
  readonly token?: string;
  readonly issuer?: string;
  readonly jti?: string;
  /** NumericDate, seconds since the epoch. */
  readonly exp?: number;
}

const ISSUER_HELP =
  'the iss of the token or the id of the issuer; needed only when there are several issuers';

/** Adds the options that name a token. */
export function addTokenOptions(command: Command, { withExp }: { withExp: boolean }): Command {
  command
    .option(
      '--token <jwt>',
      'the token itself; it stays in the shell history and shows in the process list, so better leave it out: it is then read from stdin, or asked for without being shown',
    )
    .option('--jti <id>', 'the JWT ID, instead of the token')
    .option('--issuer <issuer>', `with --jti: ${ISSUER_HELP}`);
  if (!withExp) return command;
  return command.option(
    '--exp <time>',
    'with --jti: when the token expires, in NumericDate seconds or RFC 3339',
    (text: string) => parseTime(text, '--exp'),
  );
}

/** Adds the argument and the option that name a subject. */
export function addSubjectOptions(command: Command): Command {
  return command.argument('<sub>', 'the subject (sub)').option('--issuer <issuer>', ISSUER_HELP);
}

/**
 * Names the token of a command; without `--token` and `--jti` it is read from stdin.
 *
 * @param needsExp  a revocation is kept until the token expires, so `--jti` must come with `--exp`
 * @throws {CliError} `refused`  the options contradict each other, or there is no token
 */
export async function tokenTarget(options: TokenOptions, needsExp: boolean): Promise<Target> {
  const { token, issuer, jti, exp } = options;
  if (jti === undefined) {
    if (issuer !== undefined || exp !== undefined) {
      const given = issuer === undefined ? '--exp' : '--issuer';
      throw new CliError(
        'refused',
        `${given} belongs to --jti; a token names its issuer and its expiry itself`,
      );
    }
    return {
      dimension: 'token',
      token:
        token === undefined ? await readToken(process.stdin, process.stderr) : parseToken(token, '--token'),
    };
  }
  if (token !== undefined)
    throw new CliError('refused', '--token and --jti exclude each other; give one of them');
  if (needsExp && exp === undefined) {
    throw new CliError(
      'refused',
      '--exp is missing; with --jti it must say when the token expires, in NumericDate seconds or RFC 3339, because the revocation is kept until then',
    );
  }
  return {
    dimension: 'token',
    jti,
    ...(issuer !== undefined && { issuer }),
    ...(exp !== undefined && { exp }),
  };
}

/** Names the subject of a command. */
export function subjectTarget(subject: string, { issuer }: { readonly issuer?: string }): Target {
  return { dimension: 'subject', subject, ...(issuer !== undefined && { issuer }) };
}
