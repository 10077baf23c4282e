import type { Logger } from '@aws-lambda-powertools/logger';
import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { Fault } from '../fault.ts';
import { CommandInvalid } from './command-invalid.ts';
import type { FlushedAnswer } from './flush-caches.ts';
import type { FlushOutcome } from './flush-stage.ts';

/**
 * Logs one line per command: `command`, `changed`, `requestId`, for a failure its kind, and the number of stages whose
 * results cache was `flushed`, whose flush API Gateway `accepted` without saying when it is done, and that are `unflushed`.
 *
 * Does NOT log whom or what the command was about: that, the reason and the actor stand in the table.
 */
export function logCommands(log: Logger): MiddlewareObj<unknown, FlushedAnswer, Error, Context> {
  return {
    after: ({ response, context }) => {
      if (!response) return;
      const { command } = response;
      const changed = 'changed' in response ? { changed: response.changed } : {};
      const stages = 'flushedStages' in response ? response.flushedStages : [];
      const count = (outcome: FlushOutcome) => stages.filter(({ flushed }) => flushed === outcome).length;
      const unflushed = count('failed');
      log[unflushed > 0 ? 'error' : 'info']('command', {
        command,
        ...changed,
        ...(stages.length > 0 && { flushed: count('done'), accepted: count('accepted'), unflushed }),
        requestId: context.awsRequestId,
      });
    },
    onError: (request) => {
      const requestId = request.context.awsRequestId;
      if (request.error instanceof CommandInvalid) {
        log.warn('command', { failure: request.error.name, requestId });
        return;
      }
      log.error('command', { failure: 'fault', cause: Fault.describe(request.error), requestId });
      request.error = Fault.fitToThrow(request.error);
    },
  };
}
