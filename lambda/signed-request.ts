// Requests to AWS services for which a whole SDK client would be many times the code: Signature Version 4 over fetch.
import { setTimeout as sleep } from 'node:timers/promises';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';

/** By service: a page of a log search takes longer than an answer of the control plane. */
const ATTEMPT_TIMEOUT_MS = { apigateway: 2500, ssm: 2500, logs: 10_000 } as const;
const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 2000;

/** The services, and by which variable the SDKs let their endpoint be changed. */
const SERVICES = {
  apigateway: 'AWS_ENDPOINT_URL_API_GATEWAY',
  logs: 'AWS_ENDPOINT_URL_CLOUDWATCH_LOGS',
  ssm: 'AWS_ENDPOINT_URL_SSM',
} as const;

export interface AwsRequest {
  readonly service: keyof typeof SERVICES;
  readonly method: 'DELETE' | 'POST';
  /** Percent-encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export type SendRequest = (request: AwsRequest, signal: AbortSignal) => Promise<Response>;

/**
 * Opens requests that are signed with the credentials of the function.
 *
 * What may pass is tried again with growing pauses, until the signal is aborted: no connection, throttling, trouble of
 * the service. So use it for what can be repeated without harm.
 *
 * @param environment  as Lambda sets it: the region and the credentials, which live as long as the sandbox
 * @returns sends a request; rejects when there was no final answer in time; any other error status is an answer
 */
export function openSignedRequests(environment: NodeJS.ProcessEnv): SendRequest {
  const region = environment['AWS_REGION'] ?? '';
  const sessionToken = environment['AWS_SESSION_TOKEN'];
  const credentials = {
    accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    ...(sessionToken !== undefined && { sessionToken }),
  };

  return async (request, signal) => {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
      const attempt = AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_TIMEOUT_MS[request.service])]);
      const response = await sendOnce(request, attempt).catch(() => undefined);
      if (response !== undefined && !(await mayPass(response))) return response;
      await sleep(pauseMs * (0.5 + Math.random() / 2), undefined, { signal });
    }
  };

  async function sendOnce({ service, method, path, headers, body }: AwsRequest, signal: AbortSignal) {
    const endpoint = new URL(
      environment[SERVICES[service]] ?? environment['AWS_ENDPOINT_URL'] ?? endpointOf(service, region),
    );
    const wholePath = `${endpoint.pathname.replace(/\/$/, '')}${path}`;
    const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
    const signed = await signer.sign({
      method,
      protocol: endpoint.protocol,
      hostname: endpoint.hostname,
      path: wholePath,
      query: {},
      headers: { ...headers, host: endpoint.host },
      body,
    });
    return fetch(new URL(wholePath, endpoint), {
      method,
      headers: signed.headers,
      ...(body !== undefined && { body }),
      redirect: 'error', // a signature is for one host
      signal,
    });
  }
}

/** Services that speak JSON over POST throttle with a 400 and name the exception in the body. */
async function mayPass(response: Response): Promise<boolean> {
  if (response.status >= 500 || response.status === 429) return true;
  return response.status === 400 && /throttl|toomanyrequests/i.test(await response.clone().text());
}

function endpointOf(service: string, region: string): string {
  return `https://${service}.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`;
}
