import type { IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';

/** The whole exchange, name resolution and connection included, in milliseconds. */
const FETCH_DEADLINE_MS = 2000;

/** Real key sets are below 20 KB. */
const MAX_RESPONSE_BYTES = 256 * 1024;

/**
 * Fetches a JSON document: https only, no redirects, at most 256 KB, at most 2 seconds in all.
 *
 * @param isLocalMode  lets plain http through to a loopback address, and only there
 * @throws {Error}     with a message that names no more than what went wrong; the caller makes it a fault
 */
export async function fetchJson(url: URL, isLocalMode: boolean): Promise<unknown> {
  const get = url.protocol === 'https:' ? httpsGet : isLocalMode && isLoopback(url) ? plainGet() : undefined;
  if (get === undefined) throw new Error('the address is not https');
  const signal = AbortSignal.timeout(FETCH_DEADLINE_MS);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { signal, headers: { accept: 'application/json' } }, resolve).on('error', reject);
  });
  if (response.statusCode !== 200) {
    response.destroy();
    throw new Error(`the answer has status ${response.statusCode}, not 200 (redirects are not followed)`);
  }
  return JSON.parse(await readBounded(response));
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

function isLoopback(url: URL): boolean {
  return url.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
}

/** An `import` of node:http loads all of undici (nodejs/node#59686), for something that no deployed function needs. */
function plainGet(): typeof httpsGet {
  return process.getBuiltinModule('node:http').get;
}
