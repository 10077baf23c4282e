import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { Hono } from 'hono';
import type { GatewayRequest } from './gateway-request.ts';
import type { RestApi } from './rest-api.ts';

type Environment = { Bindings: HttpBindings };

/** The statuses that have no body. */
const BODILESS = new Set([204, 205, 304]);

/** Serves a REST API below a path that stands for its stage. */
export function restRoutes(api: RestApi, prefix: string): Hono<Environment> {
  const answer = async (c: Context<Environment>) => {
    const { status, headers, body } = await api.handle(await toGatewayRequest(c, prefix));
    return new Response(BODILESS.has(status) ? null : body, {
      status,
      headers: headers.map(([n, v]) => [n, v]),
    });
  };
  return new Hono<Environment>().all(prefix, answer).all(`${prefix}/*`, answer);
}

/** Reads the request from Node itself: hono's own view has lost the letter case of headers and the raw path. */
async function toGatewayRequest(c: Context<Environment>, prefix: string): Promise<GatewayRequest> {
  const { incoming } = c.env;
  const target = (incoming.url ?? '/').replace(/^https?:\/\/[^/]*/i, '');
  const mark = target.indexOf('?');
  const path = (mark < 0 ? target : target.slice(0, mark)).slice(prefix.length);
  const { rawHeaders } = incoming;
  return {
    httpMethod: incoming.method ?? 'GET',
    path: path === '' ? '/' : path,
    query: mark < 0 ? '' : target.slice(mark + 1),
    headers: rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [[name, rawHeaders[i + 1] ?? ''] as const] : [])),
    body: new Uint8Array(await c.req.arrayBuffer()),
    sourceIp: incoming.socket.remoteAddress ?? '127.0.0.1',
  };
}
