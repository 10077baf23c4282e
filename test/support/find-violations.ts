/** A command or an authorization as its caller saw it; times in milliseconds of one clock. */
export interface Observation {
  readonly kind: 'revoke' | 'reinstate' | 'authorize';
  /** What a command was about; by what the token of an authorization can be revoked. */
  readonly targets: readonly string[];
  readonly startedAt: number;
  /** When the answer came; infinity: none came, and whether it took effect, and when, nobody knows. */
  readonly endedAt: number;
  /** Of an authorization: what was answered. */
  readonly outcome?: 'accepted' | 'denied' | 'fault';
}

/**
 * Looks for authorizations that no order of the observed commands explains.
 *
 * - Accepted, although a revocation of one of its targets had been acknowledged before it began, by more than the
 *   deadline of that target, and no reinstatement of the target can have come after that revocation.
 * - Denied, although no revocation of any of its targets had begun before it ended.
 *
 * @param deadlineOf  how long after its acknowledgement a revocation of the target may go unseen, in milliseconds
 */
export function findViolations(
  observations: readonly Observation[],
  deadlineOf: (target: string) => number,
): string[] {
  const of = (kind: Observation['kind'], target: string) =>
    observations.filter((each) => each.kind === kind && each.targets.includes(target));
  const commands = new Map(
    [...new Set(observations.flatMap(({ targets }) => targets))].map((target) => [
      target,
      { revocations: of('revoke', target), reinstatements: of('reinstate', target) },
    ]),
  );
  const isBroken = (target: string, authorization: Observation) => {
    const { revocations = [], reinstatements = [] } = commands.get(target) ?? {};
    return revocations.some(
      (revocation) =>
        revocation.endedAt + deadlineOf(target) <= authorization.startedAt &&
        !reinstatements.some(
          (reinstatement) =>
            reinstatement.endedAt > revocation.startedAt && reinstatement.startedAt < authorization.endedAt,
        ),
    );
  };
  return observations.flatMap((each) => {
    if (each.outcome === 'accepted') {
      return each.targets
        .filter((target) => isBroken(target, each))
        .map((target) => `accepted at ${each.startedAt} although ${target} was revoked`);
    }
    const isExplained = each.targets.some((target) =>
      commands.get(target)?.revocations.some(({ startedAt }) => startedAt < each.endedAt),
    );
    return each.outcome === 'denied' && !isExplained
      ? [`denied at ${each.startedAt} although nothing of ${each.targets} was revoked`]
      : [];
  });
}
