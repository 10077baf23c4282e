import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Comparison } from '../../corpus/compare-routes.ts';
import { compareRoutes } from '../../corpus/compare-routes.ts';

const seed = Math.floor(Math.random() * 2 ** 32);
let comparison: Comparison;

beforeAll(async () => {
  comparison = await compareRoutes(22_000, seed);
}, 120_000);

describe('the responses to random requests under random route tables', () => {
  it('allow exactly the request, exactly where the rules permit it, fresh or out of the results cache', () => {
    expect({ seed, violations: comparison.violations.slice(0, 3) }).toEqual({ seed, violations: [] });
  });

  it('are drawn widely enough for that to mean something', () => {
    const { permitted, denied, unrouted, cached } = comparison;

    expect(permitted + denied).toBeGreaterThan(10_000);
    expect(Math.min(permitted, denied, unrouted, cached)).toBeGreaterThan(3000);
  });
});
