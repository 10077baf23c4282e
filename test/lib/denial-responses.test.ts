import { describe, expect, it, test } from '@jest/globals';
import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { DenialDetail } from '../../lambda/environment.ts';
import { DENIAL_DETAILS } from '../../lambda/environment.ts';
import type { DenialResponsesOptions } from '../../lib/denial-responses.ts';
import { anAuthorizer, logicalId } from './an-authorizer.ts';

const TYPE = 'AWS::ApiGateway::GatewayResponse';

function templateWith(options?: DenialResponsesOptions, denialDetail?: DenialDetail): Template {
  const { stack, authorizer } = anAuthorizer({ denialDetail });
  const api = new RestApi(stack, 'Api');
  api.root.addMethod('GET', undefined, { authorizer: authorizer.forRestApi() });
  authorizer.addDenialResponses(api, options);
  return Template.fromStack(stack);
}

const SENTENCE = 'The security token included in the request is invalid.';
const requestId = '$context.requestId';

describe('addDenialResponses', () => {
  test.each([
    ['UNAUTHORIZED', '401', 'invalid_token', 'generic'],
    ['UNAUTHORIZED', '401', 'invalid_token', 'reason'],
    ['ACCESS_DENIED', '403', 'insufficient_scope', 'generic'],
  ] as const)(
    'gives %s the status %s, the sentence, the error code %s and CORS headers, with the detail %s',
    (ResponseType, StatusCode, error, detail) => {
      templateWith({}, detail).hasResourceProperties(TYPE, {
        ResponseType,
        StatusCode,
        ResponseTemplates: {
          'application/json': `{"message":"${SENTENCE}","error":"${error}","requestId":"${requestId}"}`,
        },
        ResponseParameters: {
          'gatewayresponse.header.WWW-Authenticate': `'Bearer error="${error}", error_description="${SENTENCE}"'`,
          'gatewayresponse.header.Access-Control-Allow-Origin': "'*'",
          'gatewayresponse.header.Access-Control-Expose-Headers': "'WWW-Authenticate'",
        },
      });
    },
  );

  it("takes the codes of ACCESS_DENIED from the authorizer's context with the detail reason", () => {
    templateWith({}, 'reason').hasResourceProperties(TYPE, {
      ResponseType: 'ACCESS_DENIED',
      StatusCode: '403',
      ResponseTemplates: {
        'application/json': `{"message":"${SENTENCE}","error":"$context.authorizer.error","reason":"$context.authorizer.reason","requestId":"${requestId}"}`,
      },
      ResponseParameters: {
        'gatewayresponse.header.WWW-Authenticate': `'Bearer error_description="${SENTENCE}"'`,
      },
    });
  });

  it('takes from there how to sign in too, as texts, if some rule asks for it', () => {
    const { stack, authorizer } = anAuthorizer({
      denialDetail: 'reason',
      routes: { 'GET /': { acr: ['gold'], maxAuthAge: Duration.minutes(15) } },
    });
    const api = new RestApi(stack, 'Api');
    api.root.addMethod('GET', undefined, { authorizer: authorizer.forRestApi() });
    authorizer.addDenialResponses(api);
    Template.fromStack(stack).hasResourceProperties(TYPE, {
      ResponseType: 'ACCESS_DENIED',
      ResponseTemplates: {
        'application/json': `{"message":"${SENTENCE}","error":"$context.authorizer.error","reason":"$context.authorizer.reason","acr_values":"$context.authorizer.acr_values","max_age":"$context.authorizer.max_age","requestId":"${requestId}"}`,
      },
    });
  });

  test.each(['generic', 'reason'] as const)(
    'leaves valid JSON with the detail %s, whether or not the authorizer gave a reason',
    (detail) => {
      const responses = Object.values(templateWith({}, detail).findResources(TYPE));
      const texts = responses.map(({ Properties }) => Properties.ResponseTemplates['application/json']);

      for (const substituted of ['token_expired', '']) {
        const bodies = texts.map((text) => JSON.parse(text.replaceAll(/\$context(\.\w+)+/g, substituted)));
        expect(bodies).toHaveLength(4);
        for (const body of bodies) expect(Object.keys(body).at(-1)).toBe('requestId');
      }
    },
  );

  it('has a challenge of the grammar of RFC 6750 section 3', () => {
    const quoted = '"[\\x20-\\x21\\x23-\\x5B\\x5D-\\x7E]+"';
    const challenge = new RegExp(`^'Bearer (error=${quoted}, )?error_description=${quoted}'$`);
    for (const detail of DENIAL_DETAILS) {
      const responses = Object.values(templateWith({}, detail).findResources(TYPE));
      const challenges = responses.flatMap(
        ({ Properties }) => Properties.ResponseParameters['gatewayresponse.header.WWW-Authenticate'] ?? [],
      );
      expect(challenges).toEqual([expect.stringMatching(challenge), expect.stringMatching(challenge)]);
    }
  });

  test.each(['AUTHORIZER_FAILURE', 'AUTHORIZER_CONFIGURATION_ERROR'])(
    'gives %s a sentence that does not blame the token, and no challenge',
    (ResponseType) => {
      templateWith().hasResourceProperties(TYPE, {
        ResponseType,
        StatusCode: '500',
        ResponseTemplates: {
          'application/json': Match.serializedJson({
            message:
              'The request could not be authorized because of a fault on the server. Try again later; the security token was not refused.',
            error: 'server_error',
            requestId,
          }),
        },
        ResponseParameters: {
          'gatewayresponse.header.Access-Control-Allow-Origin': "'*'",
          'gatewayresponse.header.WWW-Authenticate': Match.absent(),
        },
      });
    },
  );

  it('allows one origin when told to', () => {
    templateWith({ allowOrigin: 'https://app.example.com' }).allResourcesProperties(TYPE, {
      ResponseParameters: Match.objectLike({
        'gatewayresponse.header.Access-Control-Allow-Origin': "'https://app.example.com'",
      }),
    });
  });

  it('deploys the stage anew when a response changes', () => {
    const [before, after] = [{}, { allowOrigin: 'https://app.example.com' }].map((options) =>
      logicalId(templateWith(options), 'AWS::ApiGateway::Deployment', 'Api'),
    );
    expect(before).not.toBe(after);
  });

  test.each([
    '',
    "*' 'x",
    'https://app.example.com/',
    'app.example.com',
    'https://a.example https://b.example',
  ])('refuses %j as origin', (allowOrigin) => {
    expect(() => templateWith({ allowOrigin })).toThrow(
      'give one origin without a path, such as "https://app.example.com", or "*".',
    );
  });

  it('refuses a misspelled option', () => {
    expect(() => templateWith({ allowOrigins: '*' } as DenialResponsesOptions)).toThrow(
      'addDenialResponses(...): there is no option "allowOrigins"; give one of: allowOrigin.',
    );
  });
});
