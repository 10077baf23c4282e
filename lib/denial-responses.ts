import type { CfnGatewayResponse, RestApiBase } from 'aws-cdk-lib/aws-apigateway';
import { ResponseType } from 'aws-cdk-lib/aws-apigateway';
import type { DenialDetail } from '../lambda/environment.ts';
import type { DenialResponseType, SignInField } from './denial-bodies.ts';
import { DENIAL_RESPONSE_TYPES, denialBodies } from './denial-bodies.ts';
import { redeployOnChange } from './redeploy.ts';
import { refuseUnknownOptions } from './refuse-unknown-options.ts';
import { showValue } from './show-value.ts';

/** Options of `addDenialResponses`. */
export interface DenialResponsesOptions {
  /**
   * The `Access-Control-Allow-Origin` of refusals. Without one, a browser hides the status from the page.
   *
   * @default - '*'
   */
  readonly allowOrigin?: string;
}

const OPTIONS = { allowOrigin: true } as const satisfies Record<keyof DenialResponsesOptions, true>;

/** Construct ids; a changed one would replace the response. */
const IDS: Readonly<Record<DenialResponseType, string>> = {
  UNAUTHORIZED: 'DenialUnauthorized',
  ACCESS_DENIED: 'DenialAccessDenied',
  AUTHORIZER_FAILURE: 'FaultAuthorizerFailure',
  AUTHORIZER_CONFIGURATION_ERROR: 'FaultAuthorizerConfiguration',
};

/**
 * Gives the API's refusals and authorizer faults their body, challenge and CORS headers.
 *
 * @param detail  that of the authorizer: with `reason`, the body of a 403 takes the codes from the authorizer's context
 * @param signIn  what else it takes from there
 */
export function addDenialResponses(
  restApi: RestApiBase,
  options: DenialResponsesOptions = {},
  detail: DenialDetail = 'generic',
  signIn: readonly SignInField[] = [],
): void {
  refuseUnknownOptions('addDenialResponses(...)', options, OPTIONS);
  checkRestApi(restApi);
  const allowOrigin = readOrigin(options.allowOrigin === undefined ? '*' : options.allowOrigin);
  const bodies = denialBodies(detail, signIn);
  for (const type of DENIAL_RESPONSE_TYPES) {
    const { statusCode, challenge, template } = bodies[type];
    const response = restApi.addGatewayResponse(IDS[type], {
      type: ResponseType.of(type),
      statusCode,
      responseHeaders: {
        'Access-Control-Allow-Origin': literal(allowOrigin),
        ...(challenge !== undefined && {
          'Access-Control-Expose-Headers': literal('WWW-Authenticate'),
          'WWW-Authenticate': literal(challenge),
        }),
      },
      templates: { 'application/json': template },
    });
    const resource = response.node.defaultChild as CfnGatewayResponse;
    redeployOnChange(response, restApi, () => {
      const { responseType, statusCode, responseParameters, responseTemplates } = resource;
      return { responseType, statusCode, responseParameters, responseTemplates };
    });
  }
}

/** API Gateway takes what stands in single quotes as it is. */
function literal(value: string): string {
  return `'${value}'`;
}

function checkRestApi(restApi: unknown): asserts restApi is RestApiBase {
  if (typeof restApi !== 'object' || restApi === null || !('addGatewayResponse' in restApi)) {
    throw new Error(
      `addDenialResponses(${showValue(restApi)}): that is no REST API, and no other kind has responses to set; give the construct of a REST API.`,
    );
  }
  const { node } = restApi as RestApiBase;
  if (node.tryFindChild(IDS.UNAUTHORIZED) === undefined) return;
  throw new Error(
    `addDenialResponses(...): the API "${node.path}" has these responses already, and takes each once; remove one of the calls.`,
  );
}

function readOrigin(origin: unknown): string {
  if (typeof origin === 'string' && /^(\*|https?:\/\/[A-Za-z0-9.\-[\]:]+)$/.test(origin)) return origin;
  throw new Error(
    `addDenialResponses(...): option "allowOrigin" is ${showValue(origin)}; give one origin without a path, such as "https://app.example.com", or "*".`,
  );
}
