import { describe, expect, it, test } from '@jest/globals';
import { resolveConnection } from '../../../bin/commands/resolve-connection.ts';

const NAMED = { function: 'admin' };

describe('resolveConnection', () => {
  it('leaves to the SDK what nobody gave', () => {
    expect(resolveConnection(NAMED, {})).toEqual({ functionName: 'admin', isLoopback: false });
  });

  it('prefers options over the environment', () => {
    expect(
      resolveConnection(
        { function: 'a', region: 'eu-west-1', endpointUrl: 'https://one.example', profile: 'p' },
        {
          REVOCABLE_AUTHORIZER_FUNCTION: 'b',
          AWS_REGION: 'us-west-2',
          AWS_ENDPOINT_URL_LAMBDA: 'https://two.example',
        },
      ),
    ).toEqual({
      functionName: 'a',
      isLoopback: false,
      region: 'eu-west-1',
      profile: 'p',
      endpoint: new URL('https://one.example'),
    });
  });

  test.each([
    [
      'the service',
      { AWS_ENDPOINT_URL_LAMBDA: 'https://one.example', AWS_ENDPOINT_URL: 'https://two.example' },
    ],
    ['all services', { AWS_ENDPOINT_URL: 'https://one.example' }],
  ])("takes the SDK's variable for %s", (_what, env) => {
    expect(resolveConnection(NAMED, env).endpoint?.href).toBe('https://one.example/');
  });

  it('ignores endpoints of the environment when the SDK is told to', () => {
    const env = { AWS_ENDPOINT_URL: 'https://one.example', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };
    expect(resolveConnection(NAMED, env).endpoint).toBeUndefined();
  });

  test.each([
    ['http://127.0.0.1:4010', true],
    ['http://localhost:4010', true],
    ['http://[::1]:4010', true],
    ['https://127.1.2.3', true],
    ['https://localhost.example', false],
    ['https://127.0.0.1.example', false],
    ['https://lambda.us-east-1.amazonaws.com', false],
  ])('tells whether %s is this machine', (endpointUrl, isLoopback) => {
    expect(resolveConnection({ ...NAMED, endpointUrl }, {}).isLoopback).toBe(isLoopback);
  });

  it('needs no region on this machine', () => {
    const endpointUrl = 'http://127.0.0.1:4010';
    expect(resolveConnection({ ...NAMED, endpointUrl }, {}).region).toBe('us-east-1');
    expect(resolveConnection({ ...NAMED, endpointUrl }, { AWS_REGION: 'eu-west-1' }).region).toBe(
      'eu-west-1',
    );
  });

  it('takes the region from the ARN of the function', () => {
    const connection = { function: 'arn:aws:lambda:eu-central-1:111122223333:function:admin' };
    expect(resolveConnection(connection, { AWS_REGION: 'us-west-2' }).region).toBe('eu-central-1');
  });

  test.each([
    ['plain http over a network', 'http://lambda.example', 'the endpoint http://lambda.example is not safe'],
    ['plain http to a look-alike', 'http://localhost.example', 'is not safe'],
    ['another protocol', 'ftp://127.0.0.1', 'is not safe'],
    ['a word', 'local', 'the endpoint "local" is not a URL'],
    ['nothing', '', 'the endpoint "" is not a URL'],
  ])('refuses %s', (_what, endpointUrl, problem) => {
    expect(() => resolveConnection({ ...NAMED, endpointUrl }, {})).toThrow(problem);
  });

  it('keeps a password in a refused endpoint out of the message', () => {
    const endpointUrl = 'http://user:password@lambda.example';
    expect(() => resolveConnection({ ...NAMED, endpointUrl }, {})).toThrow(/^(?!.*password)/);
  });

  it('says where the name of the function is when there is none', () => {
    expect(() => resolveConnection({}, {})).toThrow('no admin function is named; give --function');
  });
});
