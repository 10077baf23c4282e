import type { Logger } from '@aws-lambda-powertools/logger';
import { describe, expect, test } from '@jest/globals';
import type { FlushOutcome } from '../../../lambda/revocations/flush-stage.ts';
import { logCommands } from '../../../lambda/revocations/log-commands.ts';

type Line = readonly [level: string, fields: unknown];

async function linesOf(outcomes: readonly FlushOutcome[]): Promise<readonly Line[]> {
  const lines: Line[] = [];
  const write = (level: string) => (_message: string, fields: unknown) => lines.push([level, fields]);
  const { after } = logCommands({ info: write('info'), error: write('error') } as unknown as Logger);
  const flushedStages = outcomes.map((flushed) => ({ api: 'a1b2c3', stage: 'prod', flushed }));
  await after?.({
    response: { command: 'reinstate', changed: true, flushedStages },
    context: { awsRequestId: 'request-1' },
  } as never as Parameters<typeof after>[0]);
  return lines;
}

describe('logCommands', () => {
  test.each<[readonly FlushOutcome[], string, object]>([
    [[], 'info', {}],
    [['done', 'accepted', 'accepted'], 'info', { flushed: 1, accepted: 2, unflushed: 0 }],
    [['done', 'accepted', 'failed'], 'error', { flushed: 1, accepted: 1, unflushed: 1 }],
  ])('counts stages by what became of their flush: %j', async (outcomes, level, counts) => {
    const line = { command: 'reinstate', changed: true, ...counts, requestId: 'request-1' };
    await expect(linesOf(outcomes)).resolves.toEqual([[level, line]]);
  });
});
