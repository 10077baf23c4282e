import { beforeAll, describe, expect, it } from '@jest/globals';
import type { FuzzReport } from '../../corpus/fuzz.ts';
import { fuzz } from '../../corpus/fuzz.ts';

let report: FuzzReport;

beforeAll(async () => {
  report = await fuzz(3000, Math.floor(Math.random() * 2 ** 32));
}, 60_000);

describe('the bundled authorizer, fed with mutated tokens, noise and random events', () => {
  it('answers nothing but allow, Unauthorized, Deny or a documented fault, and allows nothing that nobody signed', () => {
    expect(report.violations.slice(0, 5)).toEqual([]);
  });

  it('sees enough of everything for that to mean something', () => {
    for (const outcome of [
      'respelled: denial token_malformed',
      'respelled: denial signature_invalid',
      'signed again: allow',
      'signed again: denial claim_invalid',
      'signed again: denial token_expired',
      'noise: denial token_missing',
      'event: fault event_unrecognized',
    ]) {
      expect(report.outcomes).toHaveProperty([outcome], expect.any(Number));
    }
  });
});
