import { describe, expect, it, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { DenialResponsesOptions } from '../../lib/denial-responses.ts';
import { anAuthorizer, logicalId } from './an-authorizer.ts';

const TYPE = 'AWS::ApiGateway::GatewayResponse';

function templateWith(options?: DenialResponsesOptions): Template {
  const { stack, authorizer } = anAuthorizer();
  const api = new RestApi(stack, 'Api');
  api.root.addMethod('GET', undefined, { authorizer: authorizer.forRestApi() });
  authorizer.addDenialResponses(api, options);
  return Template.fromStack(stack);
}

describe('addDenialResponses', () => {
  test.each([
    ['UNAUTHORIZED', '401', 'Bearer error="invalid_token"'],
    ['ACCESS_DENIED', '403', 'Bearer error="insufficient_scope"'],
  ])(
    'gives %s the status %s, the sentence, the challenge and CORS headers',
    (ResponseType, StatusCode, challenge) => {
      templateWith().hasResourceProperties(TYPE, {
        ResponseType,
        StatusCode,
        ResponseTemplates: {
          'application/json': '{"message":"The security token included in the request is invalid."}',
        },
        ResponseParameters: {
          'gatewayresponse.header.WWW-Authenticate': `'${challenge}'`,
          'gatewayresponse.header.Access-Control-Allow-Origin': "'*'",
          'gatewayresponse.header.Access-Control-Expose-Headers': "'WWW-Authenticate'",
        },
      });
    },
  );

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
      'addDenialResponses(...): there is no option "allowOrigins"; correct or remove it. The options are: allowOrigin.',
    );
  });
});
