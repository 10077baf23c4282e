/**
 * Every reason why we could not decide or could not write. A fault is never the caller's doing: the client sees a
 * 500 and may retry, and its token stays good.
 */
export const FAULTS = {
  config_invalid: 'The environment of the function does not hold a usable configuration; thrown at import.',
  event_unrecognized: 'The event is none that API Gateway sends to a Lambda authorizer.',
  jwks_unavailable: 'The signing keys of the issuer could not be had: no answer, or not a usable key set.',
  jwks_throttled:
    'The issuer was asked for its signing keys a moment ago, without success or for a key that it does not have, and it is too early to ask again.',
  revocation_store_unavailable: 'The revocation table did not answer completely within the deadline.',
  response_too_large:
    'The answer to a live token would be larger than API Gateway takes, because of what its claims hold.',
  decision_log_unavailable:
    'The log of the authorizer could not be searched; the admin function does so to explain a request id.',
  unexpected: 'Anything else that was thrown: a defect of ours.',
} as const;

export type FaultCode = keyof typeof FAULTS;

/** The exception that says «we could not check», as opposed to a denial, which is a value and says «no». */
export class Fault extends Error {
  readonly code: FaultCode;

  /**
   * @param code  the row of {@link FAULTS}
   * @param what  one sentence for the operator; never holds a token, a claim value or a secret
   */
  constructor(code: FaultCode, what: string, options?: ErrorOptions) {
    super(`${code}: ${what}`, options);
    this.name = 'Fault';
    this.code = code;
  }

  /** The sentence without the code. */
  get what(): string {
    return this.message.slice(this.code.length + 2);
  }

  /**
   * Makes what was caught fit for the Lambda runtime, which logs all that it finds on an error: a fault without its
   * cause, and `unexpected` for whatever is not ours and may quote a claim.
   */
  static fitToThrow(error: unknown): Fault {
    return error instanceof Fault
      ? new Fault(error.code, error.what)
      : new Fault('unexpected', 'the log line of this request names the cause');
  }

  /** Names what was caught, and what caused it, without a message that is not ours. */
  static describe(error: unknown): string[] {
    if (!(error instanceof Error)) return [typeof error];
    const [frame = ''] = /^ +at .*$/m.exec(error.stack ?? '') ?? [];
    const own = error instanceof Fault ? error.message : `${error.constructor.name} ${frame.trim()}`;
    return [own, ...(error.cause === undefined ? [] : Fault.describe(error.cause))];
  }
}
