// The walkthrough as one table: the printed commands and the executed requests both come from it.

/** What the steps are told about the running local mode. */
export interface Addresses {
  /** Like `http://127.0.0.1:4010`. */
  readonly origin: string;
  /** The address of a protected GET method of the REST API. */
  readonly callUrl: string;
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

/** One step. Titles stay free of quotes and parentheses: they are pasted as comments. */
export type Step = { readonly title: string } & (
  | { readonly kind: 'mint' }
  | { readonly kind: 'cli'; readonly command: 'revoke' | 'reinstate'; readonly reason: string }
  | { readonly kind: 'call'; readonly credentials: Credentials; readonly expected: Expectation }
);

const ALLOWED: Expectation = { status: 200 };

const REFUSED: Expectation = {
  status: 401,
  message: 'The security token included in the request is invalid.',
  headers: { 'www-authenticate': 'Bearer ', 'access-control-allow-origin': '' },
};

const MINTED_EARLIER: Credentials = { from: 'minted earlier' };

export const STEPS: readonly Step[] = [
  { title: 'Mint a token', kind: 'mint' },
  { title: 'Call the API with it: 200', kind: 'call', credentials: MINTED_EARLIER, expected: ALLOWED },
  { title: 'Revoke it', kind: 'cli', command: 'revoke', reason: 'the laptop was stolen' },
  { title: 'Call again: 401', kind: 'call', credentials: MINTED_EARLIER, expected: REFUSED },
  { title: 'Reinstate it', kind: 'cli', command: 'reinstate', reason: 'the laptop was found' },
  { title: 'Call again: 200', kind: 'call', credentials: MINTED_EARLIER, expected: ALLOWED },
  {
    title: 'Garbage instead of a token: 401',
    kind: 'call',
    credentials: { from: 'literal', token: 'garbage' },
    expected: REFUSED,
  },
  {
    title: 'A wrong signature: 401',
    kind: 'call',
    credentials: { from: 'minted now', request: '{"sign":"bad"}' },
    expected: REFUSED,
  },
  {
    title: 'An expired token: 401',
    kind: 'call',
    credentials: { from: 'minted now', request: '{"expiresIn":-60}' },
    expected: REFUSED,
  },
  {
    title: 'A token of a foreign issuer: 401',
    kind: 'call',
    credentials: { from: 'minted now', request: '{"claims":{"iss":"https://issuer.example.com/"}}' },
    expected: REFUSED,
  },
  { title: 'No token at all: 401', kind: 'call', credentials: { from: 'nowhere' }, expected: REFUSED },
];

/** Returns the arguments of the command line tool for a step; the token goes to its standard input. */
export function cliArguments(step: Step & { kind: 'cli' }, { origin, revocations }: Addresses): string[] {
  const where = ['--endpoint-url', origin, '--function', revocations];
  return [step.command, 'token', ...where, '--reason', step.reason];
}

/** Writes a step as a command that can be pasted into a POSIX shell. */
export function toShell(step: Step, addresses: Addresses): string {
  switch (step.kind) {
    case 'mint':
      return `TOKEN=$(${mintCommand(addresses, undefined)})`;
    case 'cli':
      return `echo "$TOKEN" | npx revocable-authorizer ${cliArguments(step, addresses).map(quote).join(' ')}`;
    case 'call': {
      const header = authorizationArgument(step.credentials, addresses);
      return `curl -sS -i -w '\\n' ${header}${quote(addresses.callUrl)}`;
    }
  }
}

function mintCommand({ origin }: Addresses, request: string | undefined): string {
  const body = request === undefined ? '-X POST' : `-d ${quote(request)}`;
  return `curl -sS ${body} -H 'accept: text/plain' ${origin}/issuer/token`;
}

function authorizationArgument(credentials: Credentials, addresses: Addresses): string {
  switch (credentials.from) {
    case 'minted earlier':
      return '-H "Authorization: Bearer $TOKEN" ';
    case 'minted now':
      return `-H "Authorization: Bearer $(${mintCommand(addresses, credentials.request)})" `;
    case 'literal':
      return `-H 'Authorization: Bearer ${credentials.token}' `;
    case 'nowhere':
      return '';
  }
}

function quote(word: string): string {
  return /^[\w:/.@=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
