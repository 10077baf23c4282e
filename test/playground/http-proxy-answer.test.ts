import { describe, expect, it, test } from '@jest/globals';
import { parseHttpProxyAnswer } from '../../playground/http-proxy-answer.ts';

describe('parseHttpProxyAnswer', () => {
  test.each([
    ['a text', '"Hello"'],
    ['an object without a status', '{"message":"Hello"}'],
    ['null', 'null'],
  ])('takes %s for the body itself in format 2.0, and for malformed in format 1.0', (_what, payload) => {
    expect(parseHttpProxyAnswer(payload, '2.0')).toEqual({
      status: 200,
      headers: [['content-type', 'application/json']],
      body: payload,
    });
    expect(parseHttpProxyAnswer(payload, '1.0')).toBeUndefined();
  });

  it('sends every cookie in a header of its own', () => {
    const payload = JSON.stringify({
      statusCode: 201,
      headers: { 'X-Id': 7 },
      cookies: ['a=1', 'b=2'],
      body: 'ok',
    });

    expect(parseHttpProxyAnswer(payload, '2.0')).toEqual({
      status: 201,
      headers: [
        ['content-type', 'text/plain;charset=UTF-8'],
        ['x-id', '7'],
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ],
      body: 'ok',
    });
  });

  it('decodes a body in base64', () => {
    const payload = JSON.stringify({ statusCode: 200, body: 'AP8=', isBase64Encoded: true });

    expect(parseHttpProxyAnswer(payload, '2.0')?.body).toEqual(new Uint8Array([0, 255]));
  });

  it('takes several values of a header in format 1.0', () => {
    const payload = JSON.stringify({ statusCode: 200, multiValueHeaders: { 'X-Tag': ['a', 'b'] }, body: '' });

    expect(parseHttpProxyAnswer(payload, '1.0')?.headers).toEqual(
      expect.arrayContaining([
        ['X-Tag', 'a'],
        ['X-Tag', 'b'],
      ]),
    );
  });

  test.each([
    ['a status out of range', { statusCode: 42 }],
    ['a body that is no text', { statusCode: 200, body: {} }],
  ])('refuses %s', (_what, answer) => {
    expect(parseHttpProxyAnswer(JSON.stringify(answer), '2.0')).toBeUndefined();
  });
});
