import { buildResponse } from '../../lambda/authorizer/build-response.ts';
import type { Live } from '../../lambda/authorizer/check-revocation.ts';
import type { CheckRoute } from '../../lambda/authorizer/check-route.ts';
import { parseEvent } from '../../lambda/authorizer/parse-event.ts';
import type { DrawnRequest } from './draw-routes.ts';

export const ARN = 'arn:aws:execute-api:us-east-1:123456789012:abc123/prod/';

/** The resources of a policy, by what they do. */
export interface Policy {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

/** Asks the last two steps of the authorizer about a live token, by an event that does not name the route. */
export function askAuthorizer(
  checkRoute: CheckRoute,
  claims: Live['claims'],
  api: 'rest' | 'http',
  { method, path }: DrawnRequest,
  now: number,
): Policy {
  const methodArn = `${ARN}${method}/${path}`;
  const event =
    api === 'rest' ? { type: 'TOKEN', methodArn } : { type: 'REQUEST', version: '1.0', methodArn };
  const statements = respond(checkRoute, claims, event, now).policyDocument.Statement;
  const of = (effect: string) =>
    statements.filter(({ Effect }) => Effect === effect).map(({ Resource }) => Resource);
  return { allow: of('Allow'), deny: of('Deny') };
}

/** Answers an event by the last two steps of the authorizer. */
export function respond(checkRoute: CheckRoute, claims: Live['claims'], event: unknown, now: number) {
  const request = parseEvent(event);
  const decision = checkRoute({ claims, caller: { principalId: 'a', context: {} } }, request, now);
  const response = buildResponse(request, decision, { denialDetail: 'generic', httpApiAnswer: 'iam' });
  if (typeof response === 'string' || 'isAuthorized' in response) throw new Error('it is not a policy');
  return response;
}
