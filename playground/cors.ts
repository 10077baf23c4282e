// The CORS configuration of an HTTP API: the gateway answers preflight requests itself, and owns the headers.
import type { GatewayRequest } from './gateway-request.ts';
import type { Answer } from './gateway-response.ts';

/** As the template declares it; absent lists are empty. */
export interface CorsConfiguration {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAgeSeconds?: number;
  readonly allowCredentials: boolean;
}

type Header = readonly [name: string, value: string];

/** Answers a preflight request; an origin that is not allowed gets the same status, and no headers. */
export function answerPreflight(cors: CorsConfiguration, headers: GatewayRequest['headers']): Answer {
  const origin = allowedOrigin(cors, headers);
  if (origin === undefined) return { status: 204, headers: [], body: '' };
  return {
    status: 204,
    headers: [
      ['access-control-allow-origin', origin],
      ...listHeader('access-control-allow-methods', cors.allowMethods),
      ...listHeader('access-control-allow-headers', cors.allowHeaders),
      ...(cors.maxAgeSeconds === undefined
        ? []
        : [['access-control-max-age', String(cors.maxAgeSeconds)] as const]),
      ...credentials(cors),
    ],
    body: '',
  };
}

/** Replaces the CORS headers of an answer by those of the configuration. */
export function addCorsHeaders(
  cors: CorsConfiguration,
  headers: GatewayRequest['headers'],
  answer: Answer,
): Answer {
  const origin = allowedOrigin(cors, headers);
  const own = answer.headers.filter(([name]) => !name.toLowerCase().startsWith('access-control-'));
  if (origin === undefined) return { ...answer, headers: own };
  return {
    ...answer,
    headers: [
      ...own,
      ['access-control-allow-origin', origin],
      ...listHeader('access-control-expose-headers', cors.exposeHeaders),
      ...credentials(cors),
    ],
  };
}

/** Returns the value of the header: the star itself where every origin is allowed. */
function allowedOrigin(
  { allowOrigins }: CorsConfiguration,
  headers: GatewayRequest['headers'],
): string | undefined {
  const origin = headers.find(([name]) => name.toLowerCase() === 'origin')?.[1];
  if (origin === undefined) return undefined;
  if (allowOrigins.includes('*')) return '*';
  const isAllowed = allowOrigins.some((allowed) =>
    allowed.endsWith('://*') ? origin.startsWith(allowed.slice(0, -1)) : origin === allowed,
  );
  return isAllowed ? origin : undefined;
}

function listHeader(name: string, values: readonly string[]): Header[] {
  return values.length > 0 ? [[name, values.join(',')]] : [];
}

function credentials({ allowCredentials }: CorsConfiguration): Header[] {
  return allowCredentials ? [['access-control-allow-credentials', 'true']] : [];
}
