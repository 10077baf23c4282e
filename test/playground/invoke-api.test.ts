import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { getRequestListener } from '@hono/node-server';
import { afterAll, afterEach, beforeAll, describe, expect, it, test } from '@jest/globals';
import { invokeApi } from '../../playground/invoke-api.ts';
import type { LambdaFunctions } from '../../playground/lambda-functions.ts';
import type { InvocationResult, LambdaFunction } from '../../playground/lambda-runtime.ts';

const events: string[] = [];
const lines: string[] = [];

/** Answers with the event itself, or fails when the event says so. */
async function invoke(event: string): Promise<InvocationResult> {
  events.push(event);
  if (!event.includes('fail')) return { ok: true, payload: event };
  return { ok: false, error: { errorType: 'CommandInvalid', errorMessage: 'no', trace: ['at x'] } };
}

const functions: Pick<LambdaFunctions, 'find'> = {
  find: (id) =>
    ['Admin', 'Admin:$LATEST', 'arn:aws:lambda:us-east-1:123456789012:function:Admin'].includes(id)
      ? ({ settings: { name: 'Admin' }, invoke } as unknown as LambdaFunction)
      : undefined,
};

let server: Server;
let endpoint: string;
let client: LambdaClient;

beforeAll(async () => {
  const api = invokeApi(functions, (line) => lines.push(line));
  server = createServer(getRequestListener(api.fetch, { overrideGlobalObjects: false }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = new LambdaClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });
});
afterEach(() => {
  events.length = 0;
});
afterAll(() => {
  client.destroy();
  server.close();
  server.closeAllConnections();
});

describe('invokeApi', () => {
  test.each(['Admin', 'arn:aws:lambda:us-east-1:123456789012:function:Admin'])(
    'lets the AWS SDK invoke %s',
    async (FunctionName) => {
      const answer = await client.send(new InvokeCommand({ FunctionName, Payload: '{"command":"list"}' }));

      expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
      expect(answer.FunctionError).toBeUndefined();
      expect(answer.Payload?.transformToString()).toBe('{"command":"list"}');
    },
  );

  it('takes no payload for an empty event', async () => {
    await client.send(new InvokeCommand({ FunctionName: 'Admin' }));

    expect(events).toEqual(['{}']);
  });

  it('tells a function error from a failed call', async () => {
    const answer = await client.send(new InvokeCommand({ FunctionName: 'Admin', Payload: '"fail"' }));

    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toEqual({
      errorType: 'CommandInvalid',
      errorMessage: 'no',
      trace: ['at x'],
    });
  });

  test.each([
    ['an unknown function', { FunctionName: 'Nobody' }, 'ResourceNotFoundException', 404],
    ['an unknown qualifier', { FunctionName: 'Admin', Qualifier: '7' }, 'ResourceNotFoundException', 404],
    ['what is no JSON', { FunctionName: 'Admin', Payload: '{' }, 'InvalidRequestContentException', 400],
  ])('refuses %s', async (_what, input, name, httpStatusCode) => {
    await expect(client.send(new InvokeCommand(input))).rejects.toMatchObject({
      name,
      $metadata: { httpStatusCode },
    });
    expect(events).toEqual([]);
  });

  it('knows the qualifier $LATEST', async () => {
    await expect(
      client.send(new InvokeCommand({ FunctionName: 'Admin', Qualifier: '$LATEST' })),
    ).resolves.toMatchObject({ StatusCode: 200 });
  });

  it('does not run the function in a dry run', async () => {
    const answer = await client.send(new InvokeCommand({ FunctionName: 'Admin', InvocationType: 'DryRun' }));

    expect(answer.StatusCode).toBe(204);
    expect(events).toEqual([]);
  });

  it('runs an event invocation, and logs its failure', async () => {
    const command = new InvokeCommand({ FunctionName: 'Admin', InvocationType: 'Event', Payload: '"fail"' });

    await expect(client.send(command)).resolves.toMatchObject({ StatusCode: 202 });
    expect(events).toEqual(['"fail"']);
    expect(lines).toEqual(['Admin: the event invocation failed with CommandInvalid.']);
  });

  const SIGNATURE = { authorization: 'AWS4-HMAC-SHA256 Credential=a' };
  test.each([
    ['JSON', 200, { 'content-type': 'application/json' }],
    ['what the AWS SDKs send', 200, { ...SIGNATURE, 'content-type': 'application/octet-stream' }],
    ['what the AWS CLI sends', 200, SIGNATURE],
    ['no content type and no signature', 415, {}],
    ['bytes without a signature', 415, { 'content-type': 'application/octet-stream' }],
    ['plain text', 415, { ...SIGNATURE, 'content-type': 'text/plain' }],
    ['a form', 415, { ...SIGNATURE, 'content-type': 'application/x-www-form-urlencoded' }],
  ])('answers %s with %i', async (_what, status, headers) => {
    const response = await fetch(`${endpoint}/2015-03-31/functions/Admin/invocations`, {
      method: 'POST',
      headers,
      body: new TextEncoder().encode('{"command":"list"}'), // for a string, fetch writes a content type
    });

    expect(response.status).toBe(status);
    expect(events).toHaveLength(status === 200 ? 1 : 0);
    if (status === 415) {
      await expect(response.json()).resolves.toMatchObject({
        message: expect.stringContaining('send Content-Type: application/json'),
      });
    }
  });
});
