import { request } from 'node:http';
import type { Answer } from './cases.ts';

/** Where one API of a gateway is reached. */
export interface Address {
  readonly origin: string;
  /** The Host header, by which an emulator tells its APIs apart; left out: that of the origin. */
  readonly host?: string;
  /** What comes before the path of the route: the stage of a REST API. */
  readonly base: string;
}

/** A place in which the same stack runs. */
export interface Gateway {
  readonly rest: Address;
  readonly http: Address;
  readonly lambdaEndpoint: string;
  /** The name of the admin function. */
  readonly revocations: string;
}

/** What is asked of a gateway. */
export interface Question {
  readonly api: 'rest' | 'http';
  readonly method: string;
  /** Without what the gateway has before it. */
  readonly path: string;
}

/** Asks one gateway; `undefined`: without the header. */
export async function ask(
  gateway: Gateway,
  { api, method, path }: Question,
  authorization: string | undefined,
): Promise<Answer> {
  const { origin, host, base } = gateway[api];
  const { status, body } = await send(origin, `${base}${path}`, method, {
    ...(host !== undefined && { host }),
    ...(authorization !== undefined && { authorization }),
  });
  return { status, says: sentenceOf(body) };
}

/** fetch would not let us choose the Host header, and a URL would resolve dot segments. */
function send(
  origin: string,
  path: string,
  method: string,
  headers: Record<string, string>,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(origin, { method, path, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body })).on('error', reject);
    });
    outgoing.on('error', reject).end();
  });
}

function sentenceOf(body: string): string {
  try {
    const json = JSON.parse(body);
    return 'orders' in json ? 'orders' : String(json.message ?? json.Message);
  } catch {
    return body;
  }
}
