import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import type { WholeRequest } from '../../../lambda/authorizer/parse-event.ts';
import { parseEvent } from '../../../lambda/authorizer/parse-event.ts';
import { Fault } from '../../../lambda/fault.ts';
import type { Kind } from '../../support/an-authorizer-event.ts';
import { anAuthorizerEvent, KINDS, STAGES } from '../../support/an-authorizer-event.ts';

const UNRECOGNIZED = expect.objectContaining({ code: 'event_unrecognized' });
const STAGE = STAGES['rest-token'];
const WHOLE = KINDS.filter((kind) => kind !== 'rest-token');

const aTokenEvent = (methodArn: unknown, authorizationToken: unknown = 'Bearer a.b.c') => ({
  type: 'TOKEN',
  methodArn,
  authorizationToken,
});
const whole = (event: unknown) => parseEvent(event) as WholeRequest;

describe('parseEvent', () => {
  test.each(KINDS)('recognizes a %s event by its fields', (kind) => {
    const { arn, ...request } = parseEvent(anAuthorizerEvent(kind));

    expect(request).toMatchObject({
      kind,
      api: kind.replace(/-.*/, ''),
      method: arn.method,
      path: arn.path,
    });
    expect(arn).toEqual({
      partition: 'aws',
      region: 'eu-west-1',
      accountId: '123456789012',
      apiId: 'a1b2c3d4e5',
      stage: kind.startsWith('http') ? '$default' : 'prod',
      method: kind === 'websocket' ? '$connect' : 'GET',
      path: kind === 'websocket' ? '' : 'orders/1',
      resource: kind === 'websocket' ? '$connect' : 'GET/orders/1',
    });
  });

  test.each<[string, Kind, object, string | undefined]>([
    ['the route key of payload 2.0', 'http-2.0', {}, 'GET /orders/{id}'],
    ['the resource of payload 1.0', 'http-1.0', {}, 'GET /orders/{id}'],
    ['the resource of a REST API', 'rest-request', {}, 'GET /orders/{id}'],
    ['the default route of payload 1.0', 'http-1.0', { resource: '$default' }, '$default'],
    ['no route of a TOKEN event', 'rest-token', {}, undefined],
    ['no route of a WebSocket API', 'websocket', {}, undefined],
    ['no route that is not a string', 'rest-request', { resource: 7 }, undefined],
    ['no empty route', 'http-2.0', { routeKey: '' }, undefined],
  ])('reads %s', (_what, kind, fields, route) => {
    expect(parseEvent({ ...anAuthorizerEvent(kind), ...fields }).route).toBe(route);
  });

  test.each(['$default', 'GET/$default', '$default/orders/1'])(
    'reads verb and path of the event where the ARN of the default route ends in %s',
    (resource) => {
      const asked = { method: 'GET', path: 'v1/orders/1', route: '$default', mayHaveBasePath: true };
      const [v2, v1] = (['http-2.0', 'http-1.0'] as const).map((kind) => anAuthorizerEvent(kind));
      const arn = `${STAGES['http-2.0']}/${resource}`;

      expect(
        parseEvent({ ...v2, routeArn: arn, routeKey: '$default', rawPath: '/v1/orders/1' }),
      ).toMatchObject(asked);
      expect(parseEvent({ ...v1, methodArn: arn, resource: '$default', path: '/v1/orders/1' })).toMatchObject(
        asked,
      );
    },
  );

  test.each([
    ['a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com', 'prod', '/prod/orders/1', 'orders/1', false],
    ['a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com', '$default', '/prod/orders/1', 'prod/orders/1', false],
    ['a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com', 'prod', '/production/1', 'production/1', false],
    ['api.example.com', 'prod', '/prod/orders/1', 'prod/orders/1', true],
  ])('at %s and stage %s reads the path %s as %s', (domainName, stage, rawPath, path, mayHaveBasePath) => {
    const event = anAuthorizerEvent('http-2.0');
    const requestContext = { ...Object(event['requestContext']), domainName };
    const routeArn = `arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/${stage}/$default`;
    expect(parseEvent({ ...event, routeArn, routeKey: '$default', rawPath, requestContext })).toMatchObject({
      path,
      mayHaveBasePath,
    });
  });

  test.each(['FOO1', 'VERSION_CONTROL', "!#$%&'*+-.^_`|~", 'get'])(
    'takes the method %s, as RFC 9110 does',
    (method) => {
      expect(parseEvent(aTokenEvent(`${STAGE}/${method}/orders`)).arn).toMatchObject({
        method,
        path: 'orders',
      });
    },
  );

  it('takes the value of a TOKEN event as it is', () => {
    expect(parseEvent(aTokenEvent(`${STAGE}/GET/`))).toMatchObject({ authorization: 'Bearer a.b.c' });
  });

  test.each([[undefined], [null], [7], [['Bearer a.b.c']]])(
    'takes the credentials %j of a TOKEN event for none',
    (authorizationToken) => {
      expect(parseEvent({ ...aTokenEvent(`${STAGE}/GET/`), authorizationToken })).toMatchObject({
        authorization: undefined,
      });
    },
  );

  test.each([
    ['the root', `${STAGE}/GET/`, ''],
    ['a colon', `${STAGE}/GET/a:b`, 'a:b'],
    ['slashes and wildcards', `${STAGE}/GET//x/*/?`, '/x/*/?'],
    ['a line break', `${STAGE}/GET/a\nb`, 'a\nb'],
  ])('keeps %s in the path', (_what, methodArn, path) => {
    expect(parseEvent(aTokenEvent(methodArn)).arn.path).toBe(path);
  });

  test.each(['aws', 'aws-cn', 'aws-us-gov', 'aws-iso-b'])('knows the partition %s', (partition) => {
    expect(parseEvent(aTokenEvent(`${STAGE.replace('aws', partition)}/GET/`)).arn.partition).toBe(partition);
  });

  test.each(['GET/', 'GET/orders', '$default', '$default/orders', 'M-SEARCH/x'])(
    'takes %s for a route of an HTTP API',
    (route) => {
      const event = { ...anAuthorizerEvent('http-2.0'), routeArn: `${STAGES['http-2.0']}/${route}` };

      expect(parseEvent(event).kind).toBe('http-2.0');
    },
  );

  it('collects every header, in lower case, from the map with lists and from the one without', () => {
    const event = {
      ...anAuthorizerEvent('rest-request'),
      headers: { 'X-One': '1', 'X-Last': 'b', 'X-Single': 's' },
      multiValueHeaders: { 'X-One': ['1'], 'X-Last': ['a', 'b'], 'x-list': ['l'], 'X-Odd': ['o', 7, null] },
    };

    expect(Object.fromEntries(whole(event).headers)).toEqual({
      'x-one': ['1'],
      'x-last': ['a', 'b'],
      'x-single': ['s'],
      'x-list': ['l'],
      'x-odd': ['o'],
    });
  });

  it('keeps both values when the two maps of a broken event contradict each other', () => {
    const event = {
      ...anAuthorizerEvent('rest-request'),
      headers: { Authorization: 'Bearer a' },
      multiValueHeaders: { authorization: ['Bearer b'] },
    };

    expect(whole(event).headers.get('authorization')).toEqual(['Bearer b', 'Bearer a']);
  });

  it('collects the cookies of both payload formats', () => {
    const sent = {
      headers: [
        ['Cookie', 'a=1; b=x=y;c'],
        ['Cookie', ' a=2;=3;d=" 4 "'],
      ],
    } as const;

    for (const kind of WHOLE) {
      expect(Object.fromEntries(whole(anAuthorizerEvent(kind, sent)).cookies)).toEqual({
        a: ['1', '2'],
        b: ['x=y'],
        d: ['" 4 "'],
      });
    }
  });

  test.each(WHOLE)('knows the address that a %s request came from', (kind) => {
    expect(whole(anAuthorizerEvent(kind)).sourceIp).toBe('192.0.2.7');
  });

  test.each([[undefined], [null], ['localhost'], ['192.0.2.7, 10.0.0.1'], [{}]])(
    'takes %j for no address',
    (sourceIp) => {
      const event = { ...anAuthorizerEvent('rest-request'), requestContext: { identity: { sourceIp } } };

      expect(whole(event).sourceIp).toBeUndefined();
    },
  );

  test.each(WHOLE)('reads a %s event whose every map is null', (kind) => {
    const { type, version, methodArn, routeArn, ...others } = anAuthorizerEvent(kind);
    const nulls = Object.fromEntries(Object.keys(others).map((name) => [name, null]));
    const context = kind === 'websocket' ? { requestContext: { eventType: 'CONNECT', identity: null } } : {};

    expect(parseEvent({ type, version, methodArn, routeArn, ...nulls, ...context })).toMatchObject({
      kind,
      headers: new Map(),
      query: new Map(),
      cookies: new Map(),
      sourceIp: undefined,
    });
  });

  test.each(KINDS)('ignores fields that AWS may add to a %s event', (kind) => {
    expect(parseEvent({ ...anAuthorizerEvent(kind), later: { any: 'thing' } }).kind).toBe(kind);
  });

  test.each<[string, unknown]>([
    ['null', null],
    ['a string', 'TOKEN'],
    ['a list', [anAuthorizerEvent('rest-request')]],
    ['no type', { methodArn: `${STAGE}/GET/` }],
    ['another type', { ...aTokenEvent(`${STAGE}/GET/`), type: 'JWT' }],
    ['another payload format', { ...anAuthorizerEvent('http-2.0'), version: '3.0' }],
    ['a payload format that is a number', { ...anAuthorizerEvent('http-2.0'), version: 2 }],
    ['payload 2.0 with the ARN of payload 1.0', { ...anAuthorizerEvent('http-1.0'), version: '2.0' }],
    ['payload 1.0 with the ARN of payload 2.0', { ...anAuthorizerEvent('http-2.0'), version: '1.0' }],
    [
      'an event of AppSync',
      { authorizationToken: 'a.b.c', requestContext: { apiId: 'x', queryString: '{ orders }' } },
    ],
    [
      'a message of a WebSocket',
      { ...anAuthorizerEvent('websocket'), methodArn: `${STAGES.websocket}/$default` },
    ],
    [
      'a handshake with the ARN of a method',
      { ...anAuthorizerEvent('websocket'), methodArn: `${STAGE}/GET/` },
    ],
    [
      'a method with the ARN of a handshake',
      { ...anAuthorizerEvent('rest-request'), methodArn: `${STAGE}/$connect` },
    ],
    ['a REST API with a default stage', aTokenEvent(`${STAGES['http-1.0']}/GET/`)],
    ['no ARN', aTokenEvent(undefined)],
    ['an ARN with a wildcard for the stage', aTokenEvent(`${STAGE.replace('prod', '*')}/GET/`)],
    ['an ARN of another service', aTokenEvent('arn:aws:lambda:eu-west-1:123456789012:a1/prod/GET/')],
    ['an ARN without a path', aTokenEvent(`${STAGE}/GET`)],
    ['a method that is not a token', aTokenEvent(`${STAGE}/G(T/`)],
  ])('throws the fault event_unrecognized for %s', (_what, event) => {
    expect(() => parseEvent(event)).toThrow(UNRECOGNIZED);
  });

  it('answers anything with a request or that fault, and puts no wildcard into the parts of the stage', () => {
    const arn = fc
      .tuple(fc.constantFrom('aws', 'a*', ''), fc.string(), fc.string(), fc.string({ unit: 'binary' }))
      .map(
        ([partition, api, stage, path]) =>
          `arn:${partition}:execute-api:eu-west-1:123456789012:${api}/${stage}/GET/${path}`,
      );
    const mutated = fc
      .tuple(
        fc.constantFrom(...KINDS),
        fc.dictionary(
          fc.constantFrom(
            'type',
            'version',
            'methodArn',
            'routeArn',
            'headers',
            'multiValueHeaders',
            'cookies',
            'queryStringParameters',
            'multiValueQueryStringParameters',
            'requestContext',
            'authorizationToken',
          ),
          fc.oneof(arn, fc.constantFrom('TOKEN', 'REQUEST', '1.0', '2.0', undefined), fc.anything()),
          { maxKeys: 4 },
        ),
      )
      .map(([kind, fields]) => ({ ...anAuthorizerEvent(kind), ...fields }));
    fc.assert(
      fc.property(
        fc.oneof({ weight: 1, arbitrary: fc.anything() }, { weight: 4, arbitrary: mutated }),
        (any) => {
          try {
            const { partition, region, accountId, apiId, stage } = parseEvent(any).arn;
            expect([partition, region, accountId, apiId].join('')).toMatch(/^[\w-]+$/);
            expect(stage).toMatch(/^(\$default|[\w-]+)$/);
          } catch (error) {
            expect(error).toBeInstanceOf(Fault);
            expect(error).toMatchObject({ code: 'event_unrecognized' });
          }
        },
      ),
      { numRuns: 4000 },
    );
  });
});
