// The public API of revocable-authorizer/client: to revoke from a function of your own. It needs @aws-sdk/client-lambda,
// which the Node.js runtimes of Lambda have, and no CDK.
export type {
  CheckAnswer,
  Dimension,
  FlushedStage,
  FlushOutcome,
  HistoryAnswer,
  ListAnswer,
  Reach,
  ReinstateAnswer,
  RevocationChange,
  RevocationRecord,
  RevokeAnswer,
} from './answers.ts';
export { CommandInvalid, NotConfirmed, NotReached } from './errors.ts';
export type { RevocationsOptions } from './revocations.ts';
export { Revocations } from './revocations.ts';
export type {
  Change,
  Extent,
  KeyTarget,
  ListFilter,
  SessionTarget,
  SubjectTarget,
  Target,
  TokenTarget,
} from './targets.ts';
