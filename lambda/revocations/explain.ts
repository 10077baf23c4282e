import { openSigningKeys } from '../authorizer/signing-keys.ts';
import type { Config } from '../config.ts';
import type { Authorities } from '../explain/explain-token.ts';
import { explainToken } from '../explain/explain-token.ts';
import type { CommandContext } from './apply-command.ts';
import { CommandInvalid } from './command-invalid.ts';
import type { ExplainAnswer, ExplainCommand } from './explain-command.ts';
import { findLoggedDecision } from './find-logged-decision.ts';

/** How far back a request id is searched for unless the command says so, in seconds. */
const SEARCHED_SECONDS = 24 * 60 * 60;

export type Explain = (
  command: ExplainCommand,
  context: Pick<CommandContext, 'ledger' | 'now' | 'timeLeftMs'>,
) => Promise<ExplainAnswer>;

/**
 * Opens what the command `explain` needs: signing keys, the authorizer's log.
 *
 * Nothing is fetched before the first command.
 *
 * @param environment  of the function: where the AWS credentials and the region stand
 */
export function openExplainer(config: Config, environment: NodeJS.ProcessEnv): Explain {
  const keysOf = openSigningKeys(config.issuers, config.isLocalMode);

  return async ({ token, requestId, since }, { ledger, now, timeLeftMs }) => {
    if ((token === undefined) === (requestId === undefined)) {
      throw new CommandInvalid('token', undefined, 'either token or requestId, and not both');
    }
    if (token === undefined)
      return explainRequest(requestId ?? '', since ?? now - SEARCHED_SECONDS, timeLeftMs());
    const lookUpRevocations: Authorities['lookUpRevocations'] = async (targets) => {
      const records = await Promise.all(targets.map((target) => ledger.get(target)));
      return { revocations: records.filter((record) => record !== undefined) };
    };
    return {
      command: 'explain',
      ...(await explainToken(token, { keysOf, lookUpRevocations, context: config.context }, now)),
    };
  };

  async function explainRequest(requestId: string, since: number, searchMs: number): Promise<ExplainAnswer> {
    const logGroupName = config.authorizerLogGroupName;
    if (config.isLocalMode || logGroupName === undefined) {
      throw new CommandInvalid(
        'requestId',
        requestId,
        'a token, here: no log is kept that could be searched (explain --log-line explains a line that was printed)',
      );
    }
    const found = await findLoggedDecision(requestId, { logGroupName, since, searchMs }, environment);
    if (found !== undefined) return { command: 'explain', ...found.explanation, line: found.line };
    throw new CommandInvalid(
      'requestId',
      requestId,
      `the Lambda request id of a decision in the authorizer's log since ${new Date(since * 1000).toISOString()}; the requestId in the body of a refusal is another one, that of API Gateway`,
    );
  }
}
