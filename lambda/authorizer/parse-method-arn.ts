import { Fault } from '../fault.ts';

/** The parts of `arn:<partition>:execute-api:<region>:<account>:<api>/<stage>/<method>/<path>`. */
export interface MethodArn {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly apiId: string;
  /** `$default` only on HTTP APIs. */
  readonly stage: string;
  /** Any HTTP method (RFC 9110 section 9.1); `$connect` on WebSocket APIs, maybe `$default` on HTTP APIs. */
  readonly method: string;
  /** Without the leading slash. The client chose it. */
  readonly path: string;
  /** What follows the stage: method and path, exactly as the ARN has them. */
  readonly resource: string;
}

export type ApiType = 'rest' | 'http' | 'websocket';

const PREFIX = 'arn:(aws[a-z-]*):execute-api:([a-z0-9-]+):(\\d{12}):([a-z0-9]+)';

/** RFC 9110 section 5.6.2. */
const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

// A `:` may stand in the path, so the ARN is taken apart from the left only.
const METHOD_ARN = {
  rest: new RegExp(`^${PREFIX}/([A-Za-z0-9_-]+)/((${TOKEN})/(.*))$`, 's'),
  http: new RegExp(`^${PREFIX}/(\\$default|[A-Za-z0-9_-]+)/((${TOKEN})(?:/(.*))?)$`, 's'),
  websocket: new RegExp(`^${PREFIX}/([A-Za-z0-9_-]+)/((\\$connect))$`),
} as const satisfies Record<ApiType, RegExp>;

/**
 * Takes the ARN of a method or route apart.
 *
 * Does NOT decode the path.
 *
 * @throws {Fault} `event_unrecognized`  it is not the ARN of a method of such an API
 */
export function parseMethodArn(arn: unknown, type: ApiType): MethodArn {
  const parts = typeof arn === 'string' ? METHOD_ARN[type].exec(arn) : null;
  if (parts === null) throw new Fault('event_unrecognized', 'its ARN is not that of a method');
  const [, partition = '', region = '', accountId = '', apiId = '', stage = '', ...rest] = parts;
  const [resource = '', method = '', path = ''] = rest;
  return { partition, region, accountId, apiId, stage, method, path, resource };
}
