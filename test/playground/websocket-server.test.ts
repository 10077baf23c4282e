// A WebSocket API over real sockets.
import { once } from 'node:events';
import type { HttpBindings } from '@hono/node-server';
import { afterEach, describe, expect, it, test } from '@jest/globals';
import { Hono } from 'hono';
import type { ClientOptions } from 'ws';
import WebSocket from 'ws';
import { connectionsApi } from '../../playground/connections-api.ts';
import { LocalServer } from '../../playground/local-server.ts';
import { readWebSocketApi } from '../../playground/read-websocket-api.ts';
import { WebSocketApi } from '../../playground/websocket-api.ts';
import { WebSocketServer } from '../../playground/websocket-server.ts';
import { aPolicy, aTemplate, someFunctions, uriOf } from './some-functions.ts';

const API = { ApiId: { Ref: 'Api' } };

type Handler = (event: Record<string, unknown>) => unknown;

interface Situation {
  readonly authorize?: Handler;
  readonly connect?: Handler;
  readonly echo?: Handler;
  readonly identitySource?: readonly string[];
  /** Route keys, each of which goes to the function `Echo`. */
  readonly routes?: readonly string[];
  readonly hasResponse?: boolean;
}

const servers: LocalServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const OK = () => ({ statusCode: 200 });

