// Asks the local gateway and a real `cdk deploy` into MiniStack the same questions. A difference that is not in the list
// of known ones fails, and so does an answer of the local gateway that AWS would not give.
import { bundleLambdas } from '../../scripts/bundle.ts';
import { compareCredentials } from './compare-credentials.ts';
import { compareRoutes } from './compare-routes.ts';
import { compareUpdates } from './compare-updates.ts';
import { bootstrap } from './deployment.ts';
import { MiniStack } from './mini-stack.ts';
import { Report } from './report.ts';

const report = new Report();
await bundleLambdas();
const stack = await MiniStack.start();
try {
  bootstrap(stack);
  await compareCredentials(stack, report);
  await compareRoutes(stack, report);
  await compareUpdates(stack, report);
} finally {
  stack.stop();
}
report.print();
process.exit(report.isGood ? 0 : 1);
