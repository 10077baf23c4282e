import { once } from 'node:events';
import type { IncomingHttpHeaders, RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, test } from '@jest/globals';
import { invokeAdmin } from '../../../bin/commands/invoke-admin.ts';
import type { Connection } from '../../../bin/commands/resolve-connection.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(answer: RequestListener): Promise<Connection> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const endpoint = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return { functionName: 'admin', endpoint, isLoopback: true, region: 'us-east-1' };
}

describe('invokeAdmin', () => {
  it('posts the command and returns the text of the answer', async () => {
    let path: string | undefined;
    let headers: IncomingHttpHeaders = {};
    let body = '';
    const connection = await listen(async (request, response) => {
      ({ url: path, headers } = request);
      for await (const chunk of request) body += chunk;
      response.end('{ "command": "list" }');
    });

    await expect(invokeAdmin(connection, { command: 'list', limit: 5 })).resolves.toBe(
      '{ "command": "list" }',
    );
    expect(path).toBe('/2015-03-31/functions/admin/invocations');
    expect(body).toBe('{"command":"list","limit":5}');
    expect(headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=local\//);
  });

  test.each([
    [404, 'ResourceNotFoundException', 'unreachable', 'there is no function admin at http://127.0.0.1:'],
    [403, 'AccessDeniedException', 'unreachable', 'these credentials may not call admin'],
    [403, 'UnrecognizedClientException', 'unreachable', 'AWS does not accept the credentials (as told)'],
    [403, 'ExpiredTokenException', 'unreachable', 'the AWS credentials have expired'],
    [429, 'TooManyRequestsException', 'unreachable', 'AWS throttles calls'],
    [400, 'ValidationException', 'refused', 'Lambda refuses the name of the function (as told)'],
    [
      500,
      'ServiceException',
      'unreachable',
      'could not carry out the call (HTTP 500, ServiceException: as told)',
    ],
    [502, 'ENILimitReachedException', 'unreachable', 'HTTP 502, ENILimitReachedException: as told'],
  ])('explains HTTP %i %s', async (status, name, exit, sentence) => {
    const connection = await listen((_request, response) => {
      response.writeHead(status, {
        'content-type': 'application/json',
        'x-amzn-errortype': `${name}:http://x/`,
      });
      response.end(JSON.stringify({ Type: 'User', Message: 'as told', message: 'as told' }));
    });

    const refusal = expect(invokeAdmin(connection, { command: 'list' })).rejects;
    await refusal.toMatchObject({ exit, message: expect.stringContaining(sentence) });
  });

  it('repeats a call once when Lambda has trouble', async () => {
    let calls = 0;
    const connection = await listen((_request, response) => {
      calls += 1;
      response.writeHead(calls === 1 ? 503 : 200).end('{}');
    });

    await expect(invokeAdmin(connection, {})).resolves.toBe('{}');
    expect(calls).toBe(2);
  });

  it('never repeats a command that the function refused', async () => {
    let calls = 0;
    const connection = await listen((_request, response) => {
      calls += 1;
      response.writeHead(200, { 'x-amz-function-error': 'Unhandled' });
      response.end(
        JSON.stringify({ errorType: 'CommandInvalid', errorMessage: 'no such field.', trace: [] }),
      );
    });

    await expect(invokeAdmin(connection, {})).rejects.toMatchObject({
      exit: 'refused',
      message: 'no such field.',
    });
    expect(calls).toBe(1);
  });

  it('explains an endpoint that is not Lambda', async () => {
    const connection = await listen((_request, response) => {
      response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>not here</h1>');
    });

    await expect(invokeAdmin(connection, {})).rejects.toMatchObject({ exit: 'unreachable' });
  });

  test.each([
    ['check', 'it is safe to give the command again'],
    ['revoke', 'whether the command was carried out is not known, and it is safe to give the command again'],
  ])('gives up on a function that does not answer: %s', async (command, advice) => {
    const connection = await listen(() => {});

    await expect(invokeAdmin(connection, { command }, 200)).rejects.toMatchObject({
      exit: 'unreachable',
      message: `the admin function did not answer within 0.2 seconds; ${advice}`,
    });
  });

  it('gives up on an answer that does not end', async () => {
    const connection = await listen((_request, response) => {
      response.writeHead(200).write('{');
    });

    await expect(invokeAdmin(connection, {}, 200)).rejects.toMatchObject({
      exit: 'unreachable',
      message: expect.stringContaining('did not answer within 0.2 seconds'),
    });
  });
});
