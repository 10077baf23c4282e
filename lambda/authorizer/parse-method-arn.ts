import { Fault } from '../fault.ts';

/** The parts of `arn:<partition>:execute-api:<region>:<account>:<api>/<stage>/<method>/<path>`. */
export interface MethodArn {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly apiId: string;
  /** `$default` only on HTTP APIs. */
  readonly stage: string;
  /** The HTTP method; `$connect` on WebSocket APIs, maybe `$default` on the default route of HTTP APIs. */
  readonly method: string;
  /** The concrete path as the client asked for it, without the leading slash: a stranger's text. */
  readonly path: string;
}

export type ApiType = 'rest' | 'http' | 'websocket';

const PREFIX = 'arn:(aws[a-z-]*):execute-api:([a-z0-9-]+):(\\d{12}):([a-z0-9]+)';

// A `:` may stand in the path, so the ARN is taken apart from the left only.
const METHOD_ARN = {
  rest: new RegExp(`^${PREFIX}/([A-Za-z0-9_-]+)/([A-Z]+)/(.*)$`, 's'),
  http: new RegExp(`^${PREFIX}/(\\$default|[A-Za-z0-9_-]+)/(\\$default|[A-Za-z-]{1,32})(?:/(.*))?$`, 's'),
  websocket: new RegExp(`^${PREFIX}/([A-Za-z0-9_-]+)/(\\$connect)$`),
} as const satisfies Record<ApiType, RegExp>;

/**
 * Takes the ARN of a method or route apart.
 *
 * Does NOT decode the path, and nothing may be allowed because of it.
 *
 * @throws {Fault} `event_unrecognized`  it is not the ARN of a method of such an API
 */
export function parseMethodArn(arn: unknown, type: ApiType): MethodArn {
  const parts = typeof arn === 'string' ? METHOD_ARN[type].exec(arn) : null;
  if (parts === null) throw new Fault('event_unrecognized', 'its ARN is not that of a method');
  const [, partition = '', region = '', accountId = '', apiId = '', stage = '', method = '', path = ''] =
    parts;
  return { partition, region, accountId, apiId, stage, method, path };
}

/** Puts together what stands before verb and path; of the request's ARN only what AWS fixes. */
export function stageArnOf({ partition, region, accountId, apiId, stage }: MethodArn): string {
  return `arn:${partition}:execute-api:${region}:${accountId}:${apiId}/${stage}/`;
}
