// RFC 6749 section 2.3.1: who calls an endpoint.
import { hash, timingSafeEqual } from 'node:crypto';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { readHeaders } from '../authorizer/read-request-values.ts';

/** By client id, the SHA-256 digest of its secret, in hexadecimal. */
export type Clients = Readonly<Record<string, string>>;

/** Who called. */
export interface EndpointClient {
  /** For the record: the client id, or the ARN of the IAM principal. */
  readonly name: string;
  /** The OAuth client that may handle its own tokens only; undefined: an IAM principal, which its owner trusts with all. */
  readonly clientId?: string;
}

const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i;

/** What an unknown client is compared with, so that it takes as long as a known one. */
const NO_DIGEST = '0'.repeat(64);

/**
 * Tells who calls.
 *
 * @param clients  undefined: API Gateway has checked the IAM signature of the request
 * @returns undefined when nobody authenticated; what a client sent instead is not told
 */
export function authenticateClient(
  event: APIGatewayProxyEvent,
  clients: Clients | undefined,
): EndpointClient | undefined {
  const [authorization, second] = readHeaders(event).get('authorization') ?? [];
  // Two of them would let a proxy in between see another client than we do.
  if (second !== undefined) return undefined;
  if (clients === undefined) {
    const arn = event.requestContext.identity.userArn;
    return arn ? { name: arn } : undefined;
  }
  const credentials = parseBasic(authorization);
  if (credentials === undefined) return undefined;
  const { clientId, secret } = credentials;
  const isKnown = Object.hasOwn(clients, clientId);
  const expected = (isKnown ? clients[clientId] : undefined) ?? NO_DIGEST;
  const isRight = timingSafeEqual(Buffer.from(hash('sha256', secret)), Buffer.from(expected));
  return isKnown && isRight ? { name: clientId, clientId } : undefined;
}

/** Both parts are form-encoded before they are put together, so that an id may hold a colon. */
function parseBasic(value = ''): { clientId: string; secret: string } | undefined {
  const [, encoded] = BASIC.exec(value) ?? [];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return undefined;
  try {
    return { clientId: formDecode(text.slice(0, colon)), secret: formDecode(text.slice(colon + 1)) };
  } catch {
    return undefined; // a stray %
  }
}

function formDecode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
