import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, test } from '@jest/globals';
import type { FunctionSettings } from '../../playground/lambda-runtime.ts';
import { LambdaFunction } from '../../playground/lambda-runtime.ts';

// A blank in the path: bundles must load from anywhere.
const folder = mkdtempSync(join(tmpdir(), 'lambda runtime '));
const opened: LambdaFunction[] = [];
const lines: string[] = [];
let count = 0;

afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
  lines.length = 0;
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Opens a function from the source of a CommonJS bundle. */
function aFunction(source: string, settings: Partial<FunctionSettings> = {}): LambdaFunction {
  const file = join(folder, `index-${++count}.cjs`);
  writeFileSync(file, source);
  const one = new LambdaFunction(
    {
      name: 'My-Function',
      arn: 'arn:aws:lambda:us-east-1:123456789012:function:My-Function',
      file,
      exportName: 'handler',
      environment: { COLOR: 'blue' },
      timeoutSeconds: 20,
      memoryMegabytes: 256,
      ...settings,
    },
    (line) => lines.push(line),
  );
  opened.push(one);
  return one;
}

async function payloadOf(one: LambdaFunction, event: unknown = {}): Promise<unknown> {
  const result = await one.invoke(JSON.stringify(event));
  if (!result.ok) throw new Error(`${result.error.errorType}: ${result.error.errorMessage}`);
  return JSON.parse(result.payload);
}

describe('LambdaFunction', () => {
  it('hands over the event and returns what the handler returns', async () => {
    const one = aFunction('exports.handler = async (event) => ({ got: event });');

    await expect(payloadOf(one, { a: [1, null] })).resolves.toEqual({ got: { a: [1, null] } });
  });

  it('returns null for undefined', async () => {
    await expect(payloadOf(aFunction('exports.handler = async () => {};'))).resolves.toBeNull();
  });

  it('gives the function its own environment and nothing of this process', async () => {
    const one = aFunction('exports.handler = async () => process.env;');

    await expect(payloadOf(one)).resolves.toEqual({ COLOR: 'blue' });
  });

  it('gives the handler the context of Lambda', async () => {
    const one = aFunction(
      'exports.handler = async (_, context) => ({ ...context, ms: context.getRemainingTimeInMillis() });',
    );

    await expect(payloadOf(one)).resolves.toMatchObject({
      functionName: 'My-Function',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:My-Function',
      memoryLimitInMB: '256',
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ms: expect.any(Number),
    });
  });

  it('stays warm: the module is loaded once', async () => {
    const one = aFunction('let n = 0; exports.handler = async () => ++n;');

    await payloadOf(one);

    await expect(payloadOf(one)).resolves.toBe(2);
  });

  it('takes one event at a time', async () => {
    const one = aFunction(`
      let running = 0;
      exports.handler = async () => {
        running++;
        await new Promise((resolve) => setTimeout(resolve, 20));
        return running--;
      };`);

    await expect(Promise.all([payloadOf(one), payloadOf(one), payloadOf(one)])).resolves.toEqual([1, 1, 1]);
  });

  it('loads an ES module too', async () => {
    const file = join(folder, 'index.mjs');
    writeFileSync(file, 'export const handler = async () => import.meta.filename;');

    await expect(payloadOf(aFunction('', { file }))).resolves.toBe(file);
  });

  it('passes on each line that the function prints', async () => {
    await payloadOf(
      aFunction('exports.handler = async () => { console.log("one"); console.error("two"); };'),
    );
    await opened[0]?.close(); // the streams end with the thread

    expect(lines.toSorted()).toEqual(['one', 'two']);
  });
});

describe('an error in a LambdaFunction', () => {
  test.each([
    ['an Error', 'throw new Error("Unauthorized")', 'Error', 'Unauthorized'],
    ['an Error with a name', 'throw Object.assign(new Error("no"), { name: "Fault" })', 'Fault', 'no'],
    ['a text', 'throw "Unauthorized"', 'string', 'Unauthorized'],
    ['what cannot be JSON', 'return { n: 1n }', 'Runtime.MarshalError', 'Unable to stringify response body'],
  ])('is posted as the Lambda runtime does: %s', async (_what, body, errorType, errorMessage) => {
    const result = await aFunction(`exports.handler = async () => { ${body}; };`).invoke('{}');

    expect(result).toEqual({ ok: false, error: { errorType, errorMessage, trace: expect.any(Array) } });
  });

  it('leaves the sandbox warm when the handler threw it', async () => {
    const one = aFunction(
      'let n = 0; exports.handler = async () => { if (++n === 1) throw new Error("x"); return n; };',
    );

    await one.invoke('{}');

    await expect(payloadOf(one)).resolves.toBe(2);
  });

  test.each([
    ['a missing handler', 'exports.other = 1;', 'Runtime.HandlerNotFound'],
    [
      'a handler with a callback',
      'exports.handler = (a, b, callback) => {};',
      'Runtime.CallbackHandlerDeprecated',
    ],
    ['an error while loading', 'throw Object.assign(new Error("x"), { name: "Fault" });', 'Fault'],
  ])('is answered to every invocation: %s', async (_what, source, errorType) => {
    const one = aFunction(source);

    await expect(one.invoke('{}')).resolves.toMatchObject({ ok: false, error: { errorType } });
    await expect(one.invoke('{}')).resolves.toMatchObject({ ok: false, error: { errorType } });
  });

  it('ends the sandbox at the time-out, and the next invocation starts a new one', async () => {
    const source =
      'let n = 0; exports.handler = async ({ hang }) => { n++; if (hang) await new Promise(() => setInterval(() => {}, 1000)); return n; };';
    const one = aFunction(source, { timeoutSeconds: 0.2 });
    await payloadOf(one);

    await expect(one.invoke('{"hang":true}')).resolves.toMatchObject({
      ok: false,
      error: {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringContaining('timed out after 0.20 seconds'),
      },
    });
    await expect(payloadOf(one)).resolves.toBe(1);
  });

  it('ends the sandbox even when the handler blocks its thread', async () => {
    const one = aFunction('exports.handler = async () => { for (;;); };', { timeoutSeconds: 0.2 });

    await expect(one.invoke('{}')).resolves.toMatchObject({ error: { errorType: 'Sandbox.Timedout' } });
  });

  test.each([
    ['the process exits', 'process.exit(3)', 'Runtime.ExitError'],
    [
      'nobody catches it',
      'setTimeout(() => { throw new TypeError("x"); }); await new Promise(() => {})',
      'TypeError',
    ],
  ])('replaces the sandbox when %s', async (_what, body, errorType) => {
    const one = aFunction(`
      let n = 0;
      exports.handler = async ({ crash }) => { n++; if (crash) { ${body}; } return n; };`);
    await payloadOf(one);

    await expect(one.invoke('{"crash":true}')).resolves.toMatchObject({ ok: false, error: { errorType } });
    await expect(payloadOf(one)).resolves.toBe(1);
  });
});
