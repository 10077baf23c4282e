import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { Hono } from 'hono';
import type { GatewayRequest } from './gateway-request.ts';
import type { Answer } from './gateway-response.ts';
import { readRequest } from './read-request.ts';

type Environment = { Bindings: HttpBindings };

interface Api {
  handle(request: GatewayRequest): Promise<Answer>;
}

/** The statuses that have no body. */
const BODILESS = new Set([204, 205, 304]);

/** Serves an API below a path that stands for its stage. */
export function gatewayRoutes(api: Api, prefix: string): Hono<Environment> {
  const answer = async (c: Context<Environment>) => {
    const body = new Uint8Array(await c.req.arrayBuffer());
    const answered = await api.handle(readRequest(c.env.incoming, prefix, body));
    return new Response(BODILESS.has(answered.status) ? null : answered.body, {
      status: answered.status,
      headers: answered.headers.map(([n, v]) => [n, v]),
    });
  };
  return new Hono<Environment>().all(prefix, answer).all(`${prefix}/*`, answer);
}
