import { once } from 'node:events';
import type { IncomingHttpHeaders, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from '@jest/globals';
import { findLoggedDecision } from '../../../lambda/revocations/find-logged-decision.ts';

const REQUEST_ID = '8b7f1c1e-0000-4000-8000-000000000000';
const LINE = { level: 'INFO', decision: 'denial', reason: 'token_revoked', requestId: REQUEST_ID };
const SEARCH = { logGroupName: 'AuthorizerLogs', since: 1_767_225_600, searchMs: 20_000 };

interface Page {
  readonly status?: number;
  readonly body: unknown;
}

let server: Server;
let endpoint: string;
let pages: Page[];
let seen: { headers: IncomingHttpHeaders; query: unknown }[];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push({ headers: request.headers, query: JSON.parse(body) });
    const { status = 200, body: answer } = pages.shift() ?? { status: 500, body: {} };
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  pages = [];
  seen = [];
});

const find = () =>
  findLoggedDecision(REQUEST_ID, SEARCH, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'session',
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: endpoint,
  });

const aPage = (...lines: unknown[]) => ({
  events: lines.map((line) => ({ message: typeof line === 'string' ? line : JSON.stringify(line) })),
});

describe('findLoggedDecision', () => {
  it("asks for the request id in the authorizer's log, signed for CloudWatch Logs", async () => {
    pages = [{ body: aPage(LINE) }];

    await expect(find()).resolves.toMatchObject({ line: LINE, explanation: { reason: 'token_revoked' } });
    expect(seen).toEqual([
      {
        headers: expect.objectContaining({
          'x-amz-target': 'Logs_20140328.FilterLogEvents',
          'x-amz-security-token': 'session',
          authorization: expect.stringMatching(
            /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/logs\/aws4_request, SignedHeaders=[\w;-]*x-amz-target, Signature=[0-9a-f]{64}$/,
          ),
        }),
        query: {
          logGroupName: 'AuthorizerLogs',
          startTime: SEARCH.since * 1000,
          filterPattern: `{ $.requestId = "${REQUEST_ID}" }`,
        },
      },
    ]);
  });

  it('goes on behind empty pages, and skips lines that are no decision', async () => {
    pages = [
      { body: { ...aPage(), nextToken: 'n-1' } },
      {
        body: {
          ...aPage(`REPORT RequestId: ${REQUEST_ID}`, { ...LINE, requestId: 'other' }),
          nextToken: 'n-2',
        },
      },
      { body: aPage(LINE) },
    ];

    await expect(find()).resolves.toMatchObject({ line: LINE });
    expect(seen.map(({ query }) => (query as { nextToken?: string }).nextToken)).toEqual([
      undefined,
      'n-1',
      'n-2',
    ]);
  });

  it('finds nothing when the log ends without it', async () => {
    pages = [{ body: aPage() }];

    await expect(find()).resolves.toBeUndefined();
  });

  test.each<[string, Page]>([
    ['a refusal', { status: 400, body: { __type: 'AccessDeniedException' } }],
    ['an answer of another kind', { body: { events: 'none' } }],
  ])('throws a fault for %s', async (_what, page) => {
    pages = [page];

    await expect(find()).rejects.toThrow(/^decision_log_unavailable: /);
  });
});
