import { beforeAll, describe, expect, it } from '@jest/globals';
import type { RouteReport } from '../../corpus/draw-routes.ts';
import { fuzzRoutes } from '../../corpus/draw-routes.ts';

let report: RouteReport;

beforeAll(() => {
  report = fuzzRoutes(10_000, Math.floor(Math.random() * 2 ** 32));
}, 120_000);

describe('the policies compiled from random route tables', () => {
  it('allow a request exactly where the rules permit it, and never a cached one that they deny', () => {
    expect(report.violations.slice(0, 3)).toEqual([]);
  });

  it('are drawn widely enough for that to mean something', () => {
    expect(Math.min(report.permitted, report.denied, report.unrouted)).toBeGreaterThan(2000);
    expect(report.refusedForSafety).toBeLessThan(report.permitted / 2);
  });
});
