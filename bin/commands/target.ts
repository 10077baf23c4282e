import type { Command } from 'commander';
import type { Dimension } from '../../lambda/environment.ts';
import { DIMENSIONS } from '../../lambda/environment.ts';
import type { CommandTarget } from '../../lambda/revocations/parse-command.ts';
import { CliError } from '../cli-error.ts';
import { parseTime, TIME_FORM } from './parse-time.ts';
import { parseToken, readToken } from './read-token.ts';

/** What a command is about, as the admin function wants it. */
export type Target = CommandTarget;

/** How a token is named on the command line; of the other dimensions only the issuer and a thumbprint are options. */
export interface TargetOptions {
  readonly token?: string;
  readonly issuer?: string;
  readonly jti?: string;
  /** NumericDate, seconds since the epoch. */
  readonly exp?: number;
  /** Of a signing key, instead of the `kid`. */
  readonly thumbprint?: string;
}

/** The dimensions that a cut-off or a block can be about; the others are revoked for good. */
export const CUT_OFF_DIMENSIONS: readonly Dimension[] = ['subject', 'client', 'issuer', 'claim'];

const ISSUER_HELP =
  'the iss of the token or the id of the issuer; needed only when there are several issuers';

const NOUNS: Readonly<Record<Dimension, string>> = {
  token: 'one token; without --jti it is read from stdin, or asked for',
  session: 'a session',
  subject: 'a subject',
  client: 'a client',
  key: 'a signing key',
  issuer: 'an issuer as a whole',
  claim: 'a value of a claim (a tenant, a device)',
};

/** Completes the description of a subcommand. */
export function describeTargets(verb: string, dimension: Dimension): string {
  return `${verb} ${NOUNS[dimension]}`;
}

interface Naming {
  /** The argument that names what is meant, and what it is. */
  readonly argument?: readonly [usage: string, help: string];
  /** An option that names it instead, and what it is. */
  readonly option?: readonly [flags: string, help: string];
  readonly target: (text: string, options: TargetOptions) => Target;
}

const NAMINGS: Readonly<Record<Exclude<Dimension, 'token'>, Naming>> = {
  session: {
    argument: ['<sid>', "the session: the token's sid, or origin_jti of Amazon Cognito"],
    target: (session) => ({ dimension: 'session', session }),
  },
  subject: {
    argument: ['<sub>', 'the subject (sub)'],
    target: (subject) => ({ dimension: 'subject', subject }),
  },
  client: {
    argument: [
      '<id>',
      "the client: the token's client_id, azp, cid or appid; aud of an id token of Amazon Cognito",
    ],
    target: (client) => ({ dimension: 'client', client }),
  },
  key: {
    argument: ['[kid]', 'the signing key (kid of the header)'],
    option: [
      '--thumbprint <jkt>',
      'instead of the kid: the SHA-256 thumbprint of the key (RFC 7638), which list shows as jkt=<thumbprint>',
    ],
    target: keyTarget,
  },
  issuer: { target: () => ({ dimension: 'issuer' }) },
  claim: {
    argument: ['<name=value>', "a claim that the issuer's revocableClaims name, and its value: tenant=acme"],
    target: parseClaim,
  },
};

/** What a group of subcommands, one for each dimension, has in common. */
export interface TargetCommands<Options> {
  readonly describe: (dimension: Dimension) => string;
  /** A revocation is kept until the token expires, so `--jti` must come with `--exp`. */
  readonly withExp: boolean;
  readonly addOptions: (command: Command, dimension: Dimension) => Command;
  /** Asking for the target may read stdin: to be done when all else is known to be right. */
  readonly act: (options: Options & TargetOptions, askTarget: () => Promise<Target>) => Promise<void>;
}

/** Adds a subcommand for each dimension. */
export function addTargetCommands<Options>(parent: Command, commands: TargetCommands<Options>): void {
  const { describe, withExp, addOptions, act } = commands;
  for (const dimension of DIMENSIONS) {
    const command = parent.command(dimension).description(describe(dimension));
    if (dimension === 'token') {
      addOptions(addTokenOptions(command, withExp), dimension).action((options: Options & TargetOptions) =>
        act(options, () => tokenTarget(options, withExp)),
      );
      continue;
    }
    const { argument, option, target } = NAMINGS[dimension];
    if (argument) command.argument(...argument);
    if (option) command.option(...option);
    addOptions(command.option('--issuer <issuer>', ISSUER_HELP), dimension).action(() => {
      const [text = ''] = command.args;
      const options = command.opts<Options & TargetOptions>();
      return act(options, async () => withIssuer(target(text, options), options));
    });
  }
}

function addTokenOptions(command: Command, withExp: boolean): Command {
  command
    .option(
      '--token <jwt>',
      'the token itself; it stays in the shell history and shows in the process list, so better leave it out: it is then read from stdin, or asked for without being shown',
    )
    .option('--jti <id>', 'the JWT ID, instead of the token')
    .option('--issuer <issuer>', `with --jti: ${ISSUER_HELP}`);
  if (!withExp) return command;
  return command.option('--exp <time>', `with --jti: when the token expires: ${TIME_FORM}`, (text: string) =>
    parseTime(text, '--exp'),
  );
}

function withIssuer(target: Target, { issuer }: TargetOptions): Target {
  return { ...target, ...(issuer !== undefined && { issuer }) };
}

function keyTarget(kid: string, { thumbprint }: TargetOptions): Target {
  if ((kid === '') === (thumbprint === undefined)) {
    throw new CliError('refused', 'a signing key is named by its kid or by --thumbprint; give one of them');
  }
  return thumbprint === undefined ? { dimension: 'key', kid } : { dimension: 'key', thumbprint };
}

/** The message never holds what was given: it may be a value that nobody else should see. */
function parseClaim(text: string): Target {
  const [, claim, value] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (claim === undefined || value === undefined) {
    throw new CliError('refused', 'the claim is not written as <name>=<value>; write it like tenant=acme');
  }
  return { dimension: 'claim', claim, value };
}

/**
 * Names the token of a command; without `--token` and `--jti` it is read from stdin.
 *
 * @param needsExp  `--jti` must come with `--exp`
 * @throws {CliError} `refused`  the options contradict each other, or there is no token
 */
async function tokenTarget(options: TargetOptions, needsExp: boolean): Promise<Target> {
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
      `--exp is missing; with --jti it must say when the token expires, because the revocation is kept until then: ${TIME_FORM}`,
    );
  }
  return withIssuer({ dimension: 'token', jti, ...(exp !== undefined && { exp }) }, options);
}
