// What a function behind an HTTP API may answer.
import * as v from 'valibot';
import type { Answer } from './gateway-response.ts';
import { parseProxyAnswer } from './lambda-proxy.ts';

const Structured = v.looseObject({
  statusCode: v.pipe(
    v.union([v.number(), v.pipe(v.string(), v.transform(Number))]),
    v.integer(),
    v.minValue(200),
    v.maxValue(599),
  ),
  headers: v.nullish(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()]))),
  cookies: v.nullish(v.array(v.string())),
  body: v.nullish(v.string()),
  isBase64Encoded: v.nullish(v.boolean()),
});

/**
 * Parses what the function returned.
 *
 * @param payload the JSON text
 * @param version in format 2.0 an answer without `statusCode` is the body itself, in format 1.0 it is malformed
 * @returns the answer for the client; nothing when API Gateway cannot use it
 */
export function parseHttpProxyAnswer(payload: string, version: '1.0' | '2.0'): Answer | undefined {
  const returned: unknown = JSON.parse(payload);
  const isStructured = typeof returned === 'object' && returned !== null && 'statusCode' in returned;
  if (!isStructured) {
    const headers = [['content-type', 'application/json']] as const;
    return version === '2.0' ? { status: 200, headers, body: payload } : undefined;
  }
  if (version === '1.0') return parseProxyAnswer(payload);

  const parsed = v.safeParse(Structured, returned);
  if (!parsed.success) return undefined;
  const { statusCode, headers, cookies, body, isBase64Encoded } = parsed.output;
  const sent = Object.entries(headers ?? {}).map(
    ([name, value]) => [name.toLowerCase(), String(value)] as const,
  );
  const isTyped = sent.some(([name]) => name === 'content-type');
  return {
    status: statusCode,
    headers: [
      ...(isTyped ? [] : [['content-type', 'text/plain;charset=UTF-8'] as const]),
      ...sent,
      ...(cookies ?? []).map((cookie) => ['set-cookie', cookie] as const),
    ],
    body: isBase64Encoded ? new Uint8Array(Buffer.from(body ?? '', 'base64')) : (body ?? ''),
  };
}