async function aGateway({
  authorize = ({ methodArn }) => aPolicy('Allow', String(methodArn), { context: { level: 7 } }),
  connect = OK,
  echo = (event) => ({ statusCode: 200, body: JSON.stringify(event) }),
  identitySource = ['route.request.header.Authorization'],
  routes = ['$default'],
  hasResponse = true,
}: Situation = {}) {
  const integration = (name: string) => ({
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: { ...API, IntegrationType: 'AWS_PROXY', IntegrationUri: uriOf(name) },
  });
  const route = (RouteKey: string, name: string, rest: object = {}) => ({
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ...API,
      RouteKey,
      Target: { 'Fn::Join': ['', ['integrations/', { Ref: `To${name}` }]] },
      ...rest,
    },
  });
  const resources = {
    Api: {
      Type: 'AWS::ApiGatewayV2::Api',
      Properties: { ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' },
    },
    Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ...API, StageName: 'prod' } },
    Authorizer: {
      Type: 'AWS::ApiGatewayV2::Authorizer',
      Properties: {
        ...API,
        AuthorizerType: 'REQUEST',
        AuthorizerUri: uriOf('Authorize'),
        IdentitySource: identitySource,
      },
    },
    ToConnect: integration('Connect'),
    ToDisconnect: integration('Disconnect'),
    ToEcho: integration('Echo'),
    Connecting: route('$connect', 'Connect', {
      AuthorizationType: 'CUSTOM',
      AuthorizerId: { Ref: 'Authorizer' },
    }),
    Disconnecting: route('$disconnect', 'Disconnect'),
    ...Object.fromEntries(
      routes.flatMap((key, i) => [
        [
          `Route${i}`,
          route(key, 'Echo', hasResponse ? { RouteResponseSelectionExpression: '$default' } : {}),
        ],
        [
          `Response${i}`,
          {
            Type: 'AWS::ApiGatewayV2::RouteResponse',
            Properties: { ...API, RouteId: { Ref: `Route${i}` }, RouteResponseKey: '$default' },
          },
        ],
      ]),
    ),
  };
  const { template, lookup } = aTemplate(resources, ['Authorize', 'Connect', 'Disconnect', 'Echo']);
  const settings = readWebSocketApi(template, lookup);
  if (!settings) throw new Error('The template has no WebSocket API.');
  const disconnected = Promise.withResolvers<void>();
  const functions = someFunctions({
    Authorize: authorize,
    Connect: connect,
    Disconnect: () => {
      disconnected.resolve();
      return OK();
    },
    Echo: echo,
  });
  const { log, lines, events } = functions;
  const sockets = new WebSocketServer(new WebSocketApi(settings, { functions, log }), log);
  const server = await LocalServer.listen(0, () => {});
  servers.push(server);
  server.serveWebSockets('/ws', sockets);
  server.serve(new Hono<{ Bindings: HttpBindings }>().route('/', connectionsApi(sockets, '/ws')));

  /** Resolves with an open connection, or with the status of the refusal. */
  const open = async (
    { query = '', protocols = [], ...options }: ClientOptions & { query?: string; protocols?: string[] } = {
      headers: { Authorization: 'Bearer a' },
    },
  ) => {
    const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/ws${query}`, protocols, options);
    const refusal = new Promise<number | undefined>((resolve, reject) => {
      socket.once('open', () => resolve(undefined)).once('error', reject);
      socket.once('unexpected-response', (request, response) => {
        resolve(response.statusCode);
        request.destroy();
        socket.removeAllListeners('error').on('error', () => {});
      });
    });
    return { socket, status: (await refusal) ?? 101 };
  };
  const ask = async (socket: WebSocket, message: string | Buffer) => {
    const answered = once(socket, 'message');
    socket.send(message);
    return JSON.parse(String((await answered)[0]));
  };
  return { open, ask, events, lines, origin: server.origin, disconnected: disconnected.promise };
}

const throws = (message: string) => () => {
  throw new Error(message);
};

describe('a WebSocket handshake', () => {
  it('asks the authorizer with the event of AWS, then the integration with its context', async () => {
    const { open, events, origin } = await aGateway();

    await expect(open({ query: '?room=1', headers: { Authorization: 'Bearer a' } })).resolves.toMatchObject({
      status: 101,
    });

    const requestContext = {
      routeKey: '$connect',
      eventType: 'CONNECT',
      messageDirection: 'IN',
      extendedRequestId: expect.any(String),
      requestId: expect.any(String),
      requestTime: expect.stringMatching(/\+0000$/),
      requestTimeEpoch: expect.any(Number),
      stage: 'prod',
      connectedAt: expect.any(Number),
      connectionId: expect.stringMatching(/^[\w-]{15}=$/),
      apiId: expect.stringMatching(/^[0-9a-z]{10}$/),
      domainName: new URL(origin).host,
      identity: { sourceIp: '127.0.0.1' },
    };
    expect(events['Authorize']).toEqual([
      {
        type: 'REQUEST',
        methodArn: expect.stringMatching(
          /^arn:aws:execute-api:us-east-1:123456789012:[0-9a-z]{10}\/prod\/\$connect$/,
        ),
        headers: expect.objectContaining({ Authorization: 'Bearer a', Upgrade: 'websocket' }),
        multiValueHeaders: expect.objectContaining({ Authorization: ['Bearer a'] }),
        queryStringParameters: { room: '1' },
        multiValueQueryStringParameters: { room: ['1'] },
        stageVariables: {},
        requestContext,
      },
    ]);
    expect(events['Connect']).toEqual([
      expect.objectContaining({
        isBase64Encoded: false,
        queryStringParameters: { room: '1' },
        requestContext: {
          ...requestContext,
          authorizer: { principalId: 'alice', level: '7' },
          requestId: expect.any(String),
        },
      }),
    ]);
  });

  test.each([
    ['a missing identity source', {}, {}, 401],
    ['an empty one', {}, { headers: { Authorization: '' } }, 401],
    ['a thrown Unauthorized', { authorize: throws('Unauthorized') }, undefined, 401],
    ['a Deny', { authorize: () => aPolicy('Deny', '*') }, undefined, 403],
    ['a policy without statements', { authorize: () => aPolicy(undefined, '*') }, undefined, 403],
    ['a policy for */*', { authorize: () => aPolicy('Allow', 'arn:*/prod/*/*') }, undefined, 403],
    ['another error', { authorize: throws('table down') }, undefined, 500],
    ['a simple response', { authorize: () => ({ isAuthorized: true }) }, undefined, 500],
    ['an HTTP answer', { authorize: () => ({ statusCode: 401 }) }, undefined, 500],
    ['a refusing integration', { connect: () => ({ statusCode: 400 }) }, undefined, 400],
    ['a broken integration', { connect: throws('broken') }, undefined, 502],
  ])('ends for %s with the status of AWS', async (_what, situation: Situation, options, status) => {
    const { open, lines } = await aGateway(situation);

    await expect(open(options)).resolves.toMatchObject({ status });
    expect(lines.at(-1)).toBe(`GET /ws ${status}`);
  });

  it('does not ask the authorizer without the identity source', async () => {
    const { open, events } = await aGateway({ identitySource: ['route.request.querystring.token'] });

    await expect(open({})).resolves.toMatchObject({ status: 401 });
    expect(events['Authorize']).toBeUndefined();
    await expect(open({ query: '?token=secret' })).resolves.toMatchObject({ status: 101 });
  });

  it('never writes a query to the log', async () => {
    const { open, lines } = await aGateway();

    await open({ query: '?token=secret' });

    expect(lines).toEqual(['GET /ws 401']);
  });

  it('agrees on the subprotocol that the integration answers', async () => {
    const { open } = await aGateway({
      identitySource: [],
      connect: () => ({ statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'bearer' } }),
    });

    const { socket } = await open({ protocols: ['bearer', 'abc.def.ghi'] });

    expect(socket.protocol).toBe('bearer');
  });

  it('agrees on no subprotocol by itself, so that the client gives up', async () => {
    const { open } = await aGateway({ identitySource: [] });

    await expect(open({ protocols: ['bearer', 'abc.def.ghi'] })).rejects.toThrow('no subprotocol');
  });

  it('is made anew for each connection, without a results cache', async () => {
    const { open, events } = await aGateway();

    await open();
    await open();

    expect(events['Authorize']).toHaveLength(2);
  });

  it('finds nothing elsewhere', async () => {
    const { origin } = await aGateway();
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/rest`);

    await expect(once(socket, 'open')).rejects.toThrow('404');
  });
});

