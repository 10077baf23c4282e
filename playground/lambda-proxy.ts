// Lambda proxy integration of a REST API: the event (format 1.0) and what the function may answer.
import * as v from 'valibot';
import type { RoutedRequest } from './describe-request.ts';
import { describeRequest } from './describe-request.ts';
import type { Answer } from './gateway-response.ts';

const headerValue = v.union([v.string(), v.number(), v.boolean()]);

const ProxyAnswer = v.strictObject({
  statusCode: v.optional(
    v.pipe(
      v.union([v.number(), v.pipe(v.string(), v.transform(Number))]),
      v.integer(),
      v.minValue(200),
      v.maxValue(599),
    ),
    200,
  ),
  headers: v.nullish(v.record(v.string(), headerValue)),
  multiValueHeaders: v.nullish(v.record(v.string(), v.array(headerValue))),
  body: v.nullish(v.string()),
  isBase64Encoded: v.nullish(v.boolean()),
});

/** API Gateway sends its own value of these, and the function's under another name. */
const REMAPPED = new Set(['connection', 'content-length', 'date', 'server']);

/** Builds the event that a function behind a REST API gets. A map without entries is null, as on AWS. */
export function buildProxyEvent(request: RoutedRequest): Record<string, unknown> {
  return {
    ...describeRequest(request, null),
    body: request.body.length > 0 ? Buffer.from(request.body).toString('utf8') : null,
    isBase64Encoded: false,
  };
}

/**
 * Parses what the function returned.
 *
 * @param payload the JSON text
 * @returns the answer for the client; nothing when API Gateway would call it a malformed proxy response
 */
export function parseProxyAnswer(payload: string): Answer | undefined {
  const parsed = v.safeParse(ProxyAnswer, JSON.parse(payload));
  if (!parsed.success) return undefined;
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = parsed.output;
  const several = Object.entries(multiValueHeaders ?? {}).flatMap(([name, values]) =>
    values.map((value) => [name, String(value)] as const),
  );
  const single = Object.entries(headers ?? {})
    .filter(([name]) => !several.some(([other]) => other.toLowerCase() === name.toLowerCase()))
    .map(([name, value]) => [name, String(value)] as const);
  const sent = [...single, ...several].map(
    ([name, value]) => [REMAPPED.has(name.toLowerCase()) ? `x-amzn-Remapped-${name}` : name, value] as const,
  );
  const isTyped = sent.some(([name]) => name.toLowerCase() === 'content-type');
  return {
    status: statusCode,
    headers: isTyped ? sent : [['Content-Type', 'application/json'], ...sent],
    body: isBase64Encoded ? new Uint8Array(Buffer.from(body ?? '', 'base64')) : (body ?? ''),
  };
}
