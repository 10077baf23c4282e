import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request to flush a stage, as API Gateway would have seen it. */
export interface FlushRequest {
  readonly path: string;
  readonly authorization: string;
  readonly at: number;
}

/** What stands in for SSM and API Gateway's control plane on loopback. */
export interface ControlPlane {
  readonly endpoint: string;
  /** The values of the parameters below any path, two a page. */
  parameters: readonly string[];
  /** The paths that were asked for. */
  readonly asked: string[];
  readonly flushes: FlushRequest[];
  /** Answers the n-th flush, counted from 1, with a status. */
  onFlush: (request: FlushRequest, count: number) => number | Promise<number>;
  /** Answers the n-th page with a status, or 200. */
  onPage: (count: number) => number;
  close(): Promise<void>;
}

/** Points the functions of this process at the stand-in, as the local mode does. */
export function useControlPlane({ endpoint }: ControlPlane): void {
  process.env['AWS_ENDPOINT_URL_API_GATEWAY'] = endpoint;
  process.env['AWS_ENDPOINT_URL_SSM'] = endpoint;
}

export async function aControlPlane(): Promise<ControlPlane> {
  let pages = 0;
  const server = createServer(async (request, response) => {
    const body = await text(request);
    if (request.method === 'POST') {
      pages += 1;
      const status = plane.onPage(pages);
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(
        status === 200 ? JSON.stringify(pageOf(plane, request, body)) : '{"__type":"ThrottlingException"}',
      );
      return;
    }
    const flush = {
      path: `${request.method} ${request.url}`,
      authorization: request.headers.authorization ?? '',
      at: performance.now(),
    };
    plane.flushes.push(flush);
    response.writeHead(await plane.onFlush(flush, plane.flushes.length)).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const plane: ControlPlane = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    parameters: [],
    asked: [],
    flushes: [],
    onFlush: () => 202,
    onPage: () => 200,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return plane;
}

function pageOf({ parameters, asked }: ControlPlane, { headers }: IncomingMessage, body: string) {
  const { Path, NextToken = '0' } = JSON.parse(body);
  asked.push(`${headers['x-amz-target']} ${Path}`);
  const from = Number(NextToken);
  return {
    Parameters: parameters.slice(from, from + 2).map((Value, index) => ({ Name: `${Path}/${index}`, Value })),
    ...(from + 2 < parameters.length && { NextToken: String(from + 2) }),
  };
}
