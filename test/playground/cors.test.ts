import { describe, expect, it, test } from '@jest/globals';
import { addCorsHeaders, answerPreflight } from '../../playground/cors.ts';

const CORS = {
  allowOrigins: ['https://app.example.com', 'http://*'],
  allowMethods: ['GET', 'POST'],
  allowHeaders: ['authorization'],
  exposeHeaders: ['x-id'],
  maxAgeSeconds: 300,
  allowCredentials: true,
};
const ORIGIN = [['Origin', 'https://app.example.com']] as const;

describe('answerPreflight', () => {
  it('tells an allowed origin what is allowed', () => {
    expect(answerPreflight(CORS, ORIGIN)).toEqual({
      status: 204,
      headers: [
        ['access-control-allow-origin', 'https://app.example.com'],
        ['access-control-allow-methods', 'GET,POST'],
        ['access-control-allow-headers', 'authorization'],
        ['access-control-max-age', '300'],
        ['access-control-allow-credentials', 'true'],
      ],
      body: '',
    });
  });

  test.each([
    ['another origin', [['Origin', 'https://evil.example.com']]],
    ['an origin that begins as an allowed one', [['Origin', 'https://app.example.com.evil.example']]],
    ['no origin', []],
  ] as const)('tells %s nothing', (_what, headers) => {
    expect(answerPreflight(CORS, headers)).toEqual({ status: 204, headers: [], body: '' });
  });

  it('allows any origin of a scheme, and with a star any at all', () => {
    const origin = [['origin', 'http://localhost:5173']] as const;

    expect(answerPreflight(CORS, origin).headers[0]).toEqual([
      'access-control-allow-origin',
      'http://localhost:5173',
    ]);
    expect(answerPreflight({ ...CORS, allowOrigins: ['*'] }, origin).headers[0]).toEqual([
      'access-control-allow-origin',
      '*',
    ]);
  });
});

describe('addCorsHeaders', () => {
  it('replaces what the integration answered', () => {
    const answer = {
      status: 200,
      headers: [
        ['Access-Control-Allow-Origin', '*'],
        ['x-id', '1'],
      ] as const,
      body: 'ok',
    };

    expect(addCorsHeaders(CORS, ORIGIN, answer)).toEqual({
      status: 200,
      headers: [
        ['x-id', '1'],
        ['access-control-allow-origin', 'https://app.example.com'],
        ['access-control-expose-headers', 'x-id'],
        ['access-control-allow-credentials', 'true'],
      ],
      body: 'ok',
    });
    expect(addCorsHeaders(CORS, [], answer).headers).toEqual([['x-id', '1']]);
  });
});
