export const KINDS = ['rest-token', 'rest-request', 'http-1.0', 'http-2.0', 'websocket'] as const;
export type Kind = (typeof KINDS)[number];

/** A request as the client sent it: names and values in their order, each as often as it was sent. */
export interface Sent {
  readonly headers?: readonly (readonly [string, string])[];
  readonly query?: readonly (readonly [string, string])[];
}

const API = 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5';

/** The resource of every policy in answer to the event. */
export const STAGES: Readonly<Record<Kind, string>> = {
  'rest-token': `${API}/prod`,
  'rest-request': `${API}/prod`,
  'http-1.0': `${API}/$default`,
  'http-2.0': `${API}/$default`,
  websocket: `${API}/prod`,
};

export function bearer(token: string): Sent {
  return { headers: [['Authorization', `Bearer ${token}`]] };
}

/** The event that AWS would make of a request; of the rest of its fields, those that come near to what is read. */
export function anAuthorizerEvent(kind: Kind, sent: Sent = {}): Record<string, unknown> {
  const { headers = [], query = [] } = sent;
  const stage = STAGES[kind];
  if (kind === 'rest-token') {
    const authorizationToken = headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1];
    return {
      type: 'TOKEN',
      ...(authorizationToken !== undefined && { authorizationToken }),
      methodArn: `${stage}/GET/orders/1`,
    };
  }
  if (kind === 'http-2.0') {
    const withoutCookies = headers.filter(([name]) => name.toLowerCase() !== 'cookie');
    const cookies = headers.filter(([name]) => name.toLowerCase() === 'cookie').flatMap(([, value]) => value);
    return {
      version: '2.0',
      type: 'REQUEST',
      routeArn: `${stage}/GET/orders/1`,
      identitySource: null,
      routeKey: 'GET /orders/{id}',
      rawPath: '/orders/1',
      rawQueryString: query.map((pair) => pair.join('=')).join('&'),
      ...(cookies.length > 0 && { cookies }),
      headers: joined(withoutCookies.map(([name, value]) => [name.toLowerCase(), value])),
      ...(query.length > 0 && { queryStringParameters: joined(query) }),
      pathParameters: { id: '1' },
      requestContext: {
        http: { method: 'GET', path: '/orders/1', sourceIp: '192.0.2.7', userAgent: 'test' },
        stage: '$default',
      },
    };
  }
  const maps = {
    headers: Object.fromEntries(headers),
    multiValueHeaders: listed(headers),
    queryStringParameters: query.length > 0 ? Object.fromEntries(query) : null,
    multiValueQueryStringParameters: query.length > 0 ? listed(query) : null,
    stageVariables: null,
  };
  const identity = { sourceIp: '192.0.2.7', apiKey: null };
  if (kind === 'websocket') {
    const context = { routeKey: '$connect', eventType: 'CONNECT', connectionId: 'c=', identity };
    return { type: 'REQUEST', methodArn: `${stage}/$connect`, ...maps, requestContext: context };
  }
  return {
    ...(kind === 'http-1.0' && { version: '1.0', identitySource: '', authorizationToken: '' }),
    type: 'REQUEST',
    methodArn: `${stage}/GET/orders/1`,
    resource: '/orders/{id}',
    path: '/orders/1',
    httpMethod: 'GET',
    ...maps,
    pathParameters: { id: '1' },
    requestContext: { stage: 'prod', identity },
  };
}

function listed(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const lists: Record<string, string[]> = {};
  for (const [name, value] of pairs) lists[name] = [...(lists[name] ?? []), value];
  return lists;
}

function joined(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries(Object.entries(listed(pairs)).map(([name, values]) => [name, values.join(',')]));
}
