const RUNS = 7;

/**
 * How many times as long a work takes that is ten times as large: about 10 where the time grows with the size, about 100 where
 * it grows with its square. The best of several runs of each, taken in turns, so that other work of the machine hardly counts.
 */
export function growth(workOf: (size: number) => () => unknown, size: number): number {
  const works = [workOf(size), workOf(10 * size)];
  const best = works.map(() => Number.POSITIVE_INFINITY);
  for (let run = 0; run < RUNS; run += 1) {
    works.forEach((work, index) => {
      const startedAt = performance.now();
      work();
      best[index] = Math.min(best[index] ?? 0, performance.now() - startedAt);
    });
  }
  const [small = 0, large = 0] = best;
  return large / small;
}
