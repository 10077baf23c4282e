import { describe, expect, it, test } from '@jest/globals';
import { buildResponse, isDenialCached } from '../../../lambda/authorizer/build-response.ts';
import type { Decision } from '../../../lambda/authorizer/check-route.ts';
import type { AuthorizerRequest } from '../../../lambda/authorizer/parse-event.ts';
import { parseEvent } from '../../../lambda/authorizer/parse-event.ts';
import type { Claims } from '../../../lambda/authorizer/read-claims.ts';
import type { DenialReason, DenialRule } from '../../../lambda/denial.ts';
import { DENIALS } from '../../../lambda/denial.ts';
import type { DenialDetail, HttpApiAnswer } from '../../../lambda/environment.ts';
import { DENIAL_DETAILS } from '../../../lambda/environment.ts';
import type { Kind } from '../../support/an-authorizer-event.ts';
import { anAuthorizerEvent, KINDS } from '../../support/an-authorizer-event.ts';

const STAGE = 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod';
const RULES: [DenialReason, DenialRule][] = Object.entries(DENIALS) as [DenialReason, DenialRule][];

const request = parseEvent({
  ...anAuthorizerEvent('rest-token'),
  methodArn: `${STAGE}/GET/*/orders?`,
});

/** What `buildResponse` makes of a decision about a request. */
const respond = (
  to: AuthorizerRequest,
  decision: Decision,
  denialDetail: DenialDetail = 'generic',
  httpApiAnswer: HttpApiAnswer = 'simple',
) => buildResponse(to, decision, { denialDetail, httpApiAnswer });

const policyOf = (Effect: 'Allow' | 'Deny') => ({
  Version: '2012-10-17',
  Statement: [{ Action: 'execute-api:Invoke', Effect, Resource: `${STAGE}/*` }],
});

const denial = (reason: DenialReason): Decision => ({ ok: false, denial: { reason } });

const CONTEXT = { sub: 'alice', iss: 'https://idp.example/', jti: 'j-1', n: 7, admin: true };
const allow = (resource = '*', usageIdentifierKey?: string): Decision => ({
  ok: true,
  value: {
    claims: { subject: 'alice' } as Claims,
    caller: {
      principalId: 'alice',
      context: CONTEXT,
      ...(usageIdentifierKey !== undefined && { usageIdentifierKey }),
    },
    resource,
  },
});

