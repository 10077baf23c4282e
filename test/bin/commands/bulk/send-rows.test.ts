import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, test } from '@jest/globals';
import { CliError } from '../../../../bin/cli-error.ts';
import type { Sending } from '../../../../bin/commands/bulk/send-rows.ts';
import { sendRows } from '../../../../bin/commands/bulk/send-rows.ts';

function sending(rows: number, changes: Partial<Sending<number, string>> = {}) {
  const answered: number[] = [];
  const failed: [row: number, message: string][] = [];
  const sending: Sending<number, string> = {
    rows: Array.from({ length: rows }, (_, row) => row),
    concurrency: 4,
    send: async (row) => `answer ${row}`,
    onAnswer: (row) => answered.push(row),
    onFailure: (row, { message }) => failed.push([row, message]),
    signal: new AbortController().signal,
    ...changes,
  };
  return { sending, answered, failed };
}

describe('sendRows', () => {
  it('sends every row, as many at once as it may and no more', async () => {
    let [now, most] = [0, 0];
    const { sending: all, answered } = sending(50, {
      send: async () => {
        now += 1;
        most = Math.max(most, now);
        await setImmediate();
        now -= 1;
        return '';
      },
    });

    await expect(sendRows(all)).resolves.toBeUndefined();
    expect(answered.sort((a, b) => a - b)).toEqual(all.rows);
    expect(most).toBe(4);
  });

  it('goes on after a row that the function refuses, without sending it again', async () => {
    let calls = 0;
    const {
      sending: all,
      answered,
      failed,
    } = sending(3, {
      send: async (row) => {
        calls += 1;
        if (row === 1) throw new CliError('refused', 'no such claim');
        return '';
      },
    });

    await expect(sendRows(all)).resolves.toBeUndefined();
    expect([answered.sort(), failed, calls]).toEqual([[0, 2], [[1, 'no such claim']], 3]);
  });

  it('sends a row again when the function fails', async () => {
    let calls = 0;
    const {
      sending: all,
      answered,
      failed,
    } = sending(1, {
      send: async () => {
        calls += 1;
        if (calls < 3) throw new CliError('adminFailed', 'store');
        return '';
      },
    });

    await sendRows(all);
    expect([answered, failed, calls]).toEqual([[0], [], 3]);
  });

  it('gives up when the function cannot be reached, and blames no row', async () => {
    const { sending: all, failed } = sending(100, {
      concurrency: 1,
      send: async () => {
        throw new CliError('unreachable', 'the credentials have expired');
      },
    });

    await expect(sendRows(all)).resolves.toMatchObject({ message: 'the credentials have expired' });
    expect(failed).toEqual([]);
  });

  it('gives up when one row after the other fails', async () => {
    const { sending: all, failed } = sending(100, {
      concurrency: 10,
      send: async () => {
        throw new CliError('adminFailed', 'store');
      },
    });

    await expect(sendRows(all)).resolves.toMatchObject({ message: 'store' });
    expect(failed.length).toBeGreaterThanOrEqual(20);
    expect(failed.length).toBeLessThan(40);
  });

  it('lets what is on its way come to its end when it is told to stop', async () => {
    const controller = new AbortController();
    const { sending: all, answered } = sending(100, {
      signal: controller.signal,
      send: async (row) => {
        if (row === 5) controller.abort();
        await setImmediate();
        return '';
      },
    });

    await expect(sendRows(all)).resolves.toBeUndefined();
    expect(answered).toContain(5);
    expect(answered.length).toBeLessThanOrEqual(8);
  });

  test.each<[string, Partial<Sending<number, string>>]>([
    ['sending', { send: () => Promise.reject(new TypeError('a defect')) }],
    [
      'keeping an answer',
      {
        onAnswer: () => {
          throw new TypeError('a defect');
        },
      },
    ],
  ])('does not swallow a defect in %s', async (_what, changes) => {
    await expect(sendRows(sending(10, changes).sending)).rejects.toThrow('a defect');
  });
});
