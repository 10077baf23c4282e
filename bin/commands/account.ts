import { hostname, userInfo } from 'node:os';
import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';

/** The longest actor that the admin function takes. */
const LONGEST_ACTOR_CHARS = 256;

/** Why and by whom, as typed. */
export interface AccountOptions {
  readonly reason?: string;
  readonly actor?: string;
  readonly ticket?: string;
}

/** Adds the options that give account of a change. */
export function addAccountOptions(command: Command): Command {
  return command
    .option('--reason <text>', 'why, 1 to 512 bytes; required, and kept in the record')
    .option(
      '--actor <name>',
      'who; a claim that nobody checks: only CloudTrail knows whose credentials were used (default: <os user>@<host>)',
    )
    .option('--ticket <id>', 'the case that it belongs to, 1 to 256 bytes; kept in the record');
}

/**
 * Gives account of a change: the reason, which has to be typed, the actor, and the ticket if there is one.
 *
 * @throws {CliError} `refused`  no reason
 */
export function account({ reason, actor, ticket }: AccountOptions): {
  reason: string;
  actor: string;
  ticket?: string;
} {
  if (!reason?.trim()) {
    throw new CliError('refused', '--reason is missing; say why in 1 to 512 bytes, it is kept in the record');
  }
  return { reason, actor: actor ?? defaultActor(), ...(ticket !== undefined && { ticket }) };
}

/** The user of the operating system, at this machine. */
export function defaultActor(): string {
  return `${userName()}@${hostname()}`.slice(0, LONGEST_ACTOR_CHARS);
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user id need not have an entry in its password file.
    return process.env['USER'] || 'unknown';
  }
}