describe('buildResponse', () => {
  test.each(DENIAL_DETAILS)('allows the whole stage with a flat context, with the detail %s', (detail) => {
    expect(respond(request, allow(), detail)).toEqual({
      principalId: 'alice',
      policyDocument: policyOf('Allow'),
      context: CONTEXT,
    });
  });

  test.each(RULES)('gives %s exactly one of the two forms, and says nothing of it', (reason, { status }) => {
    expect(respond(request, denial(reason))).toEqual(
      status === 401 ? 'Unauthorized' : { principalId: 'denied', policyDocument: policyOf('Deny') },
    );
  });

  test.each(RULES)('names %s in the context of a Deny when told to', (reason, { error }) => {
    expect(respond(request, denial(reason), 'reason')).toEqual(
      error === undefined
        ? 'Unauthorized'
        : { principalId: 'denied', policyDocument: policyOf('Deny'), context: { reason, error } },
    );
  });

  it('answers a request without credentials alike with both details, as API Gateway does', () => {
    expect(DENIAL_DETAILS.map((detail) => respond(request, denial('token_missing'), detail))).toEqual([
      'Unauthorized',
      'Unauthorized',
    ]);
  });

  it('puts nothing into a context that would break the JSON around it', () => {
    const codes = RULES.flatMap(([reason, { error }]) => [reason, error ?? 'x']);

    expect(codes.filter((code) => !/^[a-z_]+$/.test(code))).toEqual([]);
  });

  it('allows the resource that the decision names, and nothing else', () => {
    expect(respond(request, allow('GET/orders/1'))).toMatchObject({
      policyDocument: { Statement: [{ Effect: 'Allow', Resource: `${STAGE}/GET/orders/1` }] },
    });
  });

  it('tells how to sign in, in words that cannot break the JSON around them', () => {
    const told = (acrValues: string) =>
      respond(
        request,
        {
          ok: false,
          denial: {
            reason: 'authentication_insufficient',
            route: { rule: 'GET /a', missing: ['acr'], challenge: { acrValues, maxAgeSeconds: 60 } },
          },
        },
        'reason',
      );

    expect(told('gold')).toMatchObject({ context: { acr_values: 'gold', max_age: 60 } });
    expect(told('"}')).toMatchObject({ context: { max_age: 60 } });
    expect(told('"}')).not.toHaveProperty('context.acr_values');
  });

  it('throws the fault response_too_large for what API Gateway does not take', () => {
    expect(() => respond(request, allow('\u0000'.repeat(1500)))).toThrow(/^response_too_large: /);
  });

  it('names the API key of a usage plan', () => {
    expect(respond(request, allow('*', 'k'.repeat(20)))).toMatchObject({
      usageIdentifierKey: 'k'.repeat(20),
    });
  });

  describe.each(['http-1.0', 'http-2.0'] as const)('for an HTTP API with payload %s', (kind) => {
    const http = parseEvent(anAuthorizerEvent(kind));
    const Resource = 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/$default/*';
    const isSimple = kind === 'http-2.0';

    it('allows in the form that it takes', () => {
      expect(respond(http, allow())).toEqual(
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
      const policy = expect.objectContaining({
        Statement: [{ Action: 'execute-api:Invoke', Effect: 'Deny', Resource }],
      });

      expect(respond(http, denial(reason))).toEqual(
        isSimple ? { isAuthorized: false } : { principalId: 'denied', policyDocument: policy },
      );
      expect(respond(http, denial(reason), 'generic', 'iam')).toEqual({
        principalId: 'denied',
        policyDocument: policy,
      });
    });
  });

  test.each(RULES)('refuses a WebSocket for %s alike with both details', (reason, { status }) => {
    const webSocket = parseEvent(anAuthorizerEvent('websocket'));

    for (const detail of DENIAL_DETAILS) {
      expect(respond(webSocket, denial(reason), detail)).toEqual(
        status === 401 ? 'Unauthorized' : { principalId: 'denied', policyDocument: policyOf('Deny') },
      );
    }
  });
});

describe('isDenialCached', () => {
  const detailsCached = (kind: Kind, reason: DenialReason, hasResultsCache = true) =>
    DENIAL_DETAILS.filter((denialDetail) =>
      isDenialCached(parseEvent(anAuthorizerEvent(kind)), reason, {
        denialDetail,
        httpApiAnswer: 'simple',
        hasResultsCache,
      }),
    );

  test.each<[Kind, readonly DenialDetail[]]>([
    ['rest-token', ['reason']],
    ['rest-request', ['reason']],
    ['http-1.0', ['generic', 'reason']],
    ['http-2.0', ['generic', 'reason']],
    ['websocket', []],
  ])(
    'says of a %s authorizer that API Gateway keeps the denial of a token with the details %j',
    (kind, details) => {
      expect(detailsCached(kind, 'signing_key_unknown')).toEqual(details);
      expect(detailsCached(kind, 'signing_key_unknown', false)).toEqual([]);
    },
  );

  test.each(KINDS.flatMap((kind) => RULES.map(([reason]) => [kind, reason] as const)))(
    'says of a %s authorizer that it keeps %s if that is a response and not a 401 that is thrown',
    (kind, reason) => {
      const to = parseEvent(anAuthorizerEvent(kind));
      const isResponse = (detail: DenialDetail) => respond(to, denial(reason), detail) !== 'Unauthorized';

      expect(detailsCached(kind, reason)).toEqual(
        kind === 'websocket' ? [] : DENIAL_DETAILS.filter(isResponse),
      );
    },
  );
});
