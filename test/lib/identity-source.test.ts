import { describe, expect, it, test } from '@jest/globals';
import { IdentitySource, identitySourceExpressions } from '../../lib/identity-source.ts';

const HEADER = IdentitySource.header('Authorization');
const COOKIE = IdentitySource.cookie('__Host-token');
const QUERY = IdentitySource.queryString('access_token');
const PROTOCOL = IdentitySource.webSocketProtocol();

describe('IdentitySource', () => {
  test.each([
    [HEADER, { in: 'header', name: 'authorization' }],
    [IdentitySource.header('X-Token'), { in: 'header', name: 'x-token' }],
    [COOKIE, { in: 'cookie', name: '__Host-token' }],
    [QUERY, { in: 'query', name: 'access_token' }],
    [PROTOCOL, { in: 'subprotocol', name: 'bearer' }],
    [IdentitySource.webSocketProtocol('access-token'), { in: 'subprotocol', name: 'access-token' }],
  ])('tells the function %#', ({ settings }, expected) => {
    expect(settings).toEqual(expected);
  });

  test.each<[string, () => unknown, string]>([
    ['no name', () => IdentitySource.header(''), 'IdentitySource.header(""): that is no name'],
    ['a number', () => IdentitySource.header(7 as never), 'IdentitySource.header(7): that is no name'],
    ['a name with a space', () => IdentitySource.queryString('a b'), 'such as "access_token"'],
    ['a name with a semicolon', () => IdentitySource.cookie('a;b'), 'IdentitySource.cookie("a;b")'],
    ['a name with a comma', () => IdentitySource.webSocketProtocol('a,b'), 'such as "bearer"'],
    ['a name that is too long', () => IdentitySource.cookie('a'.repeat(129)), 'give up to 128 letters'],
    ['all cookies at once', () => IdentitySource.header('Cookie'), 'use IdentitySource.cookie(...)'],
    [
      'the header of subprotocols',
      () => IdentitySource.header('sec-websocket-protocol'),
      'use IdentitySource.webSocketProtocol(...)',
    ],
  ])('refuses %s', (_what, make, message) => {
    expect(make).toThrow(message);
  });
});

describe('identitySourceExpressions', () => {
  test.each([
    ['rest', HEADER, 'method.request.header.Authorization'],
    ['rest', COOKIE, 'method.request.header.Cookie'],
    ['rest', QUERY, 'method.request.querystring.access_token'],
    ['http', HEADER, '$request.header.Authorization'],
    ['http', COOKIE, '$request.header.Cookie'],
    ['http', QUERY, '$request.querystring.access_token'],
    ['websocket', HEADER, 'route.request.header.Authorization'],
    ['websocket', QUERY, 'route.request.querystring.access_token'],
    ['websocket', PROTOCOL, 'route.request.header.Sec-WebSocket-Protocol'],
  ] as const)('writes one source as a %s API does: %#', (type, source, expression) => {
    expect(identitySourceExpressions(type, [source], 'forApi()')).toEqual([expression]);
  });

  it('has responses cached by what distinguishes routes behind the token, and never without it', () => {
    const byRoute = (type: 'rest' | 'http' | 'websocket', ...sources: IdentitySource[]) =>
      identitySourceExpressions(type, sources, 'forApi()', true);

    expect(byRoute('rest', COOKIE)).toEqual([
      'method.request.header.Cookie',
      'context.httpMethod',
      'context.path',
      'context.domainName',
    ]);
    expect(byRoute('http', HEADER, PROTOCOL)).toEqual([
      '$request.header.Authorization',
      '$context.httpMethod',
      '$context.path',
      '$context.domainName',
      '$context.customDomain.basePathMatched',
    ]);
    expect(byRoute('websocket', HEADER)).toEqual(['route.request.header.Authorization']);
    expect(byRoute('http', HEADER, COOKIE)).toBeUndefined();
  });

  it('requires nothing of a request that may have its token in several places', () => {
    expect(identitySourceExpressions('http', [HEADER, COOKIE], 'forApi()')).toBeUndefined();
    expect(identitySourceExpressions('websocket', [HEADER, PROTOCOL], 'forApi()')).toBeUndefined();
  });

  it('leaves subprotocols out where nobody opens a WebSocket', () => {
    expect(identitySourceExpressions('rest', [PROTOCOL, HEADER], 'forApi()')).toEqual([
      'method.request.header.Authorization',
    ]);
    expect(() => identitySourceExpressions('http', [PROTOCOL], 'forHttpApi()')).toThrow(
      'forHttpApi(): option "identitySources" holds only IdentitySource.webSocketProtocol(...)',
    );
  });
});
