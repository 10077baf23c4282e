import { describe, expect, it, test } from '@jest/globals';
import type { Decision } from '../../../lambda/authorizer/authorize.ts';
import { buildResponse } from '../../../lambda/authorizer/build-response.ts';
import type { AuthorizerRequest, WholeRequest } from '../../../lambda/authorizer/parse-event.ts';
import type { Claims } from '../../../lambda/authorizer/read-claims.ts';
import type { DenialReason, DenialRule } from '../../../lambda/denial.ts';
import { DENIALS } from '../../../lambda/denial.ts';
import { DENIAL_DETAILS } from '../../../lambda/environment.ts';

const STAGE = 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod';
const RULES: [DenialReason, DenialRule][] = Object.entries(DENIALS) as [DenialReason, DenialRule][];

const request: AuthorizerRequest = {
  kind: 'rest-token',
  arn: {
    partition: 'aws',
    region: 'eu-west-1',
    accountId: '123456789012',
    apiId: 'a1b2c3d4e5',
    stage: 'prod',
    method: 'GET',
    path: '*/orders?',
  },
  authorization: 'Bearer a.b.c',
};

const policyOf = (Effect: 'Allow' | 'Deny') => ({
  Version: '2012-10-17',
  Statement: [{ Action: 'execute-api:Invoke', Effect, Resource: `${STAGE}/*` }],
});

const denial = (reason: DenialReason): Decision => ({ request, allow: false, denial: { reason } });

const CONTEXT = { sub: 'alice', iss: 'https://idp.example/', jti: 'j-1', n: 7, admin: true };
const allow = (to: AuthorizerRequest, usageIdentifierKey?: string): Decision => ({
  request: to,
  allow: true,
  claims: { subject: 'alice' } as Claims,
  caller: { context: CONTEXT, ...(usageIdentifierKey !== undefined && { usageIdentifierKey }) },
});

const whole = (kind: WholeRequest['kind'], arn: AuthorizerRequest['arn']): WholeRequest => ({
  kind,
  arn,
  headers: new Map(),
  query: new Map(),
  cookies: new Map(),
  sourceIp: undefined,
});

describe('buildResponse', () => {
  test.each(DENIAL_DETAILS)('allows the whole stage with a flat context, with the detail %s', (detail) => {
    expect(buildResponse(allow(request), detail)).toEqual({
      principalId: 'alice',
      policyDocument: policyOf('Allow'),
      context: CONTEXT,
    });
  });

  test.each(RULES)('gives %s exactly one of the two forms, and says nothing of it', (reason, { status }) => {
    expect(buildResponse(denial(reason), 'generic')).toEqual(
      status === 401 ? 'Unauthorized' : { principalId: 'denied', policyDocument: policyOf('Deny') },
    );
  });

  test.each(RULES)('names %s in the context of a Deny when told to', (reason, { error }) => {
    expect(buildResponse(denial(reason), 'reason')).toEqual(
      error === undefined
        ? 'Unauthorized'
        : { principalId: 'denied', policyDocument: policyOf('Deny'), context: { reason, error } },
    );
  });

  it('answers a request without credentials alike with both details, as API Gateway does', () => {
    expect(DENIAL_DETAILS.map((detail) => buildResponse(denial('token_missing'), detail))).toEqual([
      'Unauthorized',
      'Unauthorized',
    ]);
  });

  it('puts nothing into a context that would break the JSON around it', () => {
    const codes = RULES.flatMap(([reason, { error }]) => [reason, error ?? 'x']);

    expect(codes.filter((code) => !/^[a-z_]+$/.test(code))).toEqual([]);
  });

  it('names the API key of a usage plan', () => {
    expect(buildResponse(allow(request, 'k'.repeat(20)), 'generic')).toMatchObject({
      usageIdentifierKey: 'k'.repeat(20),
    });
  });

  describe.each(['http-1.0', 'http-2.0'] as const)('for an HTTP API with payload %s', (kind) => {
    const http = whole(kind, { ...request.arn, stage: '$default' });
    const Resource = 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/$default/*';
    const isSimple = kind === 'http-2.0';

    it('allows in the form that it takes', () => {
      expect(buildResponse(allow(http), 'generic')).toEqual(
        isSimple
          ? { isAuthorized: true, context: CONTEXT }
          : {
              principalId: 'alice',
              policyDocument: {
                Version: '2012-10-17',
                Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource }],
              },
              context: CONTEXT,
            },
      );
    });

    test.each(RULES)('refuses for %s without a 401', (reason) => {
      const decision: Decision = { request: http, allow: false, denial: { reason } };
      const policy = expect.objectContaining({
        Statement: [{ Action: 'execute-api:Invoke', Effect: 'Deny', Resource }],
      });

      expect(buildResponse(decision, 'generic')).toEqual(
        isSimple ? { isAuthorized: false } : { principalId: 'denied', policyDocument: policy },
      );
      expect(buildResponse(decision, 'generic', 'iam')).toEqual({
        principalId: 'denied',
        policyDocument: policy,
      });
    });
  });

  test.each(RULES)('refuses a WebSocket for %s alike with both details', (reason, { status }) => {
    const webSocket = whole('websocket', { ...request.arn, method: '$connect', path: '' });

    for (const detail of DENIAL_DETAILS) {
      expect(buildResponse({ request: webSocket, allow: false, denial: { reason } }, detail)).toEqual(
        status === 401 ? 'Unauthorized' : { principalId: 'denied', policyDocument: policyOf('Deny') },
      );
    }
  });
});
