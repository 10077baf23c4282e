import { describe, expect, it, test } from '@jest/globals';
import { parseOptions } from '../../playground/parse-options.ts';

describe('parseOptions', () => {
  it('serves on port 4010 with the embedded DynamoDB when nothing is said', () => {
    expect(parseOptions([], {})).toEqual({ port: 4010, isWalkthrough: false, isBundled: false });
  });

  test.each([
    ['0', 0],
    ['1', 1],
    ['65535', 65_535],
    ['', 4010],
  ])('takes PORT=%s', (PORT, port) => {
    expect(parseOptions([], { PORT })).toMatchObject({ port });
  });

  test.each(['65536', '-1', '4010.5', '0x10', 'http', ' 4010'])(
    'refuses PORT=%j, and says what is allowed',
    (PORT) => {
      expect(() => parseOptions([], { PORT })).toThrow(
        `PORT is "${PORT}"; it must be a whole number from 1 to 65535, or 0 for any free port`,
      );
    },
  );

  it('knows the walkthrough and the endpoint of a DynamoDB', () => {
    const options = parseOptions(['--walkthrough', '--no-bundle'], {
      AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:8000',
    });

    expect(options).toEqual({
      port: 4010,
      isWalkthrough: true,
      isBundled: true,
      dynamoDbEndpoint: 'http://127.0.0.1:8000',
    });
  });

  test.each([[['--walktrough']], [['serve']], [['-w']]])('refuses %j', (args) => {
    expect(() => parseOptions(args, {})).toThrow(`Unknown argument "${args[0]}"`);
  });

  it('refuses an endpoint that is no URL', () => {
    expect(() => parseOptions([], { AWS_ENDPOINT_URL_DYNAMODB: 'localhost' })).toThrow(
      'AWS_ENDPOINT_URL_DYNAMODB',
    );
  });
});
