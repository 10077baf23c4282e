import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { parseCredentials } from '../authorizer/parse-credentials.ts';
import type { Claims } from '../authorizer/read-claims.ts';
import type { SigningKeys } from '../authorizer/signing-keys.ts';
import { verifyToken } from '../authorizer/verify-token.ts';
import type { TrustedIssuer } from '../config.ts';
import type { Result } from '../denial.ts';
import { Fault } from '../fault.ts';
import { openJsonLog } from '../json-log.ts';
import type { Clients, EndpointClient } from './authenticate-client.ts';
import { authenticateClient } from './authenticate-client.ts';
import type { RefusalCode } from './endpoint-answer.ts';
import { answer, refuse } from './endpoint-answer.ts';
import { readTokenRequest } from './read-token-request.ts';

/** What an endpoint answers about a token: a body, nothing, or a refusal. */
export type Outcome = { readonly body?: object } | { readonly refusal: RefusalCode };

export interface Endpoint {
  readonly name: 'revocation' | 'introspection';
  /** Undefined: IAM. */
  readonly clients: Clients | undefined;
  readonly keysOf: ReadonlyMap<TrustedIssuer, SigningKeys>;
  /** NumericDate, whole seconds. */
  readonly now: () => number;
  /**
   * @param verified  the claims of the token, or why the authorizer would deny it
   * @param hint      the `token_type_hint`
   * @throws whatever keeps it from an answer: the client is asked to try again
   */
  readonly about: (
    verified: Result<Claims>,
    client: EndpointClient,
    hint: string | undefined,
  ) => Promise<Outcome>;
}

/**
 * Makes the handler of a token endpoint: authenticates the client, reads the form, verifies the token as the authorizer
 * does, and answers.
 *
 * It logs one line per request, with the outcome and never with a token, a claim or a secret.
 */
export function serveEndpoint({ name, clients, keysOf, now, about }: Endpoint) {
  const log = openJsonLog();

  return async (event: APIGatewayProxyEvent, context: Context): Promise<APIGatewayProxyResult> => {
    const outcome = await decide(event).catch((error: unknown): Outcome => {
      log.error(name, { cause: Fault.describe(error), requestId: context.awsRequestId });
      return { refusal: 'temporarily_unavailable' };
    });
    const refusal = 'refusal' in outcome ? outcome.refusal : undefined;
    log.info(name, { ...(refusal && { refusal }), requestId: context.awsRequestId });
    return 'refusal' in outcome ? refuse(outcome.refusal) : answer(outcome.body);
  };

  async function decide(event: APIGatewayProxyEvent): Promise<Outcome> {
    const client = authenticateClient(event, clients);
    if (client === undefined) return { refusal: 'invalid_client' };
    const request = readTokenRequest(event);
    if (request === undefined) return { refusal: 'invalid_request' };
    return about(await verify(request.token), client, request.hint);
  }

  async function verify(token: string): Promise<Result<Claims>> {
    const credentials = parseCredentials(token, 'none');
    return credentials.ok ? verifyToken(credentials.value, keysOf, now, 'insist') : credentials;
  }
}
