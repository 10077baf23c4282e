import { randomUUID } from 'node:crypto';
import { CliError } from '../../cli-error.ts';
import type { AdminClient } from '../invoke-admin.ts';
import { parseAnswer, ReinstateAnswer, RevokeAnswer } from '../parse-answer.ts';
import type { Journal } from './journal.ts';
import type { BulkRow } from './parse-row.ts';

/** What is wrong with a line of the input. */
export interface LineProblem {
  readonly line: number;
  readonly message: string;
}

/**
 * Asks the admin function, by rehearsals that change nothing, whether it knows every issuer and claim of the rows;
 * and what a cut-off at the time of the run is for each issuer: by the function's clock, with the issuer's grace.
 *
 * That cut-off goes into the journal and then into every row: a row that is sent again after a crash, perhaps hours
 * later, is the same command as before.
 *
 * @returns what the function refuses, with the first line that it concerns
 */
export async function resolveCutOffs(
  admin: AdminClient,
  rows: readonly BulkRow[],
  actor: string,
  journal: Journal,
): Promise<LineProblem[]> {
  const problems: LineProblem[] = [];
  for (const { line, command } of firstOfEach(rows, journal)) {
    const { issuer = null } = command.target;
    const target = { ...unknownTarget(command.target), ...(issuer !== null && { issuer }) };
    const rehearsal = {
      command: command.command,
      target,
      reason: 'rehearsal of a bulk run',
      actor,
      dryRun: true,
    };
    try {
      const payload = await admin.invoke(rehearsal);
      if (command.command === 'reinstate') parseAnswer(ReinstateAnswer, payload);
      else if (!journal.cutOffs.has(issuer)) journal.recordCutOff(issuer, cutOffOf(payload));
    } catch (error) {
      if (!(error instanceof CliError) || error.exit !== 'refused') throw error;
      problems.push({ line, message: error.message });
    }
  }
  return problems;
}

/** The first row of each issuer whose cut-off is not known yet, and of each claim. */
function firstOfEach(rows: readonly BulkRow[], journal: Journal): BulkRow[] {
  const first = new Map<string, BulkRow>();
  for (const row of rows) {
    const { issuer = null, dimension } = row.command.target;
    const claim = dimension === 'claim' ? row.command.target.claim : null;
    if (claim === null && journal.cutOffs.has(issuer)) continue;
    const key = JSON.stringify([issuer, claim]);
    if (!first.has(key)) first.set(key, row);
  }
  return [...first.values()];
}

/** One that nobody has revoked: the answer shows a cut-off as it would be, not as it was. */
function unknownTarget(target: BulkRow['command']['target']): object {
  const value = randomUUID();
  return target.dimension === 'claim'
    ? { dimension: 'claim', claim: target.claim, value }
    : { dimension: 'subject', subject: value };
}

function cutOffOf(payload: string): number {
  const { record } = parseAnswer(RevokeAnswer, payload);
  if (record) return record.revokedBefore;
  throw new CliError('adminFailed', 'the admin function does not tell what it would revoke; no row was sent');
}
