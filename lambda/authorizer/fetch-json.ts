import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns';
import type { IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { isLoopbackAddress, isPublicAddress } from './private-network.ts';

/** Real key sets are below 20 KB. */
const MAX_RESPONSE_BYTES = 256 * 1024;

/** Which addresses may be asked. */
export interface FetchLimits {
  /** Ends the exchange wherever it stands: name resolution, connection, headers, body. */
  readonly signal: AbortSignal;
  /** Hosts whose addresses may be private. */
  readonly allowPrivateNetwork: readonly string[];
  /** Lets plain http through to a loopback address, and only there, and https too. */
  readonly isLocalMode: boolean;
  /** Resolves names; only tests replace it. */
  readonly resolve?: typeof lookup;
}

/**
 * Fetches a JSON document: https only, no redirects, at most 256 KB, not from a private network unless its owner allows
 * the host.
 *
 * A name is judged by the addresses that it resolves to, in the very look-up that the connection uses: a name whose
 * addresses change in between cannot slip through.
 *
 * @throws {Error}  with a message that names no more than what went wrong; the caller makes it a fault
 */
export async function fetchJson(url: URL, limits: FetchLimits): Promise<unknown> {
  const isPlain = url.protocol === 'http:' && limits.isLocalMode;
  if (url.protocol !== 'https:' && !isPlain) throw new Error('the address is not https');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isAllowed = (address: string) =>
    isPlain
      ? isLoopbackAddress(address)
      : isPublicAddress(address) ||
        limits.allowPrivateNetwork.includes(host) ||
        (limits.isLocalMode && isLoopbackAddress(address));
  if (isIP(host) !== 0 && !isAllowed(host)) throw new Error('the address is in a private network');

  const options = {
    signal: limits.signal,
    // A connection kept alive would be dead after the sandbox has been frozen.
    agent: false,
    headers: { accept: 'application/json' },
    lookup: judgedLookup(isAllowed, limits.resolve ?? lookup),
  };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    (isPlain ? plainGet() : httpsGet)(url, options, resolve).on('error', reject);
  });
  if (response.statusCode !== 200) {
    response.destroy();
    throw new Error(`the answer has status ${response.statusCode}, not 200 (redirects are not followed)`);
  }
  return JSON.parse(await readBounded(response));
}

/** Resolves a name, and refuses it when any of its addresses is refused. */
function judgedLookup(isAllowed: (address: string) => boolean, resolve: typeof lookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      const [first] = addresses ?? [];
      if (error || first === undefined) callback(error ?? new Error('the host has no address'), []);
      else if (!addresses.every(({ address }) => isAllowed(address)))
        callback(new Error('the host is in a private network'), []);
      else if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

async function readBounded(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_RESPONSE_BYTES) throw new Error(`the answer is longer than ${MAX_RESPONSE_BYTES} bytes`);
    chunks.push(chunk);
  }
  if (!response.complete) throw new Error('the answer was cut off');
  return Buffer.concat(chunks).toString('utf8');
}

/** An `import` of node:http loads all of undici (nodejs/node#59686), for something that no deployed function needs. */
function plainGet(): typeof httpsGet {
  return process.getBuiltinModule('node:http').get;
}
