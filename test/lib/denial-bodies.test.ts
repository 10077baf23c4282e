import { describe, expect, it, test } from '@jest/globals';
import type { PolicyResponse } from '../../lambda/authorizer/build-response.ts';
import { buildResponse } from '../../lambda/authorizer/build-response.ts';
import type { AuthorizerRequest } from '../../lambda/authorizer/parse-event.ts';
import type { DenialReason, DenialRule } from '../../lambda/denial.ts';
import { DENIALS } from '../../lambda/denial.ts';
import { DENIAL_MESSAGE, denialBodies, signInFields } from '../../lib/denial-bodies.ts';
import { buildGatewayResponse } from '../../playground/gateway-response.ts';

const request = {
  api: 'rest',
  arn: { partition: 'aws', region: 'r', accountId: '1', apiId: 'a', stage: 's', method: 'GET', path: '' },
} as AuthorizerRequest;

/** What the gateway sends for the answer of the authorizer. */
function send(detail: 'generic' | 'reason', authorizer: Readonly<Record<string, unknown>>) {
  const { statusCode, template } = denialBodies(detail).ACCESS_DENIED;
  const response = buildGatewayResponse(
    { type: 'ACCESS_DENIED', authorizer },
    new Map([
      [
        'ACCESS_DENIED',
        { status: Number(statusCode), parameters: {}, templates: { 'application/json': template } },
      ],
    ]),
    { context: { requestId: 'r-1' }, stageVariables: {}, header: {}, querystring: {}, path: {} },
  );
  return { status: response.status, body: JSON.parse(String(response.body)) };
}

const refused = (Object.entries(DENIALS) as [DenialReason, DenialRule][]).filter(
  ([, { error }]) => error !== undefined,
);

describe('denialBodies', () => {
  test.each(refused)('leads %s from the table to the client with the detail reason', (reason, { error }) => {
    const { context } = buildResponse(
      request,
      { ok: false, denial: { reason } },
      { denialDetail: 'reason', httpApiAnswer: 'simple' },
    ) as PolicyResponse;

    expect(send('reason', context ?? {})).toEqual({
      status: 403,
      body: { message: DENIAL_MESSAGE, error, reason, requestId: 'r-1' },
    });
  });

  it('tells nothing of a reason with the detail generic', () => {
    expect(send('generic', { reason: 'token_revoked', error: 'invalid_token' })).toEqual({
      status: 403,
      body: { message: DENIAL_MESSAGE, error: 'insufficient_scope', requestId: 'r-1' },
    });
  });

  it('stays JSON when it was not the authorizer that denied', () => {
    expect(send('reason', {}).body).toEqual({
      message: DENIAL_MESSAGE,
      error: '',
      reason: '',
      requestId: 'r-1',
    });
  });

  it('has the sentence, word for word', () => {
    expect(DENIAL_MESSAGE).toBe('The security token included in the request is invalid.');
  });
});

describe('signInFields', () => {
  test.each([
    [[], []],
    [[{ scopes: ['a'] }, { amr: ['mfa'] }], []],
    [[{ acr: ['gold'] }], ['acr_values']],
    [[{ scopes: ['a'] }, { maxAuthAgeSeconds: 0 }], ['max_age']],
    [
      [{ maxAuthAgeSeconds: 9 }, { acr: ['gold'] }],
      ['acr_values', 'max_age'],
    ],
  ])('finds for %j the fields %j', (rules, fields) => {
    expect(signInFields(rules)).toEqual(fields);
  });
});
