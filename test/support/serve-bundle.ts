// A program: the bundled admin function behind Lambda's Invoke, in a process of its own. Prints its port.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { aLambdaEndpoint, thrown } from './a-lambda-endpoint.ts';

const file = join(import.meta.dirname, '..', '..', 'dist', 'lambda', 'revocations', 'index.js');
const { handler } = createRequire(import.meta.url)(file);

const { url } = await aLambdaEndpoint(async ({ command }) => {
  const deadline = Date.now() + 30_000;
  const context = {
    awsRequestId: crypto.randomUUID(),
    functionName: 'under-test',
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  try {
    return { body: await handler(command, context) };
  } catch (error) {
    const { name, message } = error as Error;
    return thrown(name, message);
  }
});
console.log(url);
