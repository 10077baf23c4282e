import { deflateRawSync } from 'node:zlib';
import { Token } from 'aws-cdk-lib';
import { MAX_ROUTES_JSON_BYTES } from '../lambda/environment.ts';
import type { RouteTable } from '../lambda/route-table.ts';

/** Up to this many bytes a table stays readable in the console. */
const MAX_PLAIN_BYTES = 1024;

/**
 * Renders a route table as the environment variable that the functions read: JSON; a large one deflated (RFC 1951) and in
 * base64, because all variables of a function together may take 4 KB.
 *
 * Does NOT deflate a table that holds values which are known only at deployment: their placeholders would not be found.
 *
 * @param option  whose table it is, as the reader wrote it: `RevocableAuthorizer "Authorizer": option "routes"`
 */
export function renderRoutes(option: string, table: RouteTable): string {
  const json = JSON.stringify(table);
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_ROUTES_JSON_BYTES) {
    throw new Error(
      `${option} has ${table.rules.length} rules, which take ${bytes} bytes of JSON, and the function reads ${MAX_ROUTES_JSON_BYTES}; write fewer and broader rules, such as "ANY /orders/{proxy+}", or split the routes over several authorizers.`,
    );
  }
  if (bytes <= MAX_PLAIN_BYTES || Token.isUnresolved(json)) return json;
  return deflateRawSync(json, { level: 9 }).toString('base64');
}
