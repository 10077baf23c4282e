import type { IncomingMessage } from 'node:http';

/** Why a request is not served. */
export interface Refusal {
  readonly status: 403 | 421;
  /** One sentence: what is wrong, and what to do. */
  readonly message: string;
}

/** The names of this machine that no DNS server can point elsewhere; with any port, because a tunnel has its own. */
const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/;

/** What a browser writes for an address that a person typed, and for a page of this very server. */
const HARMLESS_SITES: readonly unknown[] = [undefined, 'none', 'same-origin'];

/**
 * Refuses what a web page in the developer's browser may send: it reaches every loopback port, by its address or by a
 * name that leads there (DNS rebinding).
 *
 * A browser writes `Host` itself, writes `Origin` in each request of a page but plain GETs of another site, and writes
 * `Sec-Fetch-Site` there. Programs write neither of the last two.
 *
 * @param allowedOrigins compared character by character
 * @returns nothing if the request may be served
 */
export function refuseRequest(
  { url = '', headers, headersDistinct, socket }: IncomingMessage,
  allowedOrigins: readonly string[],
): Refusal | undefined {
  const use = `use http://127.0.0.1:${socket.localPort}.`;
  if (!url.startsWith('/')) {
    return {
      status: 421,
      message: `The local mode is not a proxy, and the request target is not a path; ${use}`,
    };
  }
  const [host, ...others] = headersDistinct['host'] ?? [];
  if (host === undefined || others.length > 0 || !LOOPBACK_HOST.test(host)) {
    const received = [host, ...others].map((value) => JSON.stringify(value) ?? 'missing').join(' and ');
    return {
      status: 421,
      message: `The Host header is ${received}, and may be 127.0.0.1, localhost or [::1] with any port; ${use}`,
    };
  }
  const { origin, 'sec-fetch-site': site } = headers;
  if (origin === undefined ? HARMLESS_SITES.includes(site) : isAllowed(origin)) return undefined;
  const received = origin === undefined ? `Sec-Fetch-Site: ${String(site)}` : `Origin: ${origin}`;
  return {
    status: 403,
    message:
      `The request comes from a web page (${received}), which may not reach the local mode; to let a page of yours ` +
      'call the local APIs, start with npm start -- --allow-origin and its origin.',
  };

  function isAllowed(value: string): boolean {
    return value === `http://${host}` || allowedOrigins.includes(value);
  }
}