describe('a WebSocket message', () => {
  it('goes to the route that the selection expression names, and the answer comes back', async () => {
    const { open, ask } = await aGateway({ routes: ['$default', 'greet'] });
    const { socket } = await open();

    await expect(ask(socket, '{"action":"greet"}')).resolves.toEqual({
      body: '{"action":"greet"}',
      isBase64Encoded: false,
      requestContext: expect.objectContaining({
        routeKey: 'greet',
        eventType: 'MESSAGE',
        messageId: expect.any(String),
        authorizer: { principalId: 'alice', level: '7' },
      }),
    });
  });

  test.each([
    ['of an unknown action', '{"action":"dance"}'],
    ['that names a route of the gateway itself', '{"action":"$connect"}'],
    ['that is no JSON', 'hello'],
  ])('%s goes to $default', async (_what, message) => {
    const { open, ask } = await aGateway({ routes: ['$default', 'greet'] });
    const { socket } = await open();

    await expect(ask(socket, message)).resolves.toMatchObject({ requestContext: { routeKey: '$default' } });
  });

  it('is passed on in base64 when it is binary', async () => {
    const { open, ask } = await aGateway();
    const { socket } = await open();

    await expect(ask(socket, Buffer.from([0, 255]))).resolves.toMatchObject({
      body: 'AP8=',
      isBase64Encoded: true,
    });
  });

  test.each([
    ['without a route', { routes: ['greet'] }, 'Forbidden'],
    ['whose integration fails', { echo: throws('broken') }, 'Internal server error'],
  ])('%s is answered with an error', async (_what, situation, message) => {
    const { open, ask } = await aGateway(situation);
    const { socket } = await open();

    await expect(ask(socket, 'hello')).resolves.toEqual({
      message,
      connectionId: expect.any(String),
      requestId: expect.any(String),
    });
  });

  it('gets no answer from a route without a response', async () => {
    const echo = ({ body }: Record<string, unknown>) => ({
      statusCode: body === 'first' ? 200 : 'broken',
      body,
    });
    const { open, ask } = await aGateway({ hasResponse: false, echo });
    const { socket } = await open();

    socket.send('first');

    // What comes first is the answer to the second message.
    await expect(ask(socket, 'second')).resolves.toMatchObject({ message: 'Internal server error' });
  });
});

describe('a WebSocket connection', () => {
  it('tells $disconnect of its end', async () => {
    const { open, events, disconnected } = await aGateway();
    const { socket } = await open();

    socket.close(4000, 'enough');
    await disconnected;

    expect(events['Disconnect']).toMatchObject([
      {
        headers: { Host: expect.any(String) },
        requestContext: {
          eventType: 'DISCONNECT',
          routeKey: '$disconnect',
          disconnectStatusCode: 4000,
          disconnectReason: 'enough',
          authorizer: { principalId: 'alice' },
        },
        isBase64Encoded: false,
      },
    ]);
  });

  it('can be looked at, written to and ended by the backend', async () => {
    const { open, ask, origin } = await aGateway();
    const { socket } = await open();
    const { requestContext } = await ask(socket, 'who am I');
    const url = `${origin}/ws/%40connections/${encodeURIComponent(requestContext.connectionId)}`;

    await expect(fetch(url).then((response) => response.json())).resolves.toEqual({
      connectedAt: new Date(requestContext.connectedAt).toISOString(),
      identity: { sourceIp: '127.0.0.1', userAgent: '' },
      lastActiveAt: expect.any(String),
    });

    const received = once(socket, 'message');
    await expect(fetch(url, { method: 'POST', body: 'news' })).resolves.toMatchObject({ status: 200 });
    expect(String((await received)[0])).toBe('news');

    const closed = once(socket, 'close');
    await expect(fetch(url, { method: 'DELETE' })).resolves.toMatchObject({ status: 204 });
    await closed;
    for (const method of ['GET', 'POST', 'DELETE']) {
      const response = await fetch(url, { method });
      expect(response.status).toBe(410);
      expect(response.headers.get('x-amzn-errortype')).toBe('GoneException');
    }
  });

  it('cannot be written more than 128 KB', async () => {
    const { origin } = await aGateway();

    const body = 'x'.repeat(128 * 1024 + 1);
    await expect(fetch(`${origin}/ws/@connections/a`, { method: 'POST', body })).resolves.toMatchObject({
      status: 413,
    });
  });
});

describe('readWebSocketApi', () => {
  it('finds nothing in a template without a WebSocket API', () => {
    const { template, lookup } = aTemplate({}, []);

    expect(readWebSocketApi(template, lookup)).toBeUndefined();
  });
});
