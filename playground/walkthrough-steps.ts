// The walkthrough as one table: the printed commands and the executed requests both come from it.

/** What the steps are told about the running local mode. */
export interface Addresses {
  /** Like `http://127.0.0.1:4010`. */
  readonly origin: string;
  /** The address of a protected GET method of the REST API; absent: there is none. */
  readonly restUrl?: string;
  /** The address of a protected GET route of the HTTP API; absent: there is none. */
  readonly httpUrl?: string;
  /** The address of a protected WebSocket API; absent: there is none. */
  readonly webSocketUrl?: string;
  /** The name of the admin function. */
  readonly revocations: string;
}

/** What a call must be answered with. */
export interface Expectation {
  readonly status: number;
  /** The `message` of the JSON body. */
  readonly message?: string;
  /** By lower-case header name, how the value must begin. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What stands in the Authorization header of a call. */
export type Credentials =
  | { readonly from: 'minted earlier' }
  /** The body of a request to the local issuer. */
  | { readonly from: 'minted now'; readonly request: string }
  | { readonly from: 'literal'; readonly token: string }
  | { readonly from: 'nowhere' };

type Call = {
  readonly url: string;
  readonly credentials: Credentials;
  readonly expected: Expectation;
};

/** One step. Titles stay free of quotes and parentheses: they are pasted as comments. */
export type Step = { readonly title: string } & (
  | { readonly kind: 'mint' }
  | { readonly kind: 'cli'; readonly command: 'revoke' | 'reinstate'; readonly reason: string }
  | ({ readonly kind: 'call' } & Call)
  /** Opens a WebSocket connection, sends a message, and waits for an answer. */
  | ({ readonly kind: 'connect' } & Call)
);

const REFUSED_BY_REST: Expectation = {
  status: 401,
  message: 'The security token included in the request is invalid.',
  headers: { 'www-authenticate': 'Bearer ', 'access-control-allow-origin': '' },
};

const MINTED_EARLIER: Credentials = { from: 'minted earlier' };
const NOWHERE: Credentials = { from: 'nowhere' };

/** Lists the steps for the APIs that there are: each of them accepts a token, refuses it revoked, accepts it again. */
export function stepsFor(addresses: Addresses): readonly Step[] {
  return [
    { title: 'Mint a token', kind: 'mint' },
    ...callEach(addresses, '', true),
    { title: 'Revoke it', kind: 'cli', command: 'revoke', reason: 'the laptop was stolen' },
    ...callEach(addresses, ' again', false),
    { title: 'Reinstate it', kind: 'cli', command: 'reinstate', reason: 'the laptop was found' },
    ...callEach(addresses, ' again', true),
    ...refusalsOfRest(addresses),
    ...withoutToken(addresses),
  ];
}

function callEach(
  { restUrl, httpUrl, webSocketUrl }: Addresses,
  again: string,
  isAllowed: boolean,
): readonly Step[] {
  const credentials = MINTED_EARLIER;
  const steps: Step[] = [];
  if (restUrl !== undefined) {
    const expected = isAllowed ? { status: 200 } : REFUSED_BY_REST;
    steps.push({
      title: titled(`Call the REST API${again}`, expected),
      kind: 'call',
      url: restUrl,
      credentials,
      expected,
    });
  }
  if (httpUrl !== undefined) {
    const expected = isAllowed ? { status: 200 } : { status: 403, message: 'Forbidden' };
    steps.push({
      title: titled(`Call the HTTP API${again}`, expected),
      kind: 'call',
      url: httpUrl,
      credentials,
      expected,
    });
  }
  if (webSocketUrl !== undefined) {
    const expected = { status: isAllowed ? 101 : 401 };
    const title = titled(`Connect to the WebSocket API${again}`, expected);
    steps.push({ title, kind: 'connect', url: webSocketUrl, credentials, expected });
  }
  return steps;
}

function refusalsOfRest({ restUrl: url }: Addresses): readonly Step[] {
  if (url === undefined) return [];
  const refused = (what: string, credentials: Credentials): Step => ({
    title: titled(what, REFUSED_BY_REST),
    kind: 'call',
    url,
    credentials,
    expected: REFUSED_BY_REST,
  });
  const minted = (request: string): Credentials => ({ from: 'minted now', request });
  return [
    refused('Garbage instead of a token', { from: 'literal', token: 'garbage' }),
    refused('A wrong signature', minted('{"sign":"bad"}')),
    refused('An expired token', minted('{"expiresIn":-60}')),
    refused('A token of a foreign issuer', minted('{"claims":{"iss":"https://issuer.example.com/"}}')),
  ];
}

function withoutToken({ restUrl, httpUrl, webSocketUrl }: Addresses): readonly Step[] {
  const steps: Step[] = [];
  const credentials = NOWHERE;
  const none = (where: string, expected: Expectation) => titled(`No token at all, ${where}`, expected);
  if (restUrl !== undefined) {
    const expected = REFUSED_BY_REST;
    steps.push({ title: none('REST', expected), kind: 'call', url: restUrl, credentials, expected });
  }
  if (httpUrl !== undefined) {
    const expected = { status: 401, message: 'Unauthorized' };
    steps.push({ title: none('HTTP', expected), kind: 'call', url: httpUrl, credentials, expected });
  }
  if (webSocketUrl !== undefined) {
    const expected = { status: 401 };
    steps.push({
      title: none('WebSocket', expected),
      kind: 'connect',
      url: webSocketUrl,
      credentials,
      expected,
    });
  }
  return steps;
}

function titled(text: string, { status }: Expectation): string {
  return `${text}: ${status}`;
}
