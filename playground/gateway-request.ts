/** An HTTP request to the local gateway. */
export interface GatewayRequest {
  /** Upper case. */
  readonly httpMethod: string;
  /** As sent, with its leading slash, without the stage and without the query. */
  readonly path: string;
  /** As sent, without the question mark. */
  readonly query: string;
  /** In the order and in the letter case in which the client sent them. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  readonly sourceIp: string;
}

/** Groups name and value pairs by name, keeping every value. */
export function groupValues(pairs: Iterable<readonly [string, string]>): Record<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of pairs) groups.set(name, [...(groups.get(name) ?? []), value]);
  return Object.fromEntries(groups);
}

/**
 * Joins the headers by lower-case name; the values of a repeated one are joined with a comma and a space.
 *
 * What AWS makes of a repeated `Authorization` is not documented.
 */
export function joinHeaders(headers: GatewayRequest['headers']): Record<string, string> {
  const groups = groupValues(headers.map(([name, value]) => [name.toLowerCase(), value] as const));
  return Object.fromEntries(Object.entries(groups).map(([name, values]) => [name, values.join(', ')]));
}

/** Joins the values of a name with a comma, as HTTP APIs do with headers and query strings. */
export function joinByComma(pairs: Iterable<readonly [string, string]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(groupValues(pairs)).map(([name, values]) => [name, values.join(',')]),
  );
}
