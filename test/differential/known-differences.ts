import type { Answer } from './cases.ts';

/** What a known difference may depend on. */
export interface ComparedRequest {
  readonly api: 'rest' | 'http';
  readonly cache: 'off' | 'on';
  /** What AWS answers, and the local gateway. */
  readonly expected: Answer;
  /** Whether responses are cached by the identity sources of a route table. */
  readonly isCachedByRoute?: boolean;
  /** What the answer to the decoded path is; left out: nothing of the path is encoded. */
  readonly ifDecoded?: Answer;
}

/** A way in which MiniStack 1.4.21 is known to differ from the local gateway, and which of them AWS agrees with. */
export interface KnownDifference {
  readonly name: string;
  readonly awsAgreesWith: 'the local gateway' | 'nobody knows';
  readonly why: string;
  /** What MiniStack answers instead; `undefined` where the difference does not apply. */
  readonly instead: (request: ComparedRequest) => Answer | undefined;
}

/** The words of MiniStack for a route that an HTTP API does not have. */
const NO_ROUTE: Answer = { status: 404, says: 'No route found' };

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    name: 'identity sources of the context',
    awsAgreesWith: 'the local gateway',
    why: 'MiniStack takes an identity source such as context.path for missing, and with a cache answers 401 without invoking the function; AWS documents these identity sources.',
    instead: ({ isCachedByRoute }) => (isCachedByRoute ? { status: 401, says: 'Unauthorized' } : undefined),
  },
  {
    name: 'gateway responses',
    awsAgreesWith: 'the local gateway',
    why: 'MiniStack stores gateway responses and does not apply them; AWS answers with their templates.',
    instead: ({ api, expected: { status } }) =>
      api === 'rest' && status === 401 ? { status, says: 'Unauthorized' } : undefined,
  },
  {
    name: 'no such route of an HTTP API',
    awsAgreesWith: 'the local gateway',
    why: 'AWS answers «Not Found», as its documentation of HTTP APIs says; MiniStack has words of its own.',
    instead: ({ api, expected: { status } }) => (api === 'http' && status === 404 ? NO_ROUTE : undefined),
  },
  {
    name: 'no identity source at an HTTP API without cache',
    awsAgreesWith: 'the local gateway',
    why: 'AWS answers 401 without invoking the function whenever a configured identity source is missing; MiniStack only when it would cache, and otherwise lets the function refuse.',
    instead: ({ api, cache, expected: { status } }) =>
      api === 'http' && cache === 'off' && status === 401 ? { status: 403, says: 'Forbidden' } : undefined,
  },
  {
    name: 'encoded characters in the path',
    awsAgreesWith: 'nobody knows',
    why: 'MiniStack decodes the path of a REST API before it chooses the route and writes the ARN; the local gateway does both with the path as sent. AWS documents neither; reports have REST APIs pass the path on as sent.',
    instead: ({ api, ifDecoded }) => (api === 'rest' ? ifDecoded : undefined),
  },
];
