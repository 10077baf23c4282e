// The long run of the property test: node scripts/fuzz-tokens.ts [runs] [seed]. It needs the bundles: npm run bundle.
import { fuzz } from '../test/corpus/fuzz.ts';

const [runs = 100_000, seed = Date.now() % 2 ** 32] = process.argv.slice(2).map(Number);
if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(seed)) {
  console.error('Give the number of runs (100000) and a seed (that of a failed run), both whole numbers.');
  process.exit(2);
}
console.log(`${runs} runs with seed ${seed}`);
const { outcomes, violations } = await fuzz(runs, seed);
for (const [outcome, count] of Object.entries(outcomes).sort(([a], [b]) => a.localeCompare(b))) {
  console.log(`${String(count).padStart(8)}  ${outcome}`);
}
for (const violation of violations.slice(0, 20)) console.error(violation);
console.log(violations.length === 0 ? 'No violation.' : `${violations.length} violations.`);
process.exitCode = violations.length === 0 ? 0 : 1;
