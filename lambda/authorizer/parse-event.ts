import { Fault } from '../fault.ts';

/** The parts of `arn:<partition>:execute-api:<region>:<account>:<api>/<stage>/<method>/<path>`. */
export interface MethodArn {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly apiId: string;
  readonly stage: string;
  readonly method: string;
  /** The concrete path as the client asked for it, without the leading slash: a stranger's text. */
  readonly path: string;
}

/** What the steps need to know of an event, whatever kind of API sent it. */
export interface AuthorizerRequest {
  readonly kind: 'rest-token';
  readonly arn: MethodArn;
  /** The raw value of the identity source; `undefined` when the request has none. */
  readonly authorization: string | undefined;
}

// A `:` may stand in the path, so the ARN is taken apart from the left only.
const METHOD_ARN =
  /^arn:(aws[a-z-]*):execute-api:([a-z0-9-]+):(\d{12}):([a-z0-9]+)\/([A-Za-z0-9_-]+)\/([A-Z]+)\/(.*)$/s;

/**
 * Recognizes the event of a REST API TOKEN authorizer.
 *
 * Does NOT look into the token; see `extractToken`. Unknown extra fields are ignored, because AWS adds some.
 *
 * @throws {Fault} `event_unrecognized`  the event is of no known kind, or its ARN is not one
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
 */
export function parseEvent(event: unknown): AuthorizerRequest {
  if (typeof event !== 'object' || event === null)
    throw new Fault('event_unrecognized', 'it is not an object');
  const { type, methodArn, authorizationToken } = event as Record<string, unknown>;
  if (type !== 'TOKEN') throw new Fault('event_unrecognized', 'its type is not TOKEN');
  return {
    kind: 'rest-token',
    arn: parseMethodArn(methodArn),
    authorization: typeof authorizationToken === 'string' ? authorizationToken : undefined,
  };
}

function parseMethodArn(methodArn: unknown): MethodArn {
  const parts = typeof methodArn === 'string' ? METHOD_ARN.exec(methodArn) : null;
  if (parts === null) throw new Fault('event_unrecognized', 'its methodArn is not the ARN of a method');
  const [, partition = '', region = '', accountId = '', apiId = '', stage = '', method = '', path = ''] =
    parts;
  return { partition, region, accountId, apiId, stage, method, path };
}
