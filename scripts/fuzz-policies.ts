// The long run of the property test of route tables: npm run fuzz:policies -- [draws] [seed].
import { compareRoutes } from '../test/corpus/compare-routes.ts';

const [draws = 1_000_000, seed = Date.now() % 2 ** 32] = process.argv.slice(2).map(Number);
if (!Number.isInteger(draws) || draws < 1 || !Number.isInteger(seed)) {
  console.error('Give the number of draws (1000000) and a seed (that of a failed run), both whole numbers.');
  process.exit(2);
}
console.log(`${draws} draws with seed ${seed}`);
const { violations, ...counts } = await compareRoutes(draws, seed);
for (const [name, count] of Object.entries(counts)) console.log(`${String(count).padStart(9)}  ${name}`);
for (const violation of violations) console.error(violation);
console.log(violations.length === 0 ? 'No violation.' : `${violations.length} violations.`);
process.exitCode = violations.length === 0 ? 0 : 1;
