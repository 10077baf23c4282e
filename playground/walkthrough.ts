import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { cliArguments, toShell } from './to-shell.ts';
import type { Addresses, Credentials, Expectation, Step } from './walkthrough-steps.ts';
import { stepsFor } from './walkthrough-steps.ts';

const ROOT = join(import.meta.dirname, '..');
const CLI = join(ROOT, 'tools', 'cli', 'revocable-authorizer.ts');
const CONNECT = join(import.meta.dirname, 'connect.ts');
const SHOWN_HEADERS = ['www-authenticate', 'access-control-allow-origin', 'x-amzn-errortype'];
const REQUEST_TIMEOUT_MS = 30_000;

interface Options {
  readonly addresses: Addresses;
  readonly print: (text: string) => void;
  /** Ends the child processes. */
  readonly signal: AbortSignal;
}

/** What a step did: the lines to show, and what was not as expected. */
interface Outcome {
  readonly shown: readonly string[];
  readonly differences: readonly string[];
  /** The token that later steps use. */
  readonly minted?: string;
}

/** Formats the walkthrough for people: every step as a command to paste. */
export function formatWalkthrough(addresses: Addresses): string {
  return stepsFor(addresses)
    .map((step) => `# ${step.title}\n${toShell(step, addresses)}`)
    .join('\n\n');
}

/**
 * Does every step of the walkthrough itself, and prints each request and answer.
 *
 * @returns what was not as expected, one sentence each; empty: all is well
 */
export async function runWalkthrough({ addresses, print, signal }: Options): Promise<readonly string[]> {
  const differences: string[] = [];
  let token = '';
  for (const [index, step] of stepsFor(addresses).entries()) {
    print(`\n${index + 1}. ${step.title}\n   $ ${toShell(step, addresses)}`);
    const outcome = await perform(step, token, addresses, signal).catch(
      (error: Error): Outcome => ({ shown: [], differences: [error.message] }),
    );
    token = outcome.minted ?? token;
    for (const line of outcome.shown) print(`   ${line}`);
    for (const difference of outcome.differences) {
      print(`   NOT AS EXPECTED: ${difference}`);
      differences.push(`step ${index + 1}, ${step.title}: ${difference}`);
    }
  }
  return differences;
}

async function perform(
  step: Step,
  token: string,
  addresses: Addresses,
  signal: AbortSignal,
): Promise<Outcome> {
  switch (step.kind) {
    case 'mint': {
      const minted = await mint(addresses, undefined);
      return { shown: [`TOKEN=${shorten(minted)}`], differences: [], minted };
    }
    case 'cli': {
      const { code, lines } = await run([CLI, ...cliArguments(step, addresses)], token, signal);
      return { shown: lines, differences: code === 0 ? [] : [`the exit code is ${code} instead of 0.`] };
    }
    case 'call':
      return call(step.url, await tokenOf(step.credentials, token, addresses), step.expected);
    case 'connect': {
      const offered = (await tokenOf(step.credentials, token, addresses)) ?? '';
      const { lines } = await run([CONNECT, step.url], offered, signal);
      return { shown: lines, differences: compareHandshake(lines, step.expected) };
    }
  }
}

async function mint({ origin }: Addresses, request: string | undefined): Promise<string> {
  const response = await fetch(`${origin}/issuer/token`, {
    method: 'POST',
    headers: { accept: 'text/plain', 'content-type': 'application/json' },
    ...(request !== undefined && { body: request }),
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`the issuer answered ${response.status}: ${text}`);
  return text;
}

async function tokenOf(
  credentials: Credentials,
  token: string,
  addresses: Addresses,
): Promise<string | undefined> {
  switch (credentials.from) {
    case 'minted earlier':
      return token;
    case 'minted now':
      return mint(addresses, credentials.request);
    case 'literal':
      return credentials.token;
    case 'nowhere':
      return undefined;
  }
}

async function call(url: string, token: string | undefined, expected: Expectation): Promise<Outcome> {
  const response = await fetch(url, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  const body = await response.text();
  const headers = SHOWN_HEADERS.flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [`${name}: ${value}`];
  });
  return {
    shown: [`HTTP ${response.status}`, ...headers, body],
    differences: compare(response, body, expected),
  };
}

function compare({ status, headers }: Response, body: string, expected: Expectation): string[] {
  const differences: string[] = [];
  if (status !== expected.status) differences.push(`the status is ${status} instead of ${expected.status}.`);
  if (expected.message !== undefined && messageOf(body) !== expected.message) {
    differences.push(`the message is ${JSON.stringify(messageOf(body))} instead of "${expected.message}".`);
  }
  for (const [name, start] of Object.entries(expected.headers ?? {})) {
    const value = headers.get(name);
    if (value === null) differences.push(`the header ${name} is missing.`);
    else if (!value.startsWith(start))
      differences.push(`the header ${name} is "${value}", not "${start}...".`);
  }
  return differences;
}

function messageOf(body: string): unknown {
  try {
    return (JSON.parse(body) as { message?: unknown }).message;
  } catch {
    return undefined;
  }
}

function compareHandshake([first = '']: readonly string[], { status }: Expectation): string[] {
  const [, got = 'missing'] = /^HTTP\/1\.1 (\d+)/.exec(first) ?? [];
  return got === String(status) ? [] : [`the status is ${got} instead of ${status}.`];
}

/** Runs a script of this project, as npx or npm would, with the token on its standard input. */
async function run(args: readonly string[], token: string, signal: AbortSignal) {
  const child = spawn(process.execPath, args, { cwd: ROOT, signal });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  child.stdin.on('error', () => {}); // a tool that fails at once does not read; its exit code says so
  child.stdin.end(`${token}\n`);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  return { code, lines: output.trim().split('\n') };
}

function shorten(token: string): string {
  return `${token.slice(0, 12)}... (${token.length} characters)`;
}
