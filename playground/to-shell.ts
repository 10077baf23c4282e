// The walkthrough as commands that can be pasted into a POSIX shell.
import type { Addresses, Credentials, Step } from './walkthrough-steps.ts';

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
      return `curl -sS -i -w '\\n' ${header}${quote(step.url)}`;
    }
    case 'connect':
      // Through npm, which runs the Node.js of this project, whatever the shell's own is.
      return `echo "${tokenOf(step.credentials, addresses)}" | npm run -s connect -- ${quote(step.url)}`;
  }
}

function mintCommand({ origin }: Addresses, request: string | undefined): string {
  const body = request === undefined ? '-X POST' : `-H 'content-type: application/json' -d ${quote(request)}`;
  return `curl -sS ${body} -H 'accept: text/plain' ${origin}/issuer/token`;
}

function authorizationArgument(credentials: Credentials, addresses: Addresses): string {
  if (credentials.from === 'nowhere') return '';
  if (credentials.from === 'literal') return `-H 'Authorization: Bearer ${credentials.token}' `;
  return `-H "Authorization: Bearer ${tokenOf(credentials, addresses)}" `;
}

function tokenOf(credentials: Credentials, addresses: Addresses): string {
  switch (credentials.from) {
    case 'minted earlier':
      return '$TOKEN';
    case 'minted now':
      return `$(${mintCommand(addresses, credentials.request)})`;
    case 'literal':
      return credentials.token;
    case 'nowhere':
      return '';
  }
}

function quote(word: string): string {
  return /^[\w:/.@=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
