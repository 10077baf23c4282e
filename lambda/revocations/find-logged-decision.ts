// The only file that talks to CloudWatch Logs.
import * as v from 'valibot';
import type { LoggedDecision } from '../explain/explain-line.ts';
import { explainLine } from '../explain/explain-line.ts';
import { Fault } from '../fault.ts';
import type { SendRequest } from '../signed-request.ts';
import { openSignedRequests } from '../signed-request.ts';

const PageSchema = v.object({
  events: v.optional(v.array(v.object({ message: v.string() })), []),
  nextToken: v.optional(v.string()),
});

export interface Search {
  readonly logGroupName: string;
  /** NumericDate: where to begin. */
  readonly since: number;
  /** The longest that the whole search takes, in milliseconds. */
  readonly searchMs: number;
}

/**
 * Finds the authorizer's log line of a request.
 *
 * @param requestId    the Lambda request id, a UUID: it becomes part of a filter pattern
 * @param environment  of the function: where Lambda puts the credentials and the region
 * @returns undefined when there is none; lines turn up some seconds after they were written
 * @throws {Fault} `decision_log_unavailable`  CloudWatch Logs did not answer, or refused, or the log was too long
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export async function findLoggedDecision(
  requestId: string,
  { logGroupName, since, searchMs }: Search,
  environment: NodeJS.ProcessEnv,
): Promise<LoggedDecision | undefined> {
  const signal = AbortSignal.timeout(Math.floor(searchMs));
  const send = openSignedRequests(environment);
  try {
    for (let nextToken: string | undefined, isFirst = true; isFirst || nextToken; isFirst = false) {
      const query = {
        logGroupName,
        startTime: since * 1000,
        filterPattern: `{ $.requestId = "${requestId}" }`,
        nextToken,
      };
      // A page may be empty without being the last one.
      const page = v.parse(PageSchema, await ask(query, send, signal));
      const found = page.events.map(({ message }) => explainLine(message)).find(isAbout(requestId));
      if (found !== undefined) return found;
      nextToken = page.nextToken;
    }
    return undefined;
  } catch (cause) {
    throw new Fault('decision_log_unavailable', 'CloudWatch Logs did not answer the search', { cause });
  }
}

function isAbout(requestId: string): (decision: LoggedDecision | undefined) => boolean {
  return (decision) => decision?.line['requestId'] === requestId;
}

async function ask(query: object, send: SendRequest, signal: AbortSignal): Promise<unknown> {
  const response = await send(
    {
      service: 'logs',
      method: 'POST',
      path: '/',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'Logs_20140328.FilterLogEvents',
      },
      body: JSON.stringify(query),
    },
    signal,
  );
  if (!response.ok) throw new Fault('decision_log_unavailable', `the answer has status ${response.status}`);
  return response.json();
}
