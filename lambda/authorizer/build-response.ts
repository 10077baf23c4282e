import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import { DENIALS } from '../denial.ts';
import type { Decision } from './authorize.ts';
import type { MethodArn } from './parse-event.ts';
import type { Claims } from './read-claims.ts';

/**
 * Builds the answer that API Gateway wants: an IAM policy for the whole stage, so that a cached answer is right on
 * every route behind it.
 *
 * The resource is made of the parts of the ARN that AWS fixes, never of its path, which is a stranger's text in which
 * a `*` would be a wildcard.
 *
 * @returns the policy with a flat context: `sub`, `iss`, `jti`, and if the token has them `scope` and `clientId`
 * @throws {Error} `Unauthorized`, fresh and with nothing attached (the runtime prints what is), for a denial with
 *   status 401: the only way to make a REST API answer 401
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
export function buildResponse(decision: Decision): APIGatewayAuthorizerResult {
  if (decision.allow) return policy('Allow', decision.request.arn, decision.claims);
  if (DENIALS[decision.denial.reason].status === 401) throw unauthorized();
  return policy('Deny', decision.request.arn);
}

function policy(effect: 'Allow' | 'Deny', arn: MethodArn, claims?: Claims): APIGatewayAuthorizerResult {
  const { partition, region, accountId, apiId, stage } = arn;
  return {
    principalId: claims?.subject ?? 'denied',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Action: 'execute-api:Invoke',
          Effect: effect,
          Resource: `arn:${partition}:execute-api:${region}:${accountId}:${apiId}/${stage}/*`,
        },
      ],
    },
    ...(claims && { context: contextOf(claims) }),
  };
}

/** The runtime logs the stack of whatever is thrown; that of a refusal would only cost money. */
function unauthorized(): Error {
  const error = new Error('Unauthorized');
  error.stack = String(error);
  return error;
}

/** Strings, numbers and booleans only: anything else makes API Gateway answer 500. */
function contextOf({ subject, iss, jwtId, scope, clientId }: Claims): Record<string, string> {
  return {
    sub: subject,
    iss,
    jti: jwtId,
    ...(scope !== undefined && { scope }),
    ...(clientId !== undefined && { clientId }),
  };
}
