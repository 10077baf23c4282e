/** Every exit code of the command line tool. `--help` prints this table; nothing else may end the process. */
export const EXIT_CODES = {
  done: { code: 0, meaning: 'done; also when nothing had to change' },
  unexpected: { code: 1, meaning: 'unexpected: a defect of this tool' },
  refused: { code: 2, meaning: 'wrong usage, or the admin function refused the command' },
  notLive: {
    code: 3,
    meaning:
      'check: not live (revoked, or a token that has expired); explain: the token is not allowed; can: no',
  },
  unreachable: {
    code: 4,
    meaning: 'the admin function was not reached: network, credentials, permission, name',
  },
  adminFailed: { code: 5, meaning: 'the admin function failed; the message says whether to try again' },
  rowsFailed: { code: 6, meaning: 'bulk: some rows failed; the others are done' },
  cutOff: {
    code: 7,
    meaning: 'check: cut off: older tokens are refused, newer tokens are live',
  },
  interrupted: { code: 130, meaning: 'interrupted: at a prompt before anything was sent, or a bulk run' },
} as const;

export type ExitName = keyof typeof EXIT_CODES;

/** How a command ends that did what it was told: what it prints, and the exit code when that is not 0. */
export type Finish = (text: string, exit?: ExitName) => void;
