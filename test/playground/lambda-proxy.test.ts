import { describe, expect, it, test } from '@jest/globals';
import { buildProxyEvent, parseProxyAnswer } from '../../playground/lambda-proxy.ts';

const REQUEST = {
  httpMethod: 'GET',
  path: '/orders/a%20b',
  query: '',
  headers: [['Accept', '*/*']] as const,
  body: new Uint8Array(),
  sourceIp: '127.0.0.1',
  resourcePath: '/orders/{id}',
  pathParameters: { id: 'a b' },
  stageVariables: {},
  requestContext: { requestId: 'r-1', authorizer: { sub: 'alice' } },
};

describe('buildProxyEvent', () => {
  it('builds an event of format 1.0, with null for what is empty', () => {
    expect(buildProxyEvent(REQUEST)).toEqual({
      resource: '/orders/{id}',
      path: '/orders/a%20b',
      httpMethod: 'GET',
      headers: { Accept: '*/*' },
      multiValueHeaders: { Accept: ['*/*'] },
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: { id: 'a b' },
      stageVariables: null,
      requestContext: { requestId: 'r-1', authorizer: { sub: 'alice' } },
      body: null,
      isBase64Encoded: false,
    });
  });

  it('gives the last of several values, and all of them beside it', () => {
    const event = buildProxyEvent({
      ...REQUEST,
      query: 'tag=a&tag=b%20c',
      headers: [
        ['X-Tag', '1'],
        ['X-Tag', '2'],
      ],
      body: Buffer.from('{"item":"cup"}'),
    });

    expect(event).toMatchObject({
      queryStringParameters: { tag: 'b c' },
      multiValueQueryStringParameters: { tag: ['a', 'b c'] },
      headers: { 'X-Tag': '2' },
      multiValueHeaders: { 'X-Tag': ['1', '2'] },
      body: '{"item":"cup"}',
    });
  });
});

describe('parseProxyAnswer', () => {
  test.each([
    [
      'a complete answer',
      { statusCode: 201, headers: { 'content-type': 'text/plain' }, body: 'x' },
      201,
      [['content-type', 'text/plain']],
      'x',
    ],
    ['no headers', { statusCode: 204 }, 204, [['Content-Type', 'application/json']], ''],
    [
      'a status as a text',
      { statusCode: '200', body: 'x' },
      200,
      [['Content-Type', 'application/json']],
      'x',
    ],
    [
      'several values of a header, which win over the single one',
      {
        headers: { 'Set-Cookie': 'z', 'content-type': 'a/b' },
        multiValueHeaders: { 'set-cookie': ['a', 'b'] },
      },
      200,
      [
        ['content-type', 'a/b'],
        ['set-cookie', 'a'],
        ['set-cookie', 'b'],
      ],
      '',
    ],
    [
      'a header that API Gateway keeps to itself',
      { headers: { Server: 'mine', 'Content-Type': 'a/b' } },
      200,
      [
        ['x-amzn-Remapped-Server', 'mine'],
        ['Content-Type', 'a/b'],
      ],
      '',
    ],
  ])('takes %s', (_what, answer, status, headers, body) => {
    expect(parseProxyAnswer(JSON.stringify(answer))).toEqual({ status, headers, body });
  });

  it('decodes a body in Base64', () => {
    const answer = parseProxyAnswer('{"statusCode":200,"isBase64Encoded":true,"body":"AAH/"}');

    expect(answer?.body).toEqual(new Uint8Array([0, 1, 255]));
  });

  test.each([
    ['null', 'null'],
    ['a text', '"ok"'],
    ['an object as body', '{"statusCode":200,"body":{}}'],
    ['an unknown key', '{"statusCode":200,"status":200}'],
    ['an impossible status', '{"statusCode":99}'],
    ['an object in a header', '{"headers":{"a":{}}}'],
  ])('refuses %s', (_what, payload) => {
    expect(parseProxyAnswer(payload)).toBeUndefined();
  });
});
