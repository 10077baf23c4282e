import { describe, expect, it, test } from '@jest/globals';
import { HELP, parseOptions } from '../../playground/parse-options.ts';

describe('parseOptions', () => {
  it('serves on port 4010 with the embedded DynamoDB when nothing is said', () => {
    expect(parseOptions([], {})).toEqual({
      port: 4010,
      isHelp: false,
      isWalkthrough: false,
      isBundled: false,
      allowedOrigins: [],
    });
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
      isHelp: false,
      isWalkthrough: true,
      isBundled: true,
      allowedOrigins: [],
      dynamoDbEndpoint: 'http://127.0.0.1:8000',
    });
  });

  test.each([[['--walktrough']], [['serve']], [['-w']]])('refuses %j', (args) => {
    expect(() => parseOptions(args, {})).toThrow(`Unknown argument "${args[0]}"`);
  });

  it('takes the origins whose pages it lets in', () => {
    const args = ['--allow-origin', 'http://localhost:3000', '--allow-origin=https://app.example.com'];
    expect(parseOptions(args, {})).toMatchObject({
      allowedOrigins: ['http://localhost:3000', 'https://app.example.com'],
    });
  });

  test.each([
    '*',
    'null',
    '',
    'localhost:3000',
    'http://localhost:3000/',
    'http://LOCALHOST:3000',
    'http://localhost:80',
    'http://*.example.com',
    'http://user@localhost:3000',
    'file:///tmp/index.html',
  ])('refuses --allow-origin %j, and says what is allowed', (origin) => {
    expect(() => parseOptions([`--allow-origin=${origin}`], {})).toThrow(
      `--allow-origin is "${origin}"; it must be one origin as a browser writes it, for example: npm start -- --allow-origin http://localhost:3000`,
    );
  });

  it('refuses --allow-origin without a value', () => {
    expect(() => parseOptions(['--walkthrough', '--allow-origin'], {})).toThrow('--allow-origin is ""');
    expect(() => parseOptions(['--allow-origin', '--walkthrough'], {})).toThrow('--allow-origin is');
  });

  it('names every option in its help', () => {
    expect(parseOptions(['--help'], {})).toMatchObject({ isHelp: true });
    for (const name of ['--walkthrough', '--allow-origin', '--no-bundle', 'PORT'])
      expect(HELP).toContain(name);
  });

  it('refuses an endpoint that is no URL', () => {
    expect(() => parseOptions([], { AWS_ENDPOINT_URL_DYNAMODB: 'localhost' })).toThrow(
      'AWS_ENDPOINT_URL_DYNAMODB',
    );
  });
});
