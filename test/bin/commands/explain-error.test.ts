import { describe, expect, it, test } from '@jest/globals';
import { explainFunctionError, explainSdkError } from '../../../bin/commands/explain-error.ts';

const CONNECTION = { functionName: 'admin', isLoopback: false, region: 'eu-west-1' };

describe('explainSdkError', () => {
  test.each([
    ['CredentialsProviderError', {}, 'unreachable', 'no AWS credentials were found (the message)'],
    ['AccessDeniedException', {}, 'unreachable', 'these credentials may not call admin'],
    ['ResourceNotFoundException', {}, 'unreachable', 'there is no function admin in eu-west-1'],
    ['ExpiredTokenException', {}, 'unreachable', 'the AWS credentials have expired'],
    ['UnrecognizedClientException', {}, 'unreachable', 'AWS does not accept the credentials (the message)'],
    ['InvalidSignatureException', {}, 'unreachable', 'AWS does not accept the credentials (the message)'],
    ['TooManyRequestsException', {}, 'unreachable', 'AWS throttles calls'],
    ['ValidationException', {}, 'refused', 'Lambda refuses the name of the function (the message)'],
    ['TimeoutError', {}, 'unreachable', 'no connection was made in eu-west-1 in time'],
    ['Error', { code: 'ECONNREFUSED' }, 'unreachable', 'nothing listens in eu-west-1'],
    ['Error', { code: 'ENOTFOUND' }, 'unreachable', 'has no address'],
    ['TimeoutError', { code: 'ECONNRESET' }, 'unreachable', 'the connection was cut'],
    [
      'Error',
      { code: 'EHOSTUNREACH' },
      'unreachable',
      'the call in eu-west-1 failed (EHOSTUNREACH: the message)',
    ],
    ['Error', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'unreachable', 'no trusted TLS connection'],
    ['Error', { code: 'CERT_HAS_EXPIRED' }, 'unreachable', 'no trusted TLS connection'],
    ['ENILimitReachedException', { $metadata: { httpStatusCode: 502 } }, 'unreachable', 'HTTP 502'],
    ['TypeError', {}, 'unexpected', 'the call in eu-west-1 failed (TypeError: the message)'],
    ['toString', {}, 'unexpected', 'the call in eu-west-1 failed'],
  ])('explains %s %j', (name, facts, exit, sentence) => {
    const error = Object.assign(new Error('the message.'), { name }, facts);

    const explained = explainSdkError(error, CONNECTION);

    expect(explained).toMatchObject({ exit, cause: error });
    expect(explained.message).toContain(sentence);
  });

  it('asks for a region when none is known', () => {
    expect(explainSdkError(new Error('Region is missing'), CONNECTION)).toMatchObject({
      exit: 'refused',
      message: 'no AWS region is known; give --region, or set AWS_REGION',
    });
  });

  it('names an endpoint by its origin, which holds no password', () => {
    const endpoint = new URL('http://user:password@127.0.0.1:4010/path');
    const error = Object.assign(new Error(''), { code: 'ECONNREFUSED' });

    expect(explainSdkError(error, { ...CONNECTION, endpoint }).message).toBe(
      'nothing listens at http://127.0.0.1:4010; start the local mode (npm start), or correct --endpoint-url',
    );
  });
});

describe('explainFunctionError', () => {
  const again = 'whether the command was carried out is not known, and it is safe to give the command again';

  test.each([
    [
      {
        errorType: 'Fault',
        errorMessage: 'revocation_store_unavailable: the table did not answer; nothing was changed',
      },
      'adminFailed',
      'the admin function failed: revocation_store_unavailable: the table did not answer; nothing was changed; it is safe to give the command again',
    ],
    [
      { errorType: 'CommandInvalid', errorMessage: 'reason is 0 characters long; allowed are 1 to 512.' },
      'refused',
      'reason is 0 characters long; allowed are 1 to 512.',
    ],
    [
      { errorType: 'Fault', errorMessage: 'revocation_store_unavailable: the table did not answer.' },
      'adminFailed',
      `the admin function failed: revocation_store_unavailable: the table did not answer; it is safe to give the command again`,
    ],
    [
      { errorType: 'Fault', errorMessage: 'config_invalid: no issuers' },
      'adminFailed',
      'the admin function failed: config_invalid: no issuers; trying again does not help before it is deployed correctly',
    ],
    [
      {
        errorType: 'Sandbox.Timedout',
        errorMessage: 'RequestId: 1 Error: Task timed out after 10.00 seconds',
      },
      'adminFailed',
      `the admin function failed: RequestId: 1 Error: Task timed out after 10.00 seconds; ${again}`,
    ],
    [{}, 'adminFailed', `the admin function failed: no reason was given; ${again}`],
  ])('explains %j', (payload, exit, message) => {
    expect(explainFunctionError(JSON.stringify(payload), { command: 'revoke' })).toMatchObject({
      exit,
      message,
    });
  });

  test.each(['', 'null', '<html>'])('explains a failure that says nothing: %j', (payload) => {
    expect(explainFunctionError(payload, { command: 'reinstate' })).toMatchObject({
      exit: 'adminFailed',
      message: `the admin function failed: no reason was given; ${again}`,
    });
  });

  test.each([
    { command: 'check' },
    { command: 'list' },
    { command: 'history' },
    { command: 'explain' },
    { command: 'revoke', dryRun: true },
  ])('knows that %j changed nothing', (command) => {
    const payload = { errorType: 'Fault', errorMessage: 'jwks_unavailable: the keys could not be fetched' };
    expect(explainFunctionError(JSON.stringify(payload), command)).toMatchObject({
      message:
        'the admin function failed: jwks_unavailable: the keys could not be fetched; it is safe to give the command again',
    });
  });
});
