import type { Answer, Case } from './cases.ts';
import { KINDS } from './cases.ts';

/** A way in which MiniStack 1.4.21 is known to differ from the local gateway, and which of them AWS agrees with. */
export interface KnownDifference {
  readonly name: string;
  readonly awsAgreesWith: 'the local gateway';
  readonly why: string;
  /** What MiniStack answers instead; `undefined` where the difference does not apply. */
  readonly instead: (row: Case, expected: Answer) => Answer | undefined;
}

const isRest = ({ kind }: Case) => KINDS[kind].api === 'rest';

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    name: 'gateway responses',
    awsAgreesWith: 'the local gateway',
    why: 'MiniStack stores gateway responses and does not apply them; AWS answers with their templates.',
    instead: (row, { status }) =>
      isRest(row) && status === 401 ? { status, says: 'Unauthorized' } : undefined,
  },
  {
    name: 'no such route of an HTTP API',
    awsAgreesWith: 'the local gateway',
    why: 'AWS answers «Not Found», as its documentation of HTTP APIs says; MiniStack has words of its own.',
    instead: (row, { status }) =>
      !isRest(row) && status === 404 ? { status, says: 'No route found' } : undefined,
  },
  {
    name: 'no identity source at an HTTP API without cache',
    awsAgreesWith: 'the local gateway',
    why: 'AWS answers 401 without invoking the function whenever a configured identity source is missing; MiniStack only when it would cache, and otherwise lets the function refuse.',
    instead: (row, { status }) =>
      !isRest(row) && row.cache === 'off' && status === 401 ? { status: 403, says: 'Forbidden' } : undefined,
  },
];
